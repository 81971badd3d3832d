/** Ranges over a channel held in memory: bytes, back-pressure, cancelling, bad clients. @module */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { ConflictError } from "../../src/base/errors.ts";
import {
  decodeReply,
  encodeRequest,
  MAX_READ_BYTES,
  MAX_READS,
  type Reply,
  type Request,
} from "../../src/stream/protocol.ts";
import { type Channel, type MediaSource, serveRanges } from "../../src/stream/ranges.ts";

const CONTENT = crypto.getRandomValues(new Uint8Array(60_000));
const SIZE = 5_000_000;

/** Both ends of a channel. What the peer sends stays buffered until the test takes it. */
class MemoryChannel implements Channel {
  bufferedAmount = 0;
  highest = 0;
  readonly replies: Reply[] = [];
  readonly #closed = Promise.withResolvers<void>();
  #listen: (bytes: Uint8Array | undefined) => void = () => {};
  #low: { bytes: number; resolve: () => void } | undefined;
  #arrived = () => {};
  /** Whether the network takes everything at once. */
  flowing = true;

  get closed() {
    return this.#closed.promise;
  }

  send(bytes: Uint8Array) {
    this.replies.push(decodeReply(bytes.slice()));
    if (!this.flowing) this.bufferedAmount += bytes.length;
    this.highest = Math.max(this.highest, this.bufferedAmount);
    this.#arrived();
  }

