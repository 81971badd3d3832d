/**
 * Writes the journal (WAL) back into the database from a thread of its own. SQLite does so inside
 * some writer's COMMIT, who then waits for the disk; here nobody waits.
 *
 * @module
 */
import { statSync } from "node:fs";
import { isAttentive, withoutOthers } from "../../base/event_loop.ts";
import { IdleWorker } from "./idle_worker.ts";

export interface Checkpoint {
  path: string;
  how: "PASSIVE" | "TRUNCATE";
}

/** What the worker answers: how it went, and whether nobody was in its way. */
export interface Checkpointed {
  error?: string;
  isDone?: boolean;
}

export interface CheckpointsOptions {
  /** Writes back what little was written while the worker was at it. */
  finish(): void;
  /** The worker cannot: the journal is the writer's own business again. */
  onFailed(): void;
}

/** The journal is written back when it is larger. */
export const JOURNAL_BYTES = 16 * 1024 * 1024;
/** While somebody waits for answers: commits are slower while the disk is at it. */
const PATIENT_BYTES = 4 * JOURNAL_BYTES;
/** Commits between two looks at the journal's size. */
const LOOK_EVERY = 16;

const workerUrl = new URL(
  import.meta.url.endsWith(".ts") ? "./checkpoint_worker.ts" : "./checkpoint_worker.js",
  import.meta.url,
);

/** Of the database file at `path`. Its worker begins with the first journal that is large. */
export class Checkpoints implements Disposable {
  readonly #path: string;
  readonly #options: CheckpointsOptions;
  readonly #worker = new IdleWorker<Checkpoint, Checkpointed>(workerUrl);
  #isBusy = false;
  #commits = 0;

  constructor(path: string, options: CheckpointsOptions) {
    this.#path = path;
    this.#options = options;
  }

  /** To be called after each commit. */
  committed(): void {
    if (this.#isBusy || ++this.#commits % LOOK_EVERY !== 0) return;
    const most = isAttentive() ? PATIENT_BYTES : JOURNAL_BYTES;
    if (sizeOf(`${this.#path}-wal`) < most) return;
    this.#isBusy = true;
    this.#writeBack().catch(() => {
      if (this.#worker.isClosed) return;
      this.#worker[Symbol.dispose](); // it stays busy: nobody asks again
      this.#options.onFailed();
    });
  }

  /**
   * A journal begins anew only when nothing at all is left in it: what was written meanwhile is
   * written back while long work stands still, which takes the disk some 20 ms.
   */
  async #writeBack(): Promise<void> {
    await this.#ask("PASSIVE");
    await withoutOthers(async () => {
      await this.#ask("PASSIVE"); // whoever writes all the same waits for the last alone
      const { isDone } = await this.#ask("TRUNCATE");
      if (!isDone) this.#options.finish(); // somebody reads, or writes
    });
    this.#isBusy = false;
  }

  #ask(how: Checkpoint["how"]): Promise<Checkpointed> {
    return this.#worker.ask({ path: this.#path, how });
  }

  [Symbol.dispose](): void {
    this.#isBusy = true;
    this.#worker[Symbol.dispose]();
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
