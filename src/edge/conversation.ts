/**
 * One end of an open stream: writes when the other end has room, and matches answers to questions
 * by request id.
 *
 * @module
 */
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { UnavailableError } from "../base/errors.ts";

interface Identified {
  requestId: string;
}

/** Questions one stream may have open before the next is refused. */
const MAX_WAITING = 1000;

export class Conversation<In extends Identified, Out extends Identified> {
  readonly #waiting = new Map<string, (answer: In) => void>();
  #drained: Promise<unknown> | undefined;
  /** When the other end last made room after there was none; milliseconds since 1970. */
  drainedAt = 0;

  /** `signal` aborts when the stream has ended, for whatever reason. */
  constructor(readonly stream: Writable, readonly signal: AbortSignal) {}

  /** Resolves when the stream has room for more. */
  async send(message: Out): Promise<void> {
    if (this.signal.aborted) throw new UnavailableError("Cannot send: the stream has ended");
    if (this.stream.write(message)) return;
    this.#drained ??= once(this.stream, "drain", { signal: this.signal })
      .then(() => this.drainedAt = Date.now())
      .finally(() => this.#drained = undefined);
    await this.#drained;
  }

  /**
   * Sends and waits for the message with the same request id.
   *
   * @throws {UnavailableError} no answer in `ms`, or the stream ended
   */
  async ask(message: Out, ms: number, signal?: AbortSignal): Promise<In> {
    if (this.#waiting.size >= MAX_WAITING) {
      throw new UnavailableError(`Cannot ask: ${MAX_WAITING} questions are waiting for an answer`);
    }
    const { promise, resolve, reject } = Promise.withResolvers<In>();
    const late = () => reject(new UnavailableError(`Cannot wait longer: no answer in ${ms} ms`));
    const lost = () => reject(new UnavailableError("Cannot wait: the stream has ended"));
    const stopped = () => reject(signal?.reason);
    const timer = setTimeout(late, ms);
    this.signal.addEventListener("abort", lost);
    signal?.addEventListener("abort", stopped);
    this.#waiting.set(message.requestId, resolve);
    try {
      signal?.throwIfAborted();
      // A full stream must not make the wait longer than `ms`.
      await Promise.race([this.send(message), promise]);
      return await promise;
    } finally {
      clearTimeout(timer);
      this.signal.removeEventListener("abort", lost);
      signal?.removeEventListener("abort", stopped);
      this.#waiting.delete(message.requestId);
    }
  }

  /** Whether `message` answered a question that was waiting. */
  settle(message: In): boolean {
    const resolve = this.#waiting.get(message.requestId);
    resolve?.(message);
    return resolve !== undefined;
  }
}

/**
 * Hands every message to `handle`, at most `limit` at once and in order; the sender waits
 * meanwhile. What `handle` throws goes to `fail`.
 */
export function readEach<In>(
  stream: Readable,
  handle: (message: In) => Promise<void>,
  { limit, fail }: { limit: number; fail: (error: unknown) => void },
): void {
  let busy = 0;
  // Not `for await`: it destroys the stream at its end, and with it the status still to be sent.
  stream.on("data", async (message: In) => {
    if (++busy >= limit) stream.pause();
    try {
      await handle(message);
    } catch (error) {
      fail(error);
    } finally {
      if (busy-- === limit) stream.resume();
    }
  });
}
