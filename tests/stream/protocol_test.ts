/** The range protocol's messages survive the wire, and nonsense is refused. @module */
import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import {
  CHUNK_BYTES,
  decodeReply,
  decodeRequest,
  encodeReply,
  encodeRequest,
  MAX_READ_BYTES,
  ProtocolError,
  type Reply,
  type Request,
} from "../../src/stream/protocol.ts";

Deno.test("A request is the same after the wire", () => {
  const requests: Request[] = [
    { type: "open", version: 1 },
    { type: "read", id: 1, offset: 0, length: 1 },
    { type: "read", id: 0xffff_ffff, offset: Number.MAX_SAFE_INTEGER, length: MAX_READ_BYTES },
    { type: "cancel", id: 7 },
    { type: "close" },
  ];

  for (const request of requests) deepStrictEqual(decodeRequest(encodeRequest(request)), request);
});

Deno.test("A reply is the same after the wire", () => {
  const replies: Reply[] = [
    { type: "opened", version: 1, size: 2 ** 53 - 1, maxRead: 5, maxReads: 8, mime: "video/mp4" },
    { type: "opened", version: 1, size: 0, maxRead: 1, maxReads: 1, mime: "" },
    { type: "data", id: 3, bytes: new Uint8Array(CHUNK_BYTES).fill(9) },
    { type: "end", id: 3, length: 16 },
    { type: "error", id: 0, code: "idle", message: "Schluß, 完" },
  ];

  for (const reply of replies) deepStrictEqual(decodeReply(encodeReply(reply)), reply);
});

Deno.test("decodeRequest() refuses what it does not understand and says which read", () => {
  const read = (id: number, offset: bigint, length: number) => {
    const bytes = new Uint8Array(17);
    const view = new DataView(bytes.buffer);
    view.setUint8(0, 2);
    view.setUint32(1, id);
    view.setBigUint64(5, offset);
    view.setUint32(13, length);
    return bytes;
  };
  const cases: [Uint8Array, string, number][] = [
    [new Uint8Array(), "bad_message", 0],
    [Uint8Array.of(0x7f), "bad_message", 0],
    [Uint8Array.of(1, 1, 1, 1), "bad_message", 0],
    [Uint8Array.of(1, 0x47, 0x46), "bad_message", 0],
    [read(0, 0n, 1), "bad_message", 0],
    [read(4, 0n, 0), "out_of_range", 4],
    [read(4, 0n, MAX_READ_BYTES + 1), "out_of_range", 4],
    [read(4, 2n ** 53n, 1), "out_of_range", 4],
    [read(4, 0n, 1).subarray(0, 16), "bad_message", 0],
  ];

  for (const [bytes, code, id] of cases) {
    throws(() => decodeRequest(bytes), (error) => {
      ok(error instanceof ProtocolError);
      strictEqual(error.code, code);
      strictEqual(error.id, id);
      return true;
    });
  }
});

Deno.test("decodeRequest() and decodeReply() throw nothing but ProtocolError on random bytes", () => {
  const decoders = [decodeRequest, decodeReply];
  for (let round = 0; round < 20_000; round++) {
    const bytes = crypto.getRandomValues(new Uint8Array(round % 24));
    if (bytes.length > 0) bytes[0] = (round % 5) + (round % 2 ? 0x80 : 0);

    for (const decode of decoders) {
      try {
        decode(bytes);
      } catch (error) {
        ok(error instanceof ProtocolError, String(error));
      }
    }
  }
});

Deno.test("A message works from the middle of a larger buffer, as a network library hands it", () => {
  const request: Request = { type: "read", id: 9, offset: 1234, length: 56 };
  const large = new Uint8Array(64);
  large.set(encodeRequest(request), 20);

  deepStrictEqual(decodeRequest(large.subarray(20, 37)), request);
});
