/**
 * One drive as the gate sees it: whether it sleeps, how fresh that is, and who waits for it. While
 * somebody waits it is watched; nobody waits, nothing runs.
 *
 * @module
 */
import type { PowerState } from "../../drives/mod.ts";
import type { Clock } from "../lanes/clock.ts";

export interface SleeperDeps {
  clock: Clock;
  /** Asks, without waking it, and never for long. */
  ask(): Promise<PowerState>;
  /** Reads and writes that it has completed, where the system counts; rising, it is awake. */
  activity(): Promise<number | undefined>;
  /** Whether background work may wake it now. */
  mayWake(): boolean;
}

/** For so long after a read, or an answer, a drive does not fall asleep: none does within minutes. */
const FRESH_MS = 60_000;
/** How often a sleeping drive is asked while somebody waits for it. */
const ASK_MS = 60_000;
/** How often the counters and the time of day are looked at meanwhile. */
const LOOK_MS = 5_000;

export class Sleeper {
  readonly #deps: SleeperDeps;
  readonly #waiting = new Set<() => void>();
  #isAsleep = false;
  /** When it was last known to be awake; then nobody asks. */
  #awakeAt = -Infinity;
  #askedAt = -Infinity;
  #activity: number | undefined;
  #asking: Promise<void> | undefined;
  #callOff: (() => void) | undefined;

  constructor(deps: SleeperDeps) {
    this.#deps = deps;
  }

  /** As far as is known. */
  get isAsleep(): boolean {
    return this.#isAsleep;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** It is read from now, or was seen to be awake: whoever waits may go. */
  awake(): void {
    this.#isAsleep = false;
    this.#awakeAt = this.#deps.clock.now();
    this.#release();
  }

  /** Resolves when it is known well enough whether it sleeps. */
  async look(): Promise<void> {
    const now = this.#deps.clock.now();
    if (this.#isAsleep ? now - this.#askedAt < ASK_MS : now - this.#awakeAt < FRESH_MS) return;
    await this.#ask();
  }

  /** Resolves when it may have woken, or may be woken. */
  async change(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const go = () => resolve();
    this.#waiting.add(go);
    this.#watch();
    signal?.addEventListener("abort", go, { once: true });
    try {
      await promise;
    } finally {
      signal?.removeEventListener("abort", go);
      this.#waiting.delete(go);
      if (this.#waiting.size === 0) this.#stop();
    }
  }

  /** Those who ask at once share one question. */
  #ask(): Promise<void> {
    return this.#asking ??= this.#askNow().finally(() => this.#asking = undefined);
  }

  async #askNow(): Promise<void> {
    const state = await this.#deps.ask().catch(() => "unknown" as const);
    this.#askedAt = this.#deps.clock.now();
    if (state !== "asleep") return this.awake(); // the unknown count as awake
    if (!this.#isAsleep) this.#activity = await this.#deps.activity().catch(() => undefined);
    this.#isAsleep = true;
  }

  #watch(): void {
    this.#callOff ??= this.#deps.clock.after(LOOK_MS, () => {
      this.#callOff = undefined;
      void this.#lookAgain().finally(() => {
        if (this.#waiting.size > 0) this.#watch();
      });
    });
  }

  async #lookAgain(): Promise<void> {
    if (!this.#isAsleep || this.#deps.mayWake()) return this.#release();
    const activity = await this.#deps.activity().catch(() => undefined);
    if (activity !== undefined && this.#activity !== undefined && activity > this.#activity) {
      return this.awake();
    }
    await this.look();
  }

  #release(): void {
    for (const go of this.#waiting) go();
  }

  #stop(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }
}
