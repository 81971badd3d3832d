/**
 * Messages to bytes and back, with the traps of the wire taken out: zero is written where presence
 * is explicit and only there, 64-bit numbers are safe integers, text is valid UTF-8.
 *
 * @module
 */
import { Buffer } from "node:buffer";
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
  const lean = leanOf(type);
  const TextReader = createTextReader(protobuf);
  return {
    encode(message) {
      const plain = lean.fields(message);
      const { payload } = message as { payload?: { case: string; value: object } };
      if (payload) lean.put(plain, payload.case, payload.value);
      return type.encode(plain).finish() as Uint8Array<ArrayBuffer>;
    },

    decode(bytes) {
      try {
        return decode(type, new TextReader(asBuffer(bytes))) as Message;
      } catch (error) {
        return { undecodable: `Cannot decode ${type.name}: ${(error as Error).message}` };
      }
    },
  };
}

/** The same bytes; gRPC's are one already. */
export function asBuffer(bytes: Uint8Array): Buffer {
  if (Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

// The library would put U+FFFD in place of bad bytes; a path so changed names no file.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function createTextReader({ Reader }: Protobuf) {
  return class extends Reader {
    override string(): string {
      const length = this.uint32();
      const [from, to] = [this.pos, this.pos + length];
      if (to > this.len) throw new RangeError(`index out of range: ${to} > ${this.len}`);
      this.pos = to;
      return isShortAscii(this.buf, from, to)
        ? (this.buf as Buffer).toString("latin1", from, to)
        : utf8.decode(this.buf.subarray(from, to));
    }
  };
}

function decode(type: ProtobufType, reader: InstanceType<Protobuf["Reader"]>): object {
  const message = type.decode(reader);
  const plain = type.toObject(message, { defaults: true, longs: Number, enums: String });
  const found: unknown = message["payload" as keyof typeof message];
  if (typeof found !== "string") return plain;
  const value: unknown = plain[found];
  if (hasLongs(type.fields[found]!.resolvedType)) assertSafe(value);
  const envelope: Record<string, unknown> = {};
  for (const name in plain) if (name !== found) envelope[name] = plain[name];
  envelope.payload = { case: found, value };
  return envelope;
}

/** A message may hold 600,000 short texts: a decoder's call, or a view of each, takes twice as long. */
function isShortAscii(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from > 64) return false;
  for (let at = from; at < to; at++) if (bytes[at]! >= 0x80) return false;
  return true;
}

/**
 * Drops what proto3 does not write: zero, false and "" in fields of implicit presence. What is to be
 * known of a type is looked up once: an edge writes thousands of messages a second.
 */
class Lean {
  readonly #fields: Map<string, (value: unknown) => unknown>;

  constructor(readonly type: ProtobufType) {
    this.#fields = new Map(type.fieldsArray.map((field) => [field.name, leanField(field)]));
  }

  /** All of a message but its payload. */
  fields(message: object): Record<string, unknown> {
    const kept: Record<string, unknown> = {};
    for (const name in message) {
      if (name !== "payload") this.put(kept, name, message[name as keyof typeof message]);
    }
    return kept;
  }

  put(kept: Record<string, unknown>, name: string, value: unknown): void {
    const lean = this.#fields.get(name);
    if (!lean) throw new TypeError(`${this.type.name} has no field "${name}"`);
    const it = lean(value);
    if (it !== undefined) kept[name] = it;
  }
}

const leans = new WeakMap<ProtobufType, Lean>();

function leanOf(type: ProtobufType): Lean {
  let lean = leans.get(type);
  if (!lean) leans.set(type, lean = new Lean(type));
  return lean;
}

/** What is written of a value; undefined: nothing. */
function leanField(
  { partOf, resolvedType }: ProtobufType["fieldsArray"][number],
): (value: unknown) => unknown {
  const lean = isMessageType(resolvedType)
    ? (value: unknown) => leanMessages(resolvedType, value as object)
    : isEnum(resolvedType)
    ? (value: unknown) => numberIn(resolvedType, value as string)
    : leanScalar;
  const isWritten = partOf
    ? (value: unknown) => value !== undefined
    : (value: unknown) => value !== undefined && value !== 0 && value !== false && value !== "";
  return (value) => isWritten(value) ? lean(value) : undefined;
}

function leanMessages(type: ProtobufType, value: object): unknown {
  const lean = leanOf(type);
  return Array.isArray(value) ? value.map((it) => lean.fields(it)) : lean.fields(value);
}

function leanScalar(value: unknown): unknown {
  if (typeof value === "number") assertSafe(value);
  return value;
}

function numberIn({ name, values }: Enum, value: string): number {
  const number = values[value];
  if (number === undefined) throw new TypeError(`There is no "${value}" in ${name}`);
  return number;
}

function isMessageType(type: unknown): type is ProtobufType {
  return typeof type === "object" && type !== null && "fields" in type;
}

interface Enum {
  name: string;
  values: Record<string, number>;
}

function isEnum(type: unknown): type is Enum {
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
