/**
 * The range protocol: how a browser reads byte ranges of one file over a data channel.
 * Pure, and imported by both ends; `docs/range-protocol.md` is the same in words.
 *
 * @module
 */

export const VERSION = 1;
/** Payload of one data message: well under what every data channel carries in one message. */
export const CHUNK_BYTES = 16 * 1024;
/** The longest range that one read may ask for. */
export const MAX_READ_BYTES = 1024 * 1024;
/** Reads that may be waiting or running at once. */
export const MAX_READS = 8;

/** What the browser says. */
export type Request =
  | { type: "open"; version: number }
  | { type: "read"; id: number; offset: number; length: number }
  | { type: "cancel"; id: number }
  | { type: "close" };

/** What the peer says. Error id 0 speaks of the whole session. */
export type Reply =
  | {
    type: "opened";
    version: number;
    size: number;
    maxRead: number;
    maxReads: number;
    mime: string;
  }
  | { type: "data"; id: number; bytes: Uint8Array }
  | { type: "end"; id: number; length: number }
  | { type: "error"; id: number; code: ErrorCode; message: string };

/** The table of errors: name to number on the wire. */
export const errorCodes = {
  bad_message: 1,
  bad_version: 2,
  not_open: 3,
  too_many_reads: 4,
  out_of_range: 5,
  gone: 6,
  unreadable: 7,
  cancelled: 8,
  idle: 9,
  ended: 10,
  revoked: 11,
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** A message that breaks the protocol; `code` and `id` are what to answer. */
export class ProtocolError extends Error {
  constructor(readonly code: ErrorCode, message: string, readonly id = 0) {
    super(message);
    this.name = "ProtocolError";
  }
}

const OPEN = 0x01;
const READ = 0x02;
const CANCEL = 0x03;
const CLOSE = 0x04;
const OPENED = 0x81;
const DATA = 0x82;
const END = 0x83;
const ERROR = 0x84;

/** "GF", so that a stray sender of something else is told at once. */
const MAGIC = 0x4746;
const MAX_ID = 0xffff_ffff;
const MAX_TEXT_BYTES = 1000;

export function encodeRequest(request: Request): Uint8Array<ArrayBuffer> {
  switch (request.type) {
    case "open":
      return pack(OPEN, 4, (view) => {
        view.setUint16(1, MAGIC);
        view.setUint8(3, request.version);
      });
    case "read":
      return pack(READ, 17, (view) => {
        view.setUint32(1, request.id);
        view.setBigUint64(5, BigInt(request.offset));
        view.setUint32(13, request.length);
      });
    case "cancel":
      return pack(CANCEL, 5, (view) => view.setUint32(1, request.id));
    case "close":
      return pack(CLOSE, 1, () => {});
  }
}

/** Throws a ProtocolError, and nothing else, whatever the bytes are. */
export function decodeRequest(bytes: Uint8Array): Request {
  const view = viewOf(bytes);
  switch (bytes[0]) {
    case OPEN:
      exactly(bytes, 4, "open");
      if (view.getUint16(1) !== MAGIC) throw malformed("open without the mark GF");
      return { type: "open", version: view.getUint8(3) };
    case READ: {
      exactly(bytes, 17, "read");
      const id = idOf(view);
      const length = view.getUint32(13);
      if (length < 1 || length > MAX_READ_BYTES) {
        throw new ProtocolError(
          "out_of_range",
          `Cannot read ${length} bytes: ask for 1 to ${MAX_READ_BYTES}`,
          id,
        );
      }
      return { type: "read", id, offset: wholeNumber(view, 5, id), length };
    }
    case CANCEL:
      exactly(bytes, 5, "cancel");
      return { type: "cancel", id: idOf(view) };
    case CLOSE:
      exactly(bytes, 1, "close");
      return { type: "close" };
    default:
      throw malformed(bytes.length ? `unknown type ${bytes[0]}` : "it is empty");
  }
}

export function encodeReply(reply: Reply): Uint8Array<ArrayBuffer> {
  switch (reply.type) {
    case "opened": {
      const mime = textBytes(reply.mime);
      return pack(OPENED, 16 + mime.length, (view, bytes) => {
        view.setUint8(1, reply.version);
        view.setBigUint64(2, BigInt(reply.size));
        view.setUint32(10, reply.maxRead);
        view.setUint16(14, reply.maxReads);
        bytes.set(mime, 16);
      });
    }
    case "data":
      return pack(DATA, 5 + reply.bytes.length, (view, bytes) => {
        view.setUint32(1, reply.id);
        bytes.set(reply.bytes, 5);
      });
    case "end":
      return pack(END, 9, (view) => {
        view.setUint32(1, reply.id);
        view.setUint32(5, reply.length);
      });
    case "error": {
      const message = textBytes(reply.message);
      return pack(ERROR, 7 + message.length, (view, bytes) => {
        view.setUint32(1, reply.id);
        view.setUint16(5, errorCodes[reply.code]);
        bytes.set(message, 7);
      });
    }
  }
}

/** Throws a ProtocolError, and nothing else, whatever the bytes are. */
export function decodeReply(bytes: Uint8Array): Reply {
  const view = viewOf(bytes);
  switch (bytes[0]) {
    case OPENED:
      atLeast(bytes, 16, "opened");
      return {
        type: "opened",
        version: view.getUint8(1),
        size: wholeNumber(view, 2),
        maxRead: view.getUint32(10),
        maxReads: view.getUint16(14),
        mime: new TextDecoder().decode(bytes.subarray(16)),
      };
    case DATA:
      atLeast(bytes, 6, "data");
      return { type: "data", id: idOf(view), bytes: bytes.subarray(5) };
    case END:
      exactly(bytes, 9, "end");
      return { type: "end", id: idOf(view), length: view.getUint32(5) };
    case ERROR:
      atLeast(bytes, 7, "error");
      return {
        type: "error",
        id: view.getUint32(1),
        code: codeOf(view.getUint16(5)),
        message: new TextDecoder().decode(bytes.subarray(7)),
      };
    default:
      throw malformed(bytes.length ? `unknown type ${bytes[0]}` : "it is empty");
  }
}

function pack(
  type: number,
  length: number,
  fill: (view: DataView, bytes: Uint8Array) => void,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  bytes[0] = type;
  fill(viewOf(bytes), bytes);
  return bytes;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function exactly(bytes: Uint8Array, length: number, name: string): void {
  if (bytes.length !== length) {
    throw malformed(`${name} has ${bytes.length} bytes instead of ${length}`);
  }
}

function atLeast(bytes: Uint8Array, length: number, name: string): void {
  if (bytes.length < length) throw malformed(`${name} has only ${bytes.length} bytes`);
}

function idOf(view: DataView): number {
  const id = view.getUint32(1);
  if (id < 1 || id > MAX_ID) throw malformed("a read has no number");
  return id;
}

/** A 64-bit number that JavaScript can count exactly. */
function wholeNumber(view: DataView, at: number, id = 0): number {
  const value = view.getBigUint64(at);
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  throw new ProtocolError("out_of_range", `Cannot use the number ${value}: it is 2^53 or more`, id);
}

function codeOf(value: number): ErrorCode {
  const names = Object.keys(errorCodes) as ErrorCode[];
  return names.find((name) => errorCodes[name] === value) ?? "unreadable";
}

function textBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text).subarray(0, MAX_TEXT_BYTES);
}

function malformed(state: string): ProtocolError {
  return new ProtocolError("bad_message", `Cannot understand the message: ${state}`);
}
