/**
 * Serves byte ranges of one opened file over one data channel, one read after the other.
 * The client names no path: it can reach this file and nothing else.
 *
 * @module
 */
import { ConflictError, Failure, NotFoundError } from "../base/errors.ts";
import { pause } from "../base/service.ts";
import {
  CHUNK_BYTES,
  decodeRequest,
  encodeReply,
  type ErrorCode,
  MAX_READ_BYTES,
  MAX_READS,
  ProtocolError,
  type Reply,
  VERSION,
} from "./protocol.ts";

/** The data channel, as this file needs it. */
export interface Channel {
  /** Bytes given to `send` that have not left yet. */
  readonly bufferedAmount: number;
  readonly closed: Promise<void>;
  send(bytes: Uint8Array): void;
  /** Waits until less than `lowBytes` are buffered. */
  untilLow(lowBytes: number, signal: AbortSignal): Promise<void>;
  /** One listener; what came before it is kept for it. Text arrives as undefined. */
  onMessage(listener: (bytes: Uint8Array | undefined) => void): void;
  close(): void;
}

/** An opened file; `read` gives fewer bytes than asked only at its end. */
export interface MediaSource extends Disposable {
  size: number;
  mimeType?: string;
  read(offset: number, length: number, signal: AbortSignal): Promise<Uint8Array>;
}

export interface RangesOptions {
  file: MediaSource;
  signal: AbortSignal;
  /** A client silent for so long is sent away; it may come back. */
  idleMs: number;
  /** The play is over by somebody's word, which the client is told: it shall not come back. */
  revoked?: Promise<string>;
  /** Told of every chunk that was handed to the channel. */
  onSent?: (bytes: number) => void;
}

const DISK_READ_BYTES = 256 * 1024;
const HIGH_BYTES = 1024 * 1024;
const LOW_BYTES = 256 * 1024;
/** A client that was told that its play is over may hang up for so long, once that has left … */
const HEARD_MS = 300;
/** … and that, behind what was sent before, has so long. */
const FAREWELL_MS = 3000;
/** A client that breaks the protocol this often is not going to learn it. */
const MAX_MISTAKES = 20;

interface Read {
  id: number;
  offset: number;
  length: number;
  cancel: AbortController;
}

/** Answers until the client closes, falls silent, or `signal` aborts. Never throws. */
export async function serveRanges(channel: Channel, options: RangesOptions): Promise<void> {
  const ranges = new Ranges(channel, options);
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  const stop = () => resolve();
  options.signal.addEventListener("abort", stop, { once: true });
  if (options.signal.aborted) stop();
  const over = new AbortController();
  const ends = [channel.closed, ranges.ended, aborted];
  const left = options.revoked?.then((reason) => ranges.takeLeave(reason, over.signal));
  await Promise.race(left ? [...ends, left] : ends);
  over.abort();
  options.signal.removeEventListener("abort", stop);
  await ranges.stop();
}

