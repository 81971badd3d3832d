/**
 * Where a job runs: `computing` on the CPU workers, `reading` here, with the lanes of the drives
 * that it reads. Both may be used inside each other, in any order:
 *
 * - A reading inside a reading of the same drives runs under the lease that is held.
 * - A reading of other drives gives back what is held, and takes all of them at once, in the order
 *   in which everybody takes lanes; so no two jobs wait for each other's drives.
 * - A computing inside a reading has a place of its own, see workers.ts.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { borrowed } from "../borrowed.ts";
import type { Lanes, Lease } from "../lanes.ts";
import type { Priority } from "../priority.ts";
import type { SleepGate } from "../sleep/gate.ts";
import type { JobOptions, WorkerPool } from "../workers.ts";

/** What is read: a file or folder, or drives that are known already. */
export type Place = string | { driveIds: readonly string[] };

export interface ReadOptions {
  signal?: AbortSignal | undefined;
  /** "housekeeping", the last of all, unless said. */
  priority?: Priority | undefined;
}

/** What a job that reads is given. */
export interface Reading {
  driveIds: readonly string[];
  /** Between two reads: steps aside for whoever goes first, and comes back in turn. */
  turn(): Promise<void>;
}

export interface ComputeOptions<Job> extends Omit<JobOptions<Job>, "lease" | "holdsLanes"> {
  /** What the job reads; its lanes are taken once it has a worker. */
  reads?: Place | undefined;
}

export interface ExecutorDeps<Job, Result> {
  workers: WorkerPool<Job, Result>;
  lanes: Pick<Lanes, "acquire">;
  locate(path: string): Promise<{ driveIds: string[] }>;
  /** Waits until such work may read from these drives; without it, all count as awake. */
  awake?: SleepGate["pass"];
}

/** The lanes held by the job in which somebody asks. */
class Scope {
  isOver = false;
  /** Its lanes are given back, for a job of its own that reads other drives too. */
  isAway = false;
  /** Such jobs, one after the other. */
  last: Promise<unknown> = Promise.resolve();

  constructor(
    readonly owner: object,
    readonly driveIds: readonly string[],
    readonly options: ReadOptions,
    public lease: Lease,
  ) {}

  async turn(): Promise<void> {
    if (!this.isAway) await this.lease.yield();
  }

  /** Whether its lanes are held for a read of these drives: not while they are given back. */
  covers(driveIds: readonly string[]): boolean {
    return !this.isAway && driveIds.every((id) => this.driveIds.includes(id));
  }
}

const scopes = new AsyncLocalStorage<Scope>();

export type Executors<Job, Result> = ReturnType<typeof createExecutors<Job, Result>>;

export function createExecutors<Job, Result>(deps: ExecutorDeps<Job, Result>) {
  const { workers, lanes, locate, awake } = deps;

  const drivesOf = async (place: Place): Promise<readonly string[]> =>
    typeof place === "string" ? (await locate(place)).driveIds : place.driveIds;

  const scopeNow = (): Scope | undefined => {
    const scope = scopes.getStore();
    return scope?.owner === deps && !scope.isOver ? scope : undefined;
  };

  /** Runs `job` while the lanes of `scope` are given back, and takes them again. */
  const without = <T>(scope: Scope, job: () => Promise<T>): Promise<T> => {
    const mine = scope.last.then(async () => {
      scope.isAway = true;
      scope.lease[Symbol.dispose]();
      try {
        return await job();
      } finally {
        if (!scope.isOver) scope.lease = await lanes.acquire(scope.driveIds, scope.options);
        scope.isAway = false;
      }
    });
    scope.last = mine.catch(() => {});
    return mine;
  };

  const within = async <T>(
    driveIds: readonly string[],
    options: ReadOptions,
    job: (reading: Reading) => T | Promise<T>,
  ): Promise<T> => {
    const lease = await lanes.acquire(driveIds, options);
    const scope = new Scope(deps, driveIds, options, lease);
    try {
      return await scopes.run(scope, () => job({ driveIds, turn: () => scope.turn() }));
    } finally {
      scope.isOver = true;
      await scope.last;
      scope.lease[Symbol.dispose]();
    }
  };

  return {
    /**
     * Runs a job on a free worker.
     *
     * @throws as WorkerPool.run()
     */
    async computing(
      job: Job | (() => Job),
      { reads, ...options }: ComputeOptions<Job> = {},
    ): Promise<Result> {
      const scope = scopeNow();
      const driveIds = reads === undefined ? undefined : await drivesOf(reads);
      if (scope && (!driveIds || scope.covers(driveIds))) {
        const lease = driveIds && (() => Promise.resolve(lent(scope)));
        return await workers.run(job, { ...options, lease, holdsLanes: true });
      }
      if (!driveIds) return await workers.run(job, options);
      const { signal, priority = "housekeeping" } = options;
      const all = [...new Set([...scope?.driveIds ?? [], ...driveIds])];
      const lease = () => lanes.acquire(all, { signal, priority, hasPassed: true });
      const run = async () => {
        await awake?.(all, priority, signal); // before it has a worker: a drive may sleep for hours
        return await workers.run(job, { ...options, lease });
      };
      return scope ? await without(scope, run) : await run();
    },

    /** Runs a job here, while it holds the lanes of what it reads. */
    async reading<T>(
      place: Place,
      job: (reading: Reading) => T | Promise<T>,
      options: ReadOptions = {},
    ): Promise<T> {
      const driveIds = await drivesOf(place);
      options.signal?.throwIfAborted();
      const scope = scopeNow();
      if (!scope) return await within(driveIds, options, job);
      if (scope.covers(driveIds)) return await job({ driveIds, turn: () => scope.turn() });
      const all = [...new Set([...scope.driveIds, ...driveIds])];
      return await without(scope, () => within(all, options, job));
    },
  };
}

/** A lease that its owner gives back. */
function lent(scope: Scope): Lease {
  return borrowed(() => scope.lease, { yield: () => scope.turn(), dispose: () => {} });
}
