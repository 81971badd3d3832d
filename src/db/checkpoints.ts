/**
 * Writes the journal (WAL) back into the database from a thread of its own. SQLite does so inside
 * some writer's COMMIT, who then waits for the disk; here nobody waits.
 *
 * @module
 */
import { statSync } from "node:fs";
import { isAttentive } from "../base/event_loop.ts";

/** What the worker answers: how it went. */
export interface Checkpointed {
  error?: string;
}

export interface CheckpointsOptions {
  /** Writes back what little was written while the worker was at it. */
  finish(): void;
  /** The worker cannot: the journal is the writer's own business again. */
  onFailed(): void;
}

/** The journal is written back when it is larger. */
export const JOURNAL_BYTES = 16 * 1024 * 1024;
/** While somebody waits for answers: the last of it is the main thread's, and takes it some 20 ms. */
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
  #worker: Worker | undefined;
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
    this.#worker ??= this.#begin();
    this.#worker.postMessage(this.#path);
  }

  #begin(): Worker {
    const worker = new Worker(workerUrl, { type: "module" });
    const fail = () => {
      this.#worker = undefined; // and busy for good: nobody asks again
      worker.terminate();
      this.#options.onFailed();
    };
    worker.onmessage = ({ data }: MessageEvent<Checkpointed>) => {
      if (data.error !== undefined) return fail();
      this.#isBusy = false;
      // A journal begins anew only when nothing at all is left in it.
      this.#options.finish();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      fail();
    };
    return worker;
  }

  [Symbol.dispose](): void {
    this.#isBusy = true;
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
