/**
 * One peer as cheap as it can be: HTTP/2 by hand over a TCP connection, with frames made beforehand,
 * so that what makes the load is not what is measured. RFC 9113 for the frames, RFC 7541 for the
 * headers, and gRPC's five bytes before each message.
 *
 * @module
 */
import { Buffer } from "node:buffer";

const kinds = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
} as const;
const [ACK, END_HEADERS] = [1, 4];
/** The only stream of a connection. */
const STREAM = 1;
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
/** What the edge may send before it must hear that it was read. */
const WINDOW = 1 << 24;
const METHOD = "/giggityflix_grpc_peer.PeerEdgeService/AsyncOperations";

export interface WireHooks {
  /** The edge has answered the opening of the stream. */
  headers(): void;
  /** One message of the edge, without gRPC's prefix; valid until this returns. */
  message(bytes: Uint8Array): void;
}

/** A connection with one open AsyncOperations. */
export class Wire {
  readonly #conn: Deno.TcpConn;
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  static async open(port: number, peerId: string): Promise<Wire> {
    const conn = await Deno.connect({ port, hostname: "127.0.0.1" });
    conn.setNoDelay();
    const wire = new Wire(conn);
    wire.#write(Buffer.concat([
      PREFACE,
      frame(kinds.settings, 0, 0, settings({ 4: WINDOW })),
      frame(kinds.windowUpdate, 0, 0, uint32(WINDOW)),
      frame(kinds.headers, END_HEADERS, STREAM, opening(port, peerId)),
    ]));
    return wire;
  }

  /** A message that `framed` has made. */
  send(message: Uint8Array): void {
    this.#write(message);
  }

  /** A PING of HTTP/2. */
  ping(): void {
    this.#write(frame(kinds.ping, 0, 0, Buffer.alloc(8)));
  }

  /** Reads until the connection ends; why it did, if the edge has said it. */
  async read(hooks: WireHooks): Promise<string> {
    let rest: Buffer = Buffer.alloc(0);
    let unread = 0;
    const chunk = Buffer.alloc(4096);
    for (;;) {
      const count = await this.#conn.read(chunk).catch(() => null);
      if (count === null) return "the connection has ended";
      const got = chunk.subarray(0, count);
      const bytes: Buffer = rest.length > 0 ? Buffer.concat([rest, got]) : got;
      let at = 0;
      while (bytes.length - at >= 9) {
        const length = bytes.readUIntBE(at, 3);
        const [kind, flags] = [bytes[at + 3]!, bytes[at + 4]!];
        if (bytes.length - at - 9 < length) break;
        const body = bytes.subarray(at + 9, at + 9 + length);
        at += 9 + length;
        if (kind === kinds.headers) hooks.headers();
        else if (kind === kinds.data) {
          // The edge's messages are short: each of them is in a frame of its own.
          if (length >= 5) hooks.message(body.subarray(5));
          unread += length;
        } else if (kind === kinds.settings && !(flags & ACK)) {
          this.#write(frame(kinds.settings, ACK, 0));
        } else if (kind === kinds.ping && !(flags & ACK)) {
          this.#write(frame(kinds.ping, ACK, 0, body));
        } else if (kind === kinds.reset || kind === kinds.goAway) {
          return kind === kinds.reset ? "RST_STREAM" : `GOAWAY ${body.subarray(8).toString()}`;
        }
      }
      rest = at < bytes.length ? Buffer.from(bytes.subarray(at)) : Buffer.alloc(0);
      if (unread > WINDOW / 4) {
        this.#write(frame(kinds.windowUpdate, 0, 0, uint32(unread)));
        this.#write(frame(kinds.windowUpdate, 0, STREAM, uint32(unread)));
        unread = 0;
      }
    }
  }

  close(): void {
    try {
      this.#conn.close();
    } catch {
      // it has ended already
    }
  }

  #write(bytes: Uint8Array): void {
    this.#writing = this.#writing.then(() => this.#conn.write(bytes)).catch(() => {});
  }
}

/** A gRPC message in a DATA frame of the stream. */
export function framed(message: Uint8Array): Uint8Array {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return frame(kinds.data, 0, STREAM, Buffer.concat([prefix, message]));
}

/** Field `number` of a protobuf message: text, or bytes. */
export function field(number: number, value: string | Uint8Array): Buffer {
  const bytes = typeof value === "string" ? Buffer.from(value) : value;
  return Buffer.concat([varint(number << 3 | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes = [];
  for (; value > 127; value >>>= 7) bytes.push(value & 127 | 128);
  return Buffer.from([...bytes, value]);
}

function frame(
  kind: number,
  flags: number,
  stream: number,
  body: Uint8Array = new Uint8Array(),
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(body.length, 0, 3);
  head[3] = kind;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, body]);
}

function settings(values: Record<number, number>): Buffer {
  return Buffer.concat(
    Object.entries(values).map(([id, value]) => {
      const row = Buffer.alloc(6);
      row.writeUInt16BE(Number(id));
      row.writeUInt32BE(value, 2);
      return row;
    }),
  );
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Headers as literals that no table remembers: names of the static table by their number. */
function opening(port: number, peerId: string): Buffer {
  const short = (value: string) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
  const named = (name: string, value: string) => [Buffer.from([0]), short(name), short(value)];
  return Buffer.concat([
    Buffer.from([0x83, 0x86]), // :method POST, :scheme http
    Buffer.from([0x04]), // :path
    short(METHOD),
    Buffer.from([0x01]), // :authority
    short(`127.0.0.1:${port}`),
    ...named("content-type", "application/grpc"),
    ...named("te", "trailers"),
    ...named("peer_id", peerId),
  ]);
}