class Ranges {
  readonly #ended = Promise.withResolvers<void>();
  readonly #stop = new AbortController();
  readonly #reads = new Map<number, Read>();
  #pump: Promise<void> | undefined;
  #open = false;
  #mistakes = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly channel: Channel, readonly options: RangesOptions) {
    this.#restartIdle();
    channel.onMessage((bytes) => this.#receive(bytes));
  }

  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Says that it is over, answers nothing more, and gives the client a moment to hear it. */
  async takeLeave(reason: string, signal: AbortSignal): Promise<void> {
    this.#fail(0, "revoked", reason);
    this.#stop.abort();
    clearTimeout(this.#idle);
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), FAREWELL_MS);
    const limit = AbortSignal.any([signal, late.signal]);
    // Whatever is in the way of it, the play is over.
    await this.channel.untilLow(0, limit).catch(() => {});
    await pause(HEARD_MS, limit);
    clearTimeout(timer);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#idle);
    await this.#pump;
    this.channel.close();
  }

  #receive(bytes: Uint8Array | undefined): void {
    if (this.#stop.signal.aborted) return;
    this.#restartIdle();
    try {
      if (!bytes) throw new ProtocolError("bad_message", "Cannot understand text: send bytes");
      this.#answer(bytes);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#fail(error.id, error.code, error.message);
      if (++this.#mistakes >= MAX_MISTAKES) this.#ended.resolve();
    }
  }

  #answer(bytes: Uint8Array): void {
    const request = decodeRequest(bytes);
    switch (request.type) {
      case "open":
        return this.#opened(request.version);
      case "read":
        return this.#enqueue({ ...request, cancel: new AbortController() });
      case "cancel":
        return this.#reads.get(request.id)?.cancel.abort();
      case "close":
        return this.#ended.resolve();
    }
  }

  #opened(version: number): void {
    if (version !== VERSION) {
      throw new ProtocolError("bad_version", `Cannot speak version ${version}: only ${VERSION}`);
    }
    this.#open = true;
    const { size, mimeType: mime = "" } = this.options.file;
    this.#send({
      type: "opened",
      version,
      size,
      maxRead: MAX_READ_BYTES,
      maxReads: MAX_READS,
      mime,
    });
  }

  #enqueue(read: Read): void {
    const refuse = (code: ErrorCode, message: string) => {
      throw new ProtocolError(code, message, read.id);
    };
    const { size } = this.options.file;
    if (!this.#open) refuse("not_open", "Cannot read: send open first");
    if (this.#reads.has(read.id)) refuse("bad_message", `Cannot read: ${read.id} is running`);
    if (this.#reads.size >= MAX_READS) {
      refuse("too_many_reads", `Cannot read: ${MAX_READS} reads are waiting`);
    }
    if (read.offset > size) refuse("out_of_range", `Cannot read: the file has ${size} bytes`);
    this.#reads.set(read.id, read);
    this.#pump ??= this.#work();
  }

  async #work(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const [read] = this.#reads.values();
      if (!read) break;
      const ending = await this.#serve(read).catch((error) => this.#failure(read, error));
      this.#reads.delete(read.id);
      this.#send(ending);
    }
    this.#pump = undefined;
  }

  /** The next piece is read from the disk while the present one is being sent. */
  async #serve({ id, offset, length, cancel }: Read): Promise<Reply> {
    const signal = AbortSignal.any([cancel.signal, this.#stop.signal]);
    const { file } = this.options;
    const end = Math.min(offset + length, file.size);
    const from = (at: number) => {
      const piece = file.read(at, Math.min(DISK_READ_BYTES, end - at), signal);
      piece.catch(() => {});
      return piece;
    };
    let next = offset < end ? from(offset) : undefined;
    for (let at = offset; next;) {
      signal.throwIfAborted();
      const piece = await next;
      if (piece.length === 0) {
        throw new ConflictError(`Cannot read at ${at}: the file became shorter`);
      }
      at += piece.length;
      next = at < end ? from(at) : undefined;
      await this.#sendPiece(id, piece, signal);
    }
    return { type: "end", id, length: end - offset };
  }

  async #sendPiece(id: number, piece: Uint8Array, signal: AbortSignal): Promise<void> {
    for (let at = 0; at < piece.length; at += CHUNK_BYTES) {
      if (this.channel.bufferedAmount > HIGH_BYTES) await this.channel.untilLow(LOW_BYTES, signal);
      signal.throwIfAborted();
      const bytes = piece.subarray(at, at + CHUNK_BYTES);
      this.#send({ type: "data", id, bytes });
      this.options.onSent?.(bytes.length);
      // A long download is not idle although the client says nothing meanwhile.
      this.#restartIdle();
    }
  }

  #failure({ id, cancel }: Read, error: unknown): Reply {
    if (cancel.signal.aborted) {
      return { type: "error", id, code: "cancelled", message: "Cancelled" };
    }
    const gone = error instanceof NotFoundError || error instanceof ConflictError;
    const message = error instanceof Failure ? error.message : "Cannot read the file";
    return { type: "error", id, code: gone ? "gone" : "unreadable", message };
  }

  #fail(id: number, code: ErrorCode, message: string): void {
    this.#send({ type: "error", id, code, message });
  }

  /** Replies beyond the limit mean a client that asks and never reads: it is sent away. */
  #send(reply: Reply): void {
    if (this.#stop.signal.aborted) return;
    if (this.channel.bufferedAmount > 2 * HIGH_BYTES) return this.#ended.resolve();
    this.channel.send(encodeReply(reply));
  }

  #restartIdle(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      this.#fail(0, "idle", "Closed: nothing was asked for a while");
      this.#ended.resolve();
    }, this.options.idleMs);
  }
}
