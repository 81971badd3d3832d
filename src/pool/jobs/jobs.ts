/**
 * All jobs: those that run, and what is kept of the others. A person pauses, resumes and cancels
 * them here; what is paused stays so after a restart.
 *
 * @module
 */
import { ConflictError, NotFoundError, reasonOf } from "../../base/errors.ts";
import type { Publish } from "../../base/events.ts";
import { pause } from "../../base/service.ts";
import type { Database } from "../../db/mod.ts";
import type { JobRow, JobSpec, JobView } from "./job.ts";
import { RunningJob } from "./running_job.ts";
import { createJobStore } from "./store.ts";
import { throttled } from "./throttled.ts";

export interface JobsDeps {
  db: Database;
  publish: Publish;
  /** Why the lanes of these drives are not to be had; `others` are the jobs that read there. */
  explain?: (driveIds: readonly string[], others: readonly string[]) => string;
  /** Has whoever counts bytes tell of them: workers are not asked while all goes well. */
  look?: () => void;
  /** A job that waited for a person may go on, and nothing runs that would do its work. */
  onResumed?: (id: string) => void;
}

export interface RunOptions {
  signal: AbortSignal;
  /** The job that this one is a part of. */
  parent?: RunningJob | undefined;
}

export interface ShareOptions extends RunOptions {
  /** Once it resolves, nobody waits any more: the job is held up, and goes on by itself. */
  heldUp?: Promise<unknown> | undefined;
}

/** A person cancelled the job. */
export class CancelledError extends ConflictError {}

export type Jobs = ReturnType<typeof openJobs>;

/** How often a job tells that it has changed, and how often its progress is kept. */
const TELL_EVERY_MS = 500;
const SAVE_EVERY_MS = 5000;
const LOOK_EVERY_MS = 1000;

