/**
 * The circuit breaker of one file system. While it is open nobody of ours touches that file system;
 * it closes by itself when what made it open is over.
 *
 * @module
 */
import { reasonOf, UnavailableError } from "../../base/errors.ts";
import type { Answer, Space } from "./probe.ts";

/** A file system that does not answer: come back later, or look after its drive. */
export class NotAnsweringError extends UnavailableError {}

/** What shows that nothing answers; each kind ends in its own way. */
type Evidence = "probe" | "device" | "work";

export interface BreakerOptions {
  mountPoint: string;
  /** Asks the file system in a program of its own; see askSpace(). */
  ask(options: { signal: AbortSignal; onEnd: () => void }): Promise<Answer>;
  /** A question that a well machine answers at once: so its own slowness is no sign of a hang. */
  control?: () => Promise<unknown>;
  /** It answers again, or no more. */
  onChange?: (breaker: Breaker) => void;
  limits: BreakerLimits;
}

/** All in milliseconds. */
export interface BreakerLimits {
  /** In which a question must be answered. */
  askMs: number;
  /** In which our own work must come forward. */
  workMs: number;
  /** After which a question that hangs is asked anew: the first and the longest wait. */
  againMs: [first: number, longest: number];
}

export class Breaker {
  readonly mountPoint: string;
  /** Since when it answers, or does not. */
  since = new Date();
  space: Space | undefined;
  /** When it last proved that it answers, in milliseconds of performance.now(). */
  provenAt = -Infinity;
  readonly #options: BreakerOptions;
  readonly #evidence = new Map<Evidence, string>();
  #opened = new AbortController();
  #question: { asked: AbortController; answered: Promise<void>; at: number } | undefined;
  #askedAt = -Infinity;
  /** Questions in a row that came to nothing. */
  #waits = 0;
  /** Work under way, what is left behind included. */
  #works = 0;
  #left = Promise.withResolvers<void>();
  #isUnmounted = false;

  constructor(options: BreakerOptions) {
    this.#options = options;
    this.mountPoint = options.mountPoint;
  }

  get answering(): boolean {
    return this.#evidence.size === 0;
  }

  /** Why it does not answer; undefined while it does. */
  get reason(): string | undefined {
    return this.#evidence.values().next().value;
  }

  /** Aborts when it opens; aborted already while it is open. */
  get opened(): AbortSignal {
    return this.#opened.signal;
  }

