/**
 * Messages to bytes and back, with the traps of the wire taken out: zero is written where presence
 * is explicit and only there, 64-bit numbers are safe integers, text is valid UTF-8.
 *
 * @module
 */
import type { Codec, Protobuf, ProtobufType } from "./proto.ts";

/** What bytes from the other end decode to when they are no message: a value, not an exception,
 * because an exception inside the gRPC library ends the call with the wrong status. */
export interface Undecodable {
  undecodable: string;
}

export function isUndecodable<Message extends object>(
  message: Message | Undecodable,
): message is Undecodable {
  return "undecodable" in message;
}

/** The codec of one envelope: a message with a oneof named `payload`. */
export function createCodec<Message extends { payload?: object }>(
  protobuf: Protobuf,
  type: ProtobufType,
): Codec<Message> {
  return {
    encode(message) {
      const { payload, ...rest } = message as { payload?: { case: string; value: object } };
      const plain = payload ? { ...rest, [payload.case]: payload.value } : rest;
      return type.encode(lean(type, plain)).finish() as Uint8Array<ArrayBuffer>;
    },

    decode(bytes) {
      try {
        return decode(protobuf, type, bytes) as Message;
      } catch (error) {
        return { undecodable: `Cannot decode ${type.name}: ${(error as Error).message}` };
      }
    },
  };
}

// The library would put U+FFFD in place of bad bytes; a path so changed names no file.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(protobuf: Protobuf, type: ProtobufType, bytes: Uint8Array): object {
  const reader = protobuf.Reader.create(bytes);
  reader.string = () => {
    const bytes = reader.bytes();
    return shortAscii(bytes) ?? utf8.decode(bytes);
  };

  const message = type.decode(reader);
  const plain = type.toObject(message, { defaults: true, longs: Number, enums: String });
  const found: unknown = message["payload" as keyof typeof message];
  if (typeof found !== "string") return plain;
  const value: unknown = plain[found];
  if (hasLongs(type.fields[found]!.resolvedType)) assertSafe(value);
  const envelope: Record<string, unknown> = {};
  for (const name of Object.keys(plain)) if (name !== found) envelope[name] = plain[name];
  envelope.payload = { case: found, value };
  return envelope;
}

/** A message may hold 600,000 short texts: a decoder's call, or a spread, takes twice as long. */
function shortAscii(bytes: Uint8Array): string | undefined {
  if (bytes.length > 64) return undefined;
  for (let at = 0; at < bytes.length; at++) if (bytes[at]! >= 0x80) return undefined;
  return String.fromCharCode.apply(null, bytes as unknown as number[]);
}

/** Drops what proto3 does not write: zero, false and "" in fields of implicit presence. */
function lean(type: ProtobufType, message: object): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(message)) {
    const field = type.fields[name];
    if (!field) throw new TypeError(`${type.name} has no field "${name}"`);
    const isDefault = value === 0 || value === false || value === "";
    if (value === undefined || (isDefault && !field.partOf)) continue;
    if (typeof value === "number") assertSafe(value);
    kept[name] = leanValue(field.resolvedType, value);
  }
  return kept;
}

function leanValue(type: unknown, value: unknown): unknown {
  if (isMessageType(type)) {
    if (Array.isArray(value)) return value.map((item) => lean(type, item));
    return lean(type, value as object);
  }
  if (!isEnum(type)) return value;
  const number = type.values[value as string];
  if (number === undefined) throw new TypeError(`There is no "${value}" in ${type.name}`);
  return number;
}

function isMessageType(type: unknown): type is ProtobufType {
  return typeof type === "object" && type !== null && "fields" in type;
}

function isEnum(type: unknown): type is { name: string; values: Record<string, number> } {
  return typeof type === "object" && type !== null && "values" in type;
}

const longs = new WeakMap<ProtobufType, boolean>();

/** Whether a message of this type can hold a number that is no safe integer. */
function hasLongs(type: unknown): boolean {
  if (!isMessageType(type)) return false;
  let known = longs.get(type);
  if (known === undefined) {
    known = type.fieldsArray.some((it) => it.type.endsWith("64") || hasLongs(it.resolvedType));
    longs.set(type, known);
  }
  return known;
}

/** No field of the protocol is a fraction, so every number must be a safe integer. */
function assertSafe(value: unknown): void {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new RangeError(`${value} is not a safe integer`);
  }
  if (typeof value === "object" && value !== null) Object.values(value).forEach(assertSafe);
}
