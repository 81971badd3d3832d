/**
 * A walker, as the main thread sees it: a worker of its own, for one walk after the other.
 *
 * @module
 */
import type { Database } from "../../../db/mod.ts";
import { type JobOptions, openCells, WorkerPool } from "../../../pool/mod.ts";
import type { Stepped, StepSpec, WalkSpec } from "./walk.ts";

export type WalkJob =
  | { middleOf: MiddleOf; database: string }
  | { begin: WalkSpec; database: string }
  | { step: StepSpec; cells: Int32Array };

/** Nothing of a begin. */
export type WalkResult = Stepped | { middle: string | undefined } | undefined;

export interface MiddleOf {
  root: string;
  folder: string;
  /** So few files have no middle. */
  few: number;
}

export interface StepOptions {
  signal: AbortSignal;
  /** Of the lease of the drive: by them the walk is asked aside. */
  cells?: Int32Array | undefined;
}

export interface Walker extends Disposable {
  /** The path in the middle of those that are stored of a folder; nothing where they are few. */
  middle(of: MiddleOf, signal: AbortSignal): Promise<string | undefined>;
  /** Another one, always the same, that walks beside this one and ends with it. */
  beside(): Walker;
  /** Begins a walk; what is left of the last one is forgotten. */
  begin(spec: WalkSpec, signal: AbortSignal): Promise<void>;
  /** Goes on. Given up, by its signal or in silence, it takes its worker with it: begin anew. */
  step(spec: StepSpec, options: StepOptions): Promise<Stepped>;
}

/** A disk that spins up, or a server far away, takes long; what hangs is known by others sooner. */
const SILENT_MS = 120_000;

const walkerUrl = new URL(
  import.meta.url.endsWith(".ts") ? "./walker.ts" : "./walker.js",
  import.meta.url,
);

/** Opens a walker over the files that are stored in `db`; its worker begins with its first walk. */
export function openWalker(db: Pick<Database, "path">): Walker {
  if (db.path === ":memory:") {
    throw new TypeError("Cannot walk beside a database in memory: nobody else can read it");
  }
  const workers = new WorkerPool<WalkJob, WalkResult>(
    () => new Worker(walkerUrl, { type: "module" }),
    1,
    { attempts: 1 },
  );
  const run = async (job: WalkJob, options: JobOptions) =>
    await workers.run(job, { ...options, silentMs: SILENT_MS });
  let beside: Walker | undefined;
  return {
    async middle(of, signal) {
      const result = await run({ middleOf: of, database: db.path }, { signal });
      return (result as { middle: string | undefined }).middle;
    },
    beside: () => beside ??= openWalker(db),
    async begin(spec, signal) {
      await run({ begin: spec, database: db.path }, { signal });
    },
    async step(spec, { signal, cells = openCells() }) {
      const stepped = await run({ step: spec, cells }, { signal, name: "a walk" });
      return stepped as Stepped;
    },
    [Symbol.dispose]() {
      workers[Symbol.dispose]();
      beside?.[Symbol.dispose]();
    },
  };
}