  /** @throws {NotAnsweringError} it is open */
  check(path = this.mountPoint): void {
    if (this.answering && !this.#isUnmounted) return;
    const state = this.#isUnmounted
      ? "is not mounted any more"
      : `is not answering since ${this.since.toISOString()} (${this.reason})`;
    throw new NotAnsweringError(`Cannot read "${path}": ${this.mountPoint} ${state}`, {
      mountPoint: this.mountPoint,
      since: this.since.toISOString(),
    });
  }

  /** Asks the file system, or waits with those who do; over when it answered or is late. */
  async ask(): Promise<void> {
    const { limits: { askMs }, control } = this.#options;
    const question = this.#question ??= this.#begin();
    if (await isOver(question.answered, askMs)) return;
    if (this.answering && control) {
      const asked = performance.now();
      await control();
      const took = performance.now() - asked;
      if (await isOver(question.answered, Math.max(took * SLOWER, GRACE_MS))) return;
    }
    this.#note("probe", `it did not say in ${askMs / 1000} s how much space it has`);
  }

  /** Asks again once it is time to, while a question hangs or was answered badly. */
  askAgain(now = performance.now()): void {
    const [first, longest] = this.#options.limits.againMs;
    const wait = Math.min(first * 2 ** this.#waits, longest);
    if (!this.#evidence.has("probe")) return;
    if (this.#question && now - this.#question.at >= wait) {
      this.#waits++;
      // The next is asked when this one has ended: there is never more than one of them.
      this.#question.asked.abort();
    } else if (!this.#question && now - this.#askedAt >= wait) {
      this.#waits++;
      void this.ask();
    }
  }

  #begin() {
    this.#askedAt = performance.now();
    const asked = new AbortController();
    const over = () => {
      if (this.#question?.asked === asked) this.#question = undefined;
    };
    const answered = this.#options.ask({ signal: asked.signal, onEnd: over }).then((answer) => {
      over();
      this.#take(answer);
    }, (error) => {
      // Told to give up: over() comes when the program has really ended.
      if (asked.signal.aborted) return;
      over();
      this.#note("probe", reasonOf(error));
    });
    return { asked, answered, at: this.#askedAt };
  }

  #take({ space, dead }: Answer): void {
    if (dead) return this.#note("probe", dead);
    this.#waits = 0;
    this.space = space ?? this.space;
    this.provenAt = performance.now();
    this.#settle("probe");
  }

  /** What the kernel says of the device beneath: why nothing comes from it, or that it goes on. */
  noteDevice(reason: string | undefined): void {
    if (reason) this.#note("device", reason);
    else this.#settle("device");
  }

  /**
   * Does `work` on this file system, and gives up when it does not come forward: `alive` says that
   * it does. The call that hangs is left behind; its end, however late, closes the breaker.
   *
   * @throws {NotAnsweringError} it is open, or opens meanwhile
   */
  async guard<T>(
    work: (alive: () => void) => Promise<T>,
    { path, signal, limitMs = this.#options.limits.workMs }: GuardOptions = {},
  ): Promise<T> {
    this.check(path);
    signal?.throwIfAborted();
    const opened = this.#opened.signal;
    const { promise: stopped, reject } = Promise.withResolvers<never>();
    stopped.catch(() => {});
    let due = 0;
    let timer: ReturnType<typeof setTimeout>;
    const watch = () => {
      due = performance.now() + limitMs;
      timer = setTimeout(late, limitMs);
    };
    const late = () => {
      // A timer that comes late itself: we were busy, and may not have heard the answer.
      if (performance.now() - due > LATE_MS) watch();
      else this.#note("work", `it gave nothing for ${limitMs / 1000} s`);
    };
    const onOpened = () => {
      try {
        this.check(path);
      } catch (error) {
        reject(error);
      }
    };
    const onAbort = () => reject(signal?.reason);
    opened.addEventListener("abort", onOpened, { once: true });
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      await this.#place(stopped);
      watch();
      const working = work(() => {
        clearTimeout(timer);
        watch();
      });
      // Whatever became of it: an error is an answer as well.
      const answered = () => {
        clearTimeout(timer);
        this.#leave();
        this.provenAt = performance.now();
        this.#settle("work");
      };
      working.then(answered, answered);
      return await Promise.race([working, stopped]);
    } finally {
      opened.removeEventListener("abort", onOpened);
      signal?.removeEventListener("abort", onAbort);
    }
  }

  /** A place among the work under way; `stopped` ends the wait. */
  async #place(stopped: Promise<never>): Promise<void> {
    while (this.#works >= MAX_WORKS) await Promise.race([stopped, this.#left.promise]);
    this.#works++;
  }

  #leave(): void {
    this.#works--;
    this.#left.resolve();
    this.#left = Promise.withResolvers();
  }

  /** It is unmounted: who waits for it is told, and nobody asks it any more. */
  [Symbol.dispose](): void {
    this.#isUnmounted = true;
    this.#question?.asked.abort();
    this.#opened.abort();
  }

  #note(evidence: Evidence, reason: string): void {
    const wasAnswering = this.answering;
    this.#evidence.set(evidence, reason);
    if (!wasAnswering) return;
    this.since = new Date();
    this.#opened.abort();
    this.#options.onChange?.(this);
  }

  #settle(evidence: Evidence): void {
    if (!this.#evidence.delete(evidence) || !this.answering) return;
    this.since = new Date();
    this.#opened = new AbortController();
    this.#options.onChange?.(this);
  }
}

export interface GuardOptions {
  /** What is wanted, for the message. */
  path?: string;
  signal?: AbortSignal | undefined;
  limitMs?: number;
}

/**
 * Each call that hangs keeps one of the 32 threads that Deno has for files: a mount that hangs may
 * take a few of them, and never all.
 */
const MAX_WORKS = 6;
/** How much longer than a control question one may take, on a machine as slow as that. */
const SLOWER = 3;
const GRACE_MS = 500;
/** A timer that is this late says that we have not listened. */
const LATE_MS = 500;

/** Whether `work` is over within `limitMs`. */
async function isOver(work: Promise<void>, limitMs: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), limitMs);
  try {
    return await Promise.race([work.then(() => true), promise]);
  } finally {
    clearTimeout(timer);
  }
}