/** Jobs over the table `jobs` of `deps.db`. Disposed, it ends what runs and waits for its end. */
export function openJobs({ db, publish, explain, look, onResumed }: JobsDeps) {
  const store = createJobStore(db);
  const live = new Map<string, { job: RunningJob; done: Promise<unknown> }>();
  const closed = new AbortController();
  store.requeue();

  const tell = throttled(TELL_EVERY_MS, (id) => {
    const view = find(id);
    if (view) publish("job.changed", toEvent(view));
  });
  /** Of a full disk: the work goes on as far as it can, and the job says what is not kept. */
  const save = throttled(SAVE_EVERY_MS, (id) => {
    const row = live.get(id)?.job.row;
    if (!row) return;
    try {
      store.save({ ...row, error: undefined });
      row.error = undefined;
    } catch (error) {
      row.error = reasonOf(error);
    }
  });

  const find = (id: string): JobView | undefined =>
    live.get(id)?.job.view() ?? toView(store.find(id));
  const get = (id: string): JobView => {
    const view = find(id);
    if (!view) {
      throw new NotFoundError(`Cannot find job "${id}": see them all in /api/jobs/`, { id });
    }
    return view;
  };

  const begin = (spec: JobSpec, { signal, parent }: RunOptions): RunningJob => {
    const now = new Date().toISOString();
    const isPaused = store.find(spec.id)?.state === "paused";
    const job: RunningJob = new RunningJob({
      row: {
        ...spec,
        state: isPaused ? "paused" : "running",
        done: 0,
        bytesDone: 0,
        startedAt: now,
        updatedAt: now,
      },
      signal: AbortSignal.any([signal, closed.signal]),
      parent,
      changed: (isState) => {
        job.row.updatedAt = new Date().toISOString();
        if (isState) store.save(job.row);
        else save(spec.id);
        tell(spec.id);
      },
      explain: ({ id }, driveIds) => explainLanes(id, driveIds),
    });
    store.save(job.row);
    tell(spec.id);
    return job;
  };

  const explainLanes = (id: string, driveIds: readonly string[]): string => {
    const others = [...live.values()].filter(({ job }) =>
      job.row.id !== id && job.isReading && job.row.driveIds.some((it) => driveIds.includes(it))
    ).map(({ job }) => job.row.id);
    const drives = driveIds.join(", ");
    return explain?.(driveIds, others) ??
      (others.length > 0 ? `${drives} is read by job ${others.join(", ")}` : `a turn on ${drives}`);
  };

  /**
   * Runs the work of a job, and keeps how it ended.
   *
   * @throws {ConflictError} it runs already; and what keeps it from being begun, a full disk for one
   */
  const start = <T>(
    spec: JobSpec,
    work: (job: RunningJob) => Promise<T>,
    options: RunOptions,
  ): { job: RunningJob; working: Promise<T> } => {
    const running = live.get(spec.id);
    if (running) throw new ConflictError(`Cannot begin job "${spec.id}": it runs already`);
    const job = begin(spec, options);
    const working = (async () => {
      try {
        await job.ready();
        const result = await work(job);
        job.end("done");
        return result;
      } catch (error) {
        if (job.isCancelled) job.end("cancelled");
        else if (!job.signal.aborted) job.end("failed", reasonOf(error));
        // The program ends, or its settings have changed: it goes on another time.
        else if (job.row.state !== "paused") job.end("queued");
        throw error;
      } finally {
        live.delete(spec.id);
      }
    })();
    live.set(spec.id, { job, done: working.catch(() => {}) });
    return { job, working };
  };

  const idle = (id: string, verb: string, states: readonly string[]): JobRow => {
    const row = resting(store.find(id));
    if (row && states.includes(row.state)) return row;
    throw new ConflictError(`Cannot ${verb} job "${id}": it is ${get(id).state}`, { id });
  };
  const keep = (row: JobRow, changes: Partial<JobRow>) => {
    store.save({ ...row, ...changes, updatedAt: new Date().toISOString() });
    tell(row.id);
  };

  return {
    /** Runs the work of a job, and keeps how it ended. @throws {ConflictError} it runs already */
    run: async <T>(
      spec: JobSpec,
      work: (job: RunningJob) => Promise<T>,
      options: RunOptions,
    ): Promise<T> => await start(spec, work, options).working,

    find,
    get,

    /** In order of their ids, from just after `after`. */
    list: (page: { after: string; limit: number }): JobView[] =>
      store.list(page).map((row) => live.get(row.id)?.job.view() ?? toView(row)!),

    /**
     * Runs the work as run() does, but resolves as soon as the job is paused or held up: it goes on
     * by itself, and nobody waits for it. A job that runs already is waited for in the same way; one
     * that is paused, or that a person cancels, is passed over.
     *
     * @returns whether the work has been done
     */
    async share(
      spec: JobSpec,
      work: (job: RunningJob) => Promise<unknown>,
      { heldUp = new Promise(() => {}), ...options }: ShareOptions,
    ): Promise<boolean> {
      const running = live.get(spec.id);
      if (running) {
        const left = Promise.race([running.job.paused(), heldUp]);
        return await Promise.race([running.done.then(() => true), left.then(() => false)]);
      }
      if (store.find(spec.id)?.state === "paused") return false;
      const { job, working } = start(spec, work, options);
      const outcome = working.then(() => true, (error) => {
        if (job.isCancelled) return false;
        throw error;
      });
      outcome.catch(() => {}); // it is kept with the job
      const left = Promise.race([job.paused(), heldUp]);
      const isDone = await Promise.race([outcome, left.then(() => undefined)]);
      // Whoever began it looks no more; what it has done may be more work for others.
      if (isDone === undefined) {
        outcome.then((isDone) => isDone && onResumed?.(spec.id), () => {});
      }
      return isDone ?? false;
    },

    /** The jobs of this kind that wait for the next scan are done: it has found no work for them. */
    nothingLeft(kind: string): void {
      const finishedAt = new Date().toISOString();
      for (const row of store.queuedOf(kind)) {
        if (!live.has(row.id)) keep(row, { state: "done", finishedAt });
      }
    },

    /** @throws {ConflictError} it has ended */
    pause(id: string): JobView {
      const job = live.get(id)?.job;
      if (job) job.pause();
      else keep(idle(id, "pause", ["queued", "paused"]), { state: "paused" });
      return get(id);
    },

    /** @throws {ConflictError} it has ended */
    resume(id: string): JobView {
      const job = live.get(id)?.job;
      if (job) job.resume();
      else {
        const row = idle(id, "resume", ["paused", "queued"]);
        keep(row, { state: "queued" });
        if (row.state === "paused") onResumed?.(id);
      }
      return get(id);
    },

    /** Ends this run of it; a later scan may begin it anew. @throws {ConflictError} it has ended */
    cancel(id: string): JobView {
      const job = live.get(id)?.job;
      if (job) {
        job.cancel(new CancelledError(`Cannot go on with job "${id}": a person cancelled it`));
      } else {
        const row = idle(id, "cancel", ["queued", "paused", "cancelled"]);
        if (row.state !== "cancelled") {
          keep(row, { state: "cancelled", finishedAt: new Date().toISOString() });
        }
      }
      return { ...get(id), state: "cancelled" };
    },

    /** Looks every second how far the jobs are: a film is large, and takes minutes. */
    watch: async (signal: AbortSignal): Promise<void> => {
      while (!signal.aborted) {
        await pause(LOOK_EVERY_MS, signal);
        if (live.size > 0) look?.();
      }
    },

    /** How many jobs there are in each state. */
    countByState(): Record<string, number> {
      const counts = Object.fromEntries(store.countByState().map((it) => [it.state, it.count]));
      for (const { job } of live.values()) {
        const { state } = job.view();
        if (state === job.row.state) continue;
        counts[job.row.state]!--;
        counts[state] = (counts[state] ?? 0) + 1;
      }
      return counts;
    },

    async [Symbol.asyncDispose](): Promise<void> {
      closed.abort(new DOMException("The program ends", "AbortError"));
      await Promise.all([...live.values()].map(({ done }) => done));
      tell[Symbol.dispose]();
      save[Symbol.dispose]();
    },
  };
}

/** What an event says: what changes while it runs, and of what it is. */
function toEvent(view: JobView): Record<string, unknown> {
  const { id, kind, state, waitingFor, done, total, bytesDone, bytesTotal, rate, etaS } = view;
  const { driveIds, error, updatedAt } = view;
  const progress = { done, total, bytesDone, bytesTotal };
  return { id, kind, driveIds, state, waitingFor, progress, rate, etaS, updatedAt, error };
}

/** Kept as running, it does not: of a full disk, its end could not be kept. A scan takes it up. */
function resting(row: JobRow | undefined): JobRow | undefined {
  return row?.state === "running" ? { ...row, state: "queued" } : row;
}

function toView(kept: JobRow | undefined): JobView | undefined {
  const row = resting(kept);
  if (row?.state === "paused") return { ...row, waitingFor: "paused by a person" };
  if (row?.state === "queued") return { ...row, waitingFor: "the next scan" };
  return row && { ...row };
}
