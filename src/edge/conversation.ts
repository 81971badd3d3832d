/**
 * One end of an open stream: writes when the other end has room, and matches answers to questions
 * by request id.
 *
 * @module
 */
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { UnavailableError } from "../base/errors.ts";
import { onAbort, Wait } from "./deadlines.ts";

interface Identified {
  requestId: string;
}

/** Questions one stream may have open before the next is refused. */
const MAX_WAITING = 1000;

/** What was asked and is not answered yet. */
class Question<Answer> extends Wait {
  /** Nobody need tell that the asker has gone. */
  heard: (() => void) | undefined;

  constructor(
    ms: number,
    readonly requestId: string,
    readonly waiting: Map<string, Question<Answer>>,
    readonly resolve: (answer: Answer) => void,
    readonly reject: (reason: unknown) => void,
  ) {
    super(ms);
    waiting.set(requestId, this);
  }

  override over(): boolean {
    if (!super.over()) return false;
    this.waiting.delete(this.requestId);
    this.heard?.();
    return true;
  }

  override late(): void {
    this.reject(new UnavailableError(`Cannot wait longer: no answer in ${this.ms} ms`));
  }

  fail(reason: unknown): void {
    if (this.over()) this.reject(reason);
  }
}

export class Conversation<In extends Identified, Out extends Identified> {
  /** Made with the first question: most peers are never asked. */
  #waiting: Map<string, Question<In>> | undefined;
  #drained: Promise<unknown> | undefined;
  /** When the other end last made room after there was none; milliseconds since 1970. */
  drainedAt = 0;

  /** `signal` aborts when the stream has ended, for whatever reason. */
  constructor(readonly stream: Writable, readonly signal: AbortSignal) {}

  /** Resolves when the stream has room for more. */
  async send(message: Out): Promise<void> {
    await this.post(message);
  }

  /** Sends; a promise only where there is no room for more, until there is. */
  post(message: Out): Promise<unknown> | undefined {
    if (this.signal.aborted) throw new UnavailableError("Cannot send: the stream has ended");
    if (this.stream.write(message)) return undefined;
    return this.#drained ??= once(this.stream, "drain", { signal: this.signal })
      .then(() => this.drainedAt = Date.now())
      .finally(() => this.#drained = undefined);
  }

  /**
   * Sends and waits for the message with the same request id.
   *
   * @throws {UnavailableError} no answer in `ms`, or the stream ended
   */
  ask(message: Out, ms: number, signal?: AbortSignal): Promise<In> {
    // One promise and no more for each question: an edge has thousands a second.
    return new Promise((resolve, reject) => {
      const waiting = this.#questions();
      if (waiting.size >= MAX_WAITING) {
        throw new UnavailableError(
          `Cannot ask: ${MAX_WAITING} questions are waiting for an answer`,
        );
      }
      signal?.throwIfAborted();
      // A full stream must not make the wait longer than `ms`; one that has ended fails all.
      this.post(message)?.catch(() => {});
      const question = new Question<In>(ms, message.requestId, waiting, resolve, reject);
      question.heard = signal && onAbort(signal, () => question.fail(signal.reason));
    });
  }

  /** Whether `message` answered a question that was waiting. */
  settle(message: In): boolean {
    const question = this.#waiting?.get(message.requestId);
    if (!question?.over()) return false;
    question.resolve(message);
    return true;
  }

  #questions(): Map<string, Question<In>> {
    if (this.#waiting) return this.#waiting;
    const waiting = this.#waiting = new Map<string, Question<In>>();
    this.signal.addEventListener("abort", () => {
      const lost = new UnavailableError("Cannot wait: the stream has ended");
      for (const question of waiting.values()) question.fail(lost);
    });
    return waiting;
  }
}

/**
 * Hands every message to `handle`, at most `limit` at once and in order; the sender waits meanwhile.
 * What is done at once gives back nothing and costs no wait. What `handle` throws goes to `fail`.
 */
export function readEach<In>(
  stream: Readable,
  handle: (message: In) => Promise<unknown> | undefined,
  { limit, fail }: { limit: number; fail: (error: unknown) => void },
): void {
  let busy = 0;
  const done = () => {
    if (busy-- === limit) stream.resume();
  };
  // Not `for await`: it destroys the stream at its end, and with it the status still to be sent.
  stream.on("data", (message: In) => {
    try {
      const work = handle(message);
      if (!work) return;
      if (++busy >= limit) stream.pause();
      work.catch(fail).then(done);
    } catch (error) {
      fail(error);
    }
  });
}