  untilLow(bytes: number, signal: AbortSignal) {
    return new Promise<void>((resolve, reject) => {
      this.#low = { bytes, resolve };
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  }

  onMessage(listener: (bytes: Uint8Array | undefined) => void) {
    this.#listen = listener;
  }

  close() {
    this.#closed.resolve();
  }

  say(request: Request) {
    this.#listen(encodeRequest(request));
  }

  sayRaw(bytes: Uint8Array | undefined) {
    this.#listen(bytes);
  }

  /** The network takes what is buffered. */
  drain() {
    this.bufferedAmount = 0;
    this.#low?.resolve();
  }

  get isWaiting() {
    return this.#low !== undefined;
  }

  async until(found: (reply: Reply) => boolean): Promise<Reply> {
    for (;;) {
      const reply = this.replies.find(found);
      if (reply) return reply;
      await new Promise<void>((resolve) => this.#arrived = resolve);
    }
  }

  bytesOf(id: number): Uint8Array {
    const parts = this.replies.flatMap((it) =>
      it.type === "data" && it.id === id ? [it.bytes] : []
    );
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
    return whole;
  }
}

function contentAt(offset: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => CONTENT[(offset + i) % CONTENT.length]!);
}

function openFile(changes: Partial<MediaSource> = {}): MediaSource {
  return {
    size: SIZE,
    mimeType: "video/mp4",
    read: (offset, length) => Promise.resolve(contentAt(offset, Math.min(length, SIZE - offset))),
    [Symbol.dispose]() {},
    ...changes,
  };
}

interface ServeOptions {
  file?: MediaSource;
  idleMs?: number;
  revoked?: Promise<string>;
}

function serve({ file = openFile(), idleMs = 60_000, revoked }: ServeOptions = {}) {
  const channel = new MemoryChannel();
  const stop = new AbortController();
  let sent = 0;
  const onSent = (bytes: number) => sent += bytes;
  const { signal } = stop;
  const done = serveRanges(channel, { file, idleMs, signal, onSent, ...revoked && { revoked } });
  return {
    channel,
    done,
    sent: () => sent,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await done;
    },
  };
}

const isEnd = (id: number) => (it: Reply) => it.type === "end" && it.id === id;
const isError = (id: number) => (it: Reply) => it.type === "error" && it.id === id;

async function codeOf(channel: MemoryChannel, id: number) {
  const reply = await channel.until(isError(id));
  return reply.type === "error" ? reply.code : undefined;
}

Deno.test("serveRanges() tells the size, then gives exactly the bytes asked for", async () => {
  await using it = serve();
  it.channel.say({ type: "open", version: 1 });
  it.channel.say({ type: "read", id: 1, offset: 123_457, length: MAX_READ_BYTES });
  it.channel.say({ type: "read", id: 2, offset: SIZE - 10, length: 500 });
  it.channel.say({ type: "read", id: 3, offset: SIZE, length: 1 });
  await it.channel.until(isEnd(3));

  const [opened] = it.channel.replies;
  deepStrictEqual(opened, {
    type: "opened",
    version: 1,
    size: SIZE,
    maxRead: MAX_READ_BYTES,
    maxReads: MAX_READS,
    mime: "video/mp4",
  });
  deepStrictEqual(it.channel.bytesOf(1), contentAt(123_457, MAX_READ_BYTES));
  deepStrictEqual(it.channel.bytesOf(2), contentAt(SIZE - 10, 10));
  strictEqual(it.channel.bytesOf(3).length, 0);
  strictEqual(it.sent(), MAX_READ_BYTES + 10);
});

Deno.test("serveRanges() stops while the channel is full and goes on when it is not", async () => {
  await using it = serve();
  it.channel.say({ type: "open", version: 1 });
  it.channel.flowing = false;
  for (let id = 1; id <= 4; id++) {
    it.channel.say({ type: "read", id, offset: id, length: MAX_READ_BYTES });
  }
  while (!it.channel.isWaiting) await new Promise((resolve) => setTimeout(resolve));

  const held = it.channel.highest;
  it.channel.flowing = true;
  it.channel.drain();
  await it.channel.until(isEnd(4));

  ok(held > MAX_READ_BYTES && held < MAX_READ_BYTES + 20_000, `${held} bytes were buffered`);
  deepStrictEqual(it.channel.bytesOf(4), contentAt(4, MAX_READ_BYTES));
});

Deno.test("serveRanges() sends nothing more of a cancelled read", async () => {
  await using it = serve();
  it.channel.say({ type: "open", version: 1 });
  it.channel.flowing = false;
  it.channel.say({ type: "read", id: 1, offset: 0, length: MAX_READ_BYTES });
  it.channel.say({ type: "read", id: 2, offset: 0, length: MAX_READ_BYTES });
  it.channel.say({ type: "read", id: 3, offset: 5, length: 100 });
  while (!it.channel.isWaiting) await new Promise((resolve) => setTimeout(resolve));

  const before = it.channel.bytesOf(2).length;
  it.channel.say({ type: "cancel", id: 2 });
  it.channel.say({ type: "cancel", id: 99 });
  it.channel.flowing = true;
  it.channel.drain();
  await it.channel.until(isEnd(3));

  strictEqual(await codeOf(it.channel, 2), "cancelled");
  strictEqual(it.channel.bytesOf(2).length, before);
  deepStrictEqual(it.channel.bytesOf(3), contentAt(5, 100));
});

Deno.test("serveRanges() answers every mistake with its own error and goes on", async () => {
  await using it = serve();
  it.channel.say({ type: "read", id: 1, offset: 0, length: 1 });
  it.channel.say({ type: "open", version: 9 });
  strictEqual(await codeOf(it.channel, 1), "not_open");
  strictEqual(await codeOf(it.channel, 0), "bad_version");

  it.channel.say({ type: "open", version: 1 });
  it.channel.sayRaw(undefined);
  it.channel.sayRaw(Uint8Array.of(200, 1, 2));
  it.channel.say({ type: "read", id: 2, offset: SIZE + 1, length: 1 });
  strictEqual(await codeOf(it.channel, 2), "out_of_range");

  for (let id = 10; id <= 10 + MAX_READS; id++) {
    it.channel.say({ type: "read", id, offset: 0, length: 10 });
  }
  strictEqual(await codeOf(it.channel, 10 + MAX_READS), "too_many_reads");
  await it.channel.until(isEnd(10 + MAX_READS - 1));
});

Deno.test("serveRanges() sends a client away that only makes mistakes", async () => {
  await using it = serve();

  for (let i = 0; i < 100; i++) it.channel.sayRaw(Uint8Array.of(0));
  await it.done;

  ok(it.channel.replies.length <= 100);
  await it.channel.closed;
});

Deno.test("serveRanges() says what became of the file", async () => {
  const cases = [
    [() => Promise.reject(new ConflictError("Cannot read: the file has changed")), "gone"],
    [() => Promise.resolve(new Uint8Array()), "gone"],
    [() => Promise.reject(new Error("EIO: /secret/path")), "unreadable"],
  ] as const;

  for (const [read, code] of cases) {
    await using it = serve({ file: openFile({ read }) });
    it.channel.say({ type: "open", version: 1 });
    it.channel.say({ type: "read", id: 1, offset: 0, length: 10 });
    strictEqual(await codeOf(it.channel, 1), code);
    ok(!JSON.stringify(it.channel.replies).includes("secret"));
  }
});

Deno.test("serveRanges() ends on close, on silence, and when it is told to", async () => {
  const closing = serve();
  closing.channel.say({ type: "close" });
  await closing.done;

  const silent = serve({ idleMs: 20 });
  await silent.done;
  strictEqual(await codeOf(silent.channel, 0), "idle");

  await using told = serve();
  told.channel.say({ type: "open", version: 1 });
});

Deno.test("serveRanges() says that a play was revoked, sends no more, and ends when it is heard", async () => {
  const { promise: revoked, resolve: revoke } = Promise.withResolvers<string>();
  const it = serve({ revoked });
  it.channel.flowing = false;
  it.channel.say({ type: "open", version: 1 });
  it.channel.say({ type: "read", id: 1, offset: 0, length: MAX_READ_BYTES });
  await it.channel.until(({ type }) => type === "data");

  revoke("the owner has ended it");
  strictEqual(await codeOf(it.channel, 0), "revoked");
  it.channel.say({ type: "read", id: 2, offset: 0, length: 1 });
  it.channel.close();
  await it.done;

  const last = it.channel.replies.at(-1);
  deepStrictEqual(last, {
    type: "error",
    id: 0,
    code: "revoked",
    message: "the owner has ended it",
  });
});
