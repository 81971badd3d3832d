/**
 * Writes that come in one turn of the event loop, in one transaction: with SQLite the commit costs more
 * than what it commits. PostgreSQL takes many at once by itself.
 *
 * @module
 */
import type { State, StateValue } from "../../db/mod.ts";

interface Write {
  sql: string;
  values: StateValue[];
  resolve(changed: number | Promise<number>): void;
}

/** Writes in one transaction at most: some milliseconds. */
const MOST = 100;

export class Together {
  readonly #state: State;
  #waiting: Write[] = [];

  constructor(state: State) {
    this.#state = state;
  }

  /** As the state's own: resolves when it is kept, with how many rows it changed. */
  run(sql: string, ...values: StateValue[]): Promise<number> {
    if (this.#state.kind !== "sqlite") return this.#state.run(sql, ...values);
    return new Promise((resolve) => {
      if (this.#waiting.push({ sql, values, resolve }) === 1) setImmediate(() => this.#flush());
    });
  }

  #flush(): void {
    const writes = this.#waiting.splice(0, MOST);
    if (this.#waiting.length > 0) setImmediate(() => this.#flush());
    void this.#write(writes);
  }

  async #write(writes: Write[]): Promise<void> {
    const alone = ({ sql, values, resolve }: Write) => resolve(this.#state.run(sql, ...values));
    if (writes.length === 1) return alone(writes[0]!);
    try {
      const changed = await this.#state.transaction(async (tx) => {
        const changed: number[] = [];
        for (const { sql, values } of writes) changed.push(await tx.run(sql, ...values));
        return changed;
      });
      for (const [at, { resolve }] of writes.entries()) resolve(changed[at]!);
    } catch {
      // One that cannot be done does not take the others with it.
      writes.forEach(alone);
    }
  }
}
