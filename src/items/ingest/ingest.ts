/**
 * The room of ingest: plans that a person makes, looks through, changes, and has executed. One plan
 * is executed at a time; the others wait in the order in which they were begun.
 *
 * @module
 */
import { yieldToOthers } from "../../base/event_loop.ts";
import { run } from "../../base/command.ts";
import { ConflictError, InvalidError, reasonOf } from "../../base/errors.ts";
import { orAborted, type Service } from "../../base/service.ts";
import type { ParseName } from "../../media/mod.ts";
import { CancelledError } from "../../pool/mod.ts";
import { checkBegin, jobId, jobOf } from "./begin.ts";
import type { IngestDeps } from "./deps.ts";
import { editStep, type StepEdit } from "./edit.ts";
import type { Disk } from "./execute/disk.ts";
import { executePlan, settlePlan } from "./execute/execute.ts";
import { openRealDisk } from "./execute/real_disk.ts";
import { createLibraryStore } from "./library/store.ts";
import { defaultOptions, type Mode, newPlanId, type Plan, type PlanOptions } from "./model.ts";
import { allow } from "./plan/allow.ts";
import { createDuplicates } from "./plan/duplicates.ts";
import { randomSlug } from "./plan/names.ts";
import { makePlan } from "./plan/plan.ts";
import type { PolicyName } from "./policies.ts";
import { toReport, whyUnfinished } from "./report.ts";
import { createIngestStore, type IngestStore } from "./store.ts";
import { makeUndo } from "./undo_plan.ts";

export interface PlanRequest {
  /** Absolute: files and folders. */
  sources: string[];
  /** Absolute, in a media folder; the only media folder where none is named. */
  target?: string | undefined;
  policy?: PolicyName | undefined;
  mode?: Mode | undefined;
  options?: Partial<PlanOptions> | undefined;
}

export interface Caller {
  user: string;
  /** Whether a person at this machine asks. */
  isLocal: boolean;
  signal: AbortSignal;
}

export interface BeginOptions {
  /** The version that the caller has seen. */
  expected?: number | undefined;
  /** Also where there is not room for all: as far as it goes. */
  force?: boolean | undefined;
}

/** What tests replace. */
export interface IngestParts {
  disk?: Disk;
  store?: IngestStore;
  openParser(): Promise<ParseName>;
}

export type Ingest = ReturnType<typeof openIngest>;

