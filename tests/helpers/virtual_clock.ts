/** Time that passes only when nothing else is left to do: hours in a second, and always the same. @module */
import { setImmediate as turn } from "node:timers/promises";
import { turnsOver } from "../../src/base/event_loop.ts";
import type { Clock } from "../../src/pool/mod.ts";

export class VirtualClock implements Clock {
  #now = 0;
  #timers: { at: number; then: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, then: () => void): () => void {
    const timer = { at: this.#now + ms, then };
    const behind = this.#timers.findLastIndex(({ at }) => at <= timer.at);
    this.#timers.splice(behind + 1, 0, timer);
    return () => {
      this.#timers = this.#timers.filter((it) => it !== timer);
    };
  }

  sleep(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.after(ms, resolve);
    return promise;
  }

  /** Lets the time pass until `work` is over. @throws when nothing is left to wait for */
  async run<T>(work: Promise<T>): Promise<T> {
    let isOver = false;
    work.then(() => isOver = true, () => isOver = true);
    for (let idle = 0; !isOver;) {
      await turn();
      await turnsOver(); // transactions after a batch, for example: they take no time here
      const next = isOver ? undefined : this.#timers.shift();
      if (next) {
        this.#now = next.at;
        next.then();
        idle = 0;
      } else if (++idle > IDLE_TURNS) throw new Error("Nothing is left to wait for, and no end");
      // What waits for real time has its turn.
      else if (!isOver) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return await work;
  }
}

const IDLE_TURNS = 200;
