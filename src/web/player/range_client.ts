/**
 * The browser's end of the range protocol: reads byte ranges of one film.
 * A lost connection is opened again when more is wanted, so a long pause costs nothing.
 *
 * @module
 */
import {
  decodeReply,
  encodeRequest,
  MAX_READS,
  type Reply,
  VERSION,
} from "../../stream/protocol.ts";
import { stats } from "../stats.ts";
import type { Connection } from "./connect.ts";

/** The connection ended before the answer came: worth another try. */
class LostError extends Error {}

/** Somebody who may has ended this play: it is not begun again. The message is for the viewer. */
export class PlayOverError extends Error {
  constructor(reason: string) {
    super(`This play is over: ${reason || "it was ended"}.`);
  }
}

interface Pending {
  bytes: Uint8Array<ArrayBuffer>;
  filled: number;
  done: PromiseWithResolvers<Uint8Array>;
}

interface Session {
  connection: Connection;
  size: number;
  pending: Map<number, Pending>;
}

/** Nothing of an answer for so long: the peer or its drive hangs. */
const STALL_MS = 30_000;

export class RangeClient {
  #session: Promise<Session> | undefined;
  #size: number | undefined;
  #lastId = 0;
  #running = 0;
  #over: PlayOverError | undefined;
  readonly #ended = Promise.withResolvers<never>();
  readonly #waiting: (() => void)[] = [];

  constructor(
    readonly connect: (signal: AbortSignal) => Promise<Connection>,
    /** Aborting it ends everything. */
    readonly signal: AbortSignal,
  ) {
    signal.addEventListener("abort", () => void this.#close(), { once: true });
    this.over.catch(() => {});
  }

  /** Rejects with a PlayOverError, at once, when there is one. */
  get over(): Promise<never> {
    return this.#ended.promise;
  }

  async size(): Promise<number> {
    return (await this.#opened()).size;
  }

  /** `length` bytes, fewer at the end of the file; at most the protocol's limit. */
  async read(offset: number, length: number, signal: AbortSignal): Promise<Uint8Array> {
    await this.#turn(signal);
    try {
      return await this.#readOnce(offset, length, signal).catch((error) => {
        if (!(error instanceof LostError)) throw error;
        return this.#readOnce(offset, length, signal);
      });
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  /** One place is left free: a cancelled read may still be on its way when its place is reused. */
  async #turn(signal: AbortSignal): Promise<void> {
    while (this.#running >= MAX_READS / 2) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running++;
    if (!signal.aborted) return;
    this.#running--;
    this.#waiting.shift()?.();
    signal.throwIfAborted();
  }

  async #readOnce(offset: number, length: number, signal: AbortSignal): Promise<Uint8Array> {
    const { connection: { channel }, pending } = await this.#opened();
    signal.throwIfAborted();
    if (channel.readyState !== "open") throw new LostError("The connection to the peer is closed");
    const id = ++this.#lastId;
    const read: Pending = {
      bytes: new Uint8Array(length),
      filled: 0,
      done: Promise.withResolvers(),
    };
    pending.set(id, read);
    channel.send(encodeRequest({ type: "read", id, offset, length }));
    stats.reads++;

    const cancel = (reason: unknown) => {
      read.done.reject(reason);
      if (channel.readyState === "open") channel.send(encodeRequest({ type: "cancel", id }));
    };
    const abort = () => cancel(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    let before = 0;
    const watchdog = setInterval(() => {
      if (read.filled === before) cancel(new Error("The peer does not answer: its drive may hang"));
      before = read.filled;
    }, STALL_MS);
    try {
      return await read.done.promise;
    } finally {
      clearInterval(watchdog);
      signal.removeEventListener("abort", abort);
      pending.delete(id);
    }
  }

  async #opened(): Promise<Session> {
    this.signal.throwIfAborted();
    if (this.#over) throw this.#over;
    return await (this.#session ??= this.#open().catch((error) => {
      this.#session = undefined;
      throw error;
    }));
  }

  async #open(): Promise<Session> {
    const connection = await this.connect(this.signal);
    const { channel } = connection;
    const pending: Session["pending"] = new Map();
    const greeting = Promise.withResolvers<number>();
    const lose = (error: Error = new LostError("The connection to the peer was lost")) => {
      greeting.reject(error);
      for (const read of pending.values()) read.done.reject(error);
      this.#session = undefined;
      connection.close();
    };
    connection.lost.then(() => lose());
    channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      const reply = decodeReply(new Uint8Array(data));
      if (reply.type === "opened") greeting.resolve(reply.size);
      else if (reply.type === "error" && reply.code === "revoked") {
        this.#over = new PlayOverError(reply.message);
        this.#ended.reject(this.#over);
        lose(this.#over);
      } else if (reply.type === "error" && reply.id === 0) {
        greeting.reject(new Error(reply.message));
      } else receive(pending, reply);
    };
    channel.send(encodeRequest({ type: "open", version: VERSION }));

    const size = await greeting.promise;
    this.#size ??= size;
    if (this.#size !== size) {
      connection.close();
      throw new Error("The file has changed meanwhile: close the player and play it again");
    }
    return { connection, size, pending };
  }

  async #close(): Promise<void> {
    const session = await this.#session?.catch(() => undefined);
    session?.connection.close();
  }
}

/** Replies to a read that nobody waits for any more are dropped. */
function receive(pending: Map<number, Pending>, reply: Reply): void {
  const read = "id" in reply ? pending.get(reply.id) : undefined;
  if (reply.type === "data") stats.bytesOverChannel += reply.bytes.length;
  if (!read) return;
  if (reply.type === "data") {
    if (read.filled + reply.bytes.length > read.bytes.length) {
      return read.done.reject(new Error("The peer sent more than was asked for"));
    }
    read.bytes.set(reply.bytes, read.filled);
    read.filled += reply.bytes.length;
  } else if (reply.type === "end") {
    if (read.filled === reply.length) read.done.resolve(read.bytes.subarray(0, read.filled));
    else read.done.reject(new Error("The peer sent less than it said"));
  } else if (reply.type === "error") {
    read.done.reject(new Error(reply.message));
  }
}