export function openIngest(deps: IngestDeps, parts: IngestParts) {
  const { db, jobs, publish, hands, settings, ingestDirs, log } = deps;
  const store = parts.store ?? createIngestStore(db);
  const library = createLibraryStore(db);
  const disk = parts.disk ?? openRealDisk({ touch: hands.touch, run });
  const duplicates = createDuplicates({ ...library, touch: hands.touch });
  const all = { ...deps, store, library, disk, duplicates };
  /** What is executed now: plan → its end. */
  const active = new Map<string, Promise<unknown>>();
  let wake = Promise.withResolvers<void>();
  store.dropHalfMade();

  const announce = (id: string) => {
    const { state, version, reason } = store.get(id);
    publish("ingest.changed", { id, state, version, reason });
  };
  const setState: IngestStore["setState"] = (...args) => {
    store.setState(...args);
    announce(args[0]);
  };

  const work = async (plan: Plan, signal: AbortSignal): Promise<Plan> => {
    const working = jobs.run(jobOf(plan, store), (job) => executePlan(all, plan, job), {
      signal,
    }).then(() => {
      const why = whyUnfinished(store.counts(plan.id));
      setState(plan.id, why === undefined ? "done" : "stopped", why);
    }, async (error) => {
      if (error instanceof CancelledError) {
        await settle(plan, signal);
        return setState(plan.id, "cancelled");
      }
      const isOver = signal.aborted || error instanceof DOMException && error.name === "AbortError";
      if (isOver) return; // the program ends, and goes on with it when it runs again
      log.warn("Ingest has stopped", { plan: plan.id, error });
      setState(plan.id, "stopped", reasonOf(error));
    });
    active.set(plan.id, working.catch(() => {}));
    try {
      await working;
    } finally {
      active.delete(plan.id);
    }
    const counts = toReport(plan, store.counts(plan.id));
    if (counts.files.moved + counts.files.copied + counts.files.linked + counts.files.cloned > 0) {
      await deps.learn([plan.target], signal).catch((error) => {
        if (!signal.aborted) log.warn("New files are found at the next scan", { error });
      });
    }
    return store.get(plan.id);
  };

  /** A job of its own: the plan's may be paused. */
  const settle = (plan: Plan, signal: AbortSignal): Promise<void> => {
    const spec = { ...jobOf(plan, store), id: `ingest-end:${plan.id}` };
    return jobs.run(spec, (job) => settlePlan(all, plan, job), { signal });
  };

  const begin = (id: string, { expected, force = false }: BeginOptions): Plan => {
    const plan = store.transaction(() => {
      const plan = store.checkVersion(id, expected);
      checkBegin(plan, store, active.has(id), force);
      while (store.retry(id, RETRY_SPAN) === RETRY_SPAN);
      store.setState(id, "running");
      return store.get(id);
    });
    announce(id);
    return plan;
  };

  return {
    list: store.list,
    get: store.get,
    steps: store.steps,
    report: (id: string) => toReport(store.get(id), store.counts(id)),

    /**
     * What would move where, and why; nothing is changed but for the plan itself.
     *
     * @throws {InvalidError} {NotFoundError} {DeniedError} as allow() in plan/allow.ts
     */
    async plan(request: PlanRequest, { user, isLocal, signal }: Caller): Promise<Plan> {
      const { roots } = settings();
      const target = request.target ?? only(roots);
      const where = { disk, roots, ingestDirs: ingestDirs() };
      const places = await allow({ sources: request.sources, target }, where, isLocal);
      const plan: Plan = {
        id: newPlanId(randomSlug(8)),
        ...places,
        policy: request.policy ?? "by-title",
        mode: request.mode ?? "move",
        state: "planning",
        options: { ...defaultOptions, ...request.options },
        room: { neededBytes: 0, largestBytes: 0, enough: true },
        version: 1,
        createdBy: user,
        createdAt: new Date().toISOString(),
      };
      const parse = await parts.openParser();
      store.insertPlan(plan);
      const spec = {
        ...jobOf(plan, store),
        title: `Plan the ingest of ${plan.sources.join(", ")}`,
      };
      try {
        await jobs.run(spec, (job) => makePlan({ ...all, parse }, plan, job), { signal });
      } catch (error) {
        store.remove(plan.id);
        throw error;
      }
      announce(plan.id);
      return store.get(plan.id);
    },

    /** Drops a step, or has it go elsewhere. @throws as editStep() in edit.ts */
    async edit(id: string, seq: number, edit: StepEdit, expected?: number): Promise<Plan> {
      await editStep({ store, disk, roots: settings().roots }, { id, seq, edit, expected });
      announce(id);
      return store.get(id);
    },

    /** Has a plan executed by the service. @throws as begin() does */
    begin(id: string, options: BeginOptions = {}): Plan {
      const plan = begin(id, options);
      wake.resolve();
      return plan;
    },

    /** Executes a plan, and waits for its end. @throws as begin() does */
    execute: async (
      id: string,
      { signal, ...options }: BeginOptions & { signal: AbortSignal },
    ): Promise<Plan> => await work(begin(id, options), signal),

    /** Nothing more is done; what is done stays. @throws {ConflictError} it has ended */
    async cancel(id: string, signal: AbortSignal): Promise<Plan> {
      const plan = store.get(id);
      if (["done", "cancelled"].includes(plan.state)) {
        throw new ConflictError(`Cannot cancel ingest plan "${id}": it is ${plan.state}`, { id });
      }
      const running = active.get(id);
      if (jobs.find(jobId(id))) ignoreEnded(() => jobs.cancel(jobId(id)));
      if (running) {
        await orAborted(running, signal);
        return store.get(id);
      }
      await settle(plan, signal);
      setState(id, "cancelled");
      return store.get(id);
    },

    /** Forgets a plan; no file changes. @throws {ConflictError} it is being executed, or half done */
    async remove(id: string, expected?: number): Promise<void> {
      const { state } = store.checkVersion(id, expected);
      if (state === "running" || state === "stopped") {
        const message = `Cannot delete ingest plan "${id}": it is ${state}. Cancel it first`;
        throw new ConflictError(message, { id, state });
      }
      while (store.removeSteps(id, REMOVE_SPAN) === REMOVE_SPAN) {
        await yieldToOthers();
      }
      store.remove(id);
      publish("ingest.changed", { id, state: "deleted" });
    },

    /** A plan that moves back what this one has moved. @throws {ConflictError} it has moved nothing */
    undo: async (id: string, user: string): Promise<Plan> => {
      const plan = await makeUndo({ store, disk }, store.get(id), user);
      announce(plan.id);
      return plan;
    },

    /** Executes what is begun, also what was when the program ended. */
    service: (async (signal) => {
      while (!signal.aborted) {
        const plan = store.nextRunning();
        if (plan) await work(plan, signal);
        else {
          await orAborted(wake.promise, signal);
          wake = Promise.withResolvers();
        }
      }
    }) satisfies Service,
  };
}

/** Rows in one statement: some milliseconds. */
const RETRY_SPAN = 5000;
const REMOVE_SPAN = 2000;

/** A job may end just before it is cancelled. */
function ignoreEnded(cancel: () => unknown): void {
  try {
    cancel();
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
  }
}

function only(roots: readonly string[]): string {
  if (roots.length === 1) return roots[0]!;
  throw new InvalidError("Cannot plan: say into which media folder, there are several", {
    field: "target",
  });
}
