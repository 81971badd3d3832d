/**
 * Wrappers for whoever writes a new job: the function keeps its arguments and its result, and runs
 * where it should.
 *
 * ```ts
 * const readHead = ioBound(executors, ([path]) => path, async (path: string) => …);
 * const thumbnail = cpuBound(executors, "thumbnail");
 * ```
 *
 * @module
 */
import { InvalidError } from "../../base/errors.ts";
import type { Executors, Place, ReadOptions } from "./executors.ts";
import { serveJobs, type Transferred, type Turn } from "../serve_jobs.ts";
import type { ComputeOptions } from "./executors.ts";

/**
 * `work` while it holds the lanes of what `placeOf` says it reads. Called inside itself, or inside
 * another reading of the same drives, it runs at once.
 *
 * @throws {InvalidError} the arguments name nothing to read
 */
export function ioBound<Arguments extends unknown[], T>(
  executors: Pick<Executors<never, unknown>, "reading">,
  placeOf: (args: Arguments) => Place | undefined,
  work: (...args: Arguments) => T | Promise<T>,
  options: ReadOptions = {},
): (...args: Arguments) => Promise<T> {
  return async (...args) => {
    const place = placeOf(args);
    if (place === undefined || place === "") {
      throw new InvalidError(`Cannot run ${work.name || "the job"}: its path is missing`);
    }
    return await executors.reading(place, () => work(...args), options);
  };
}

/** The jobs of a worker by name. What they take and give is copied between threads, or moved. */
export type JobTable = Record<string, (input: never, turn: Turn) => unknown>;

/** A job as it travels: functions do not cross into a worker, so it names one that is there. */
export type JobOf<Table extends JobTable> = {
  [Name in keyof Table]: { name: Name; input: Parameters<Table[Name]>[0] };
}[keyof Table];

type ResultOf<Work> = Work extends (...args: never[]) => infer Result
  ? Awaited<Result> extends Transferred<infer Moved> ? Moved : Awaited<Result>
  : never;

/** In the worker: answers every job by the function that it names. */
export function serveTable<Table extends JobTable>(table: Table): void {
  serveJobs<JobOf<Table>, unknown>(({ name, input }, turn) => {
    const work = Object.hasOwn(table, name) ? table[name] : undefined;
    if (!work) throw new TypeError(`Cannot run "${String(name)}": no such job`);
    return work(input as never, turn);
  });
}

/**
 * The job called `name` of the workers' table, as a function. Inside the worker, jobs call each
 * other as the plain functions that they are.
 */
export function cpuBound<Table extends JobTable, Name extends keyof Table & string>(
  executors: Pick<Executors<JobOf<Table>, unknown>, "computing">,
  name: Name,
): (
  input: Parameters<Table[Name]>[0],
  options?: ComputeOptions<JobOf<Table>>,
) => Promise<ResultOf<Table[Name]>> {
  return async (input, options) => {
    const job = { name, input } as JobOf<Table>;
    return await executors.computing(job, { name, ...options }) as ResultOf<Table[Name]>;
  };
}
