/**
 * Work that is due, each kind at most once, and a wait for it.
 *
 * @module
 */
import { pause } from "../base/service.ts";

export class Nudge<Work extends string> {
  readonly #due = new Set<Work>();
  #wake = () => {};

  /** Says that `work` is due; saying it again before it is taken changes nothing. */
  note(...works: Work[]): void {
    for (const work of works) this.#due.add(work);
    this.#wake();
  }

  /** Takes `work` back; whether it was due. */
  drop(work: Work): boolean {
    return this.#due.delete(work);
  }

  /** Does `work` when anything is due, and not again for `quietMs` milliseconds; until aborted. */
  async each(quietMs: number, work: () => void, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const due = await this.take(signal);
      if (due.size > 0) work();
      await pause(quietMs, signal);
    }
  }

  /** Everything due, as soon as anything is; nothing once `signal` has aborted. */
  async take(signal: AbortSignal): Promise<ReadonlySet<Work>> {
    const wake = () => this.#wake();
    signal.addEventListener("abort", wake);
    try {
      while (this.#due.size === 0 && !signal.aborted) {
        await new Promise<void>((resolve) => this.#wake = resolve);
      }
    } finally {
      signal.removeEventListener("abort", wake);
    }
    if (signal.aborted) return new Set();
    const taken = new Set(this.#due);
    this.#due.clear();
    return taken;
  }
}
