/**
 * A person's say in a plan before it is executed: a step is dropped, taken up again, or goes
 * elsewhere.
 *
 * @module
 */
import { basename, dirname, isAbsolute, join, relative } from "node:path";
import { ConflictError, DeniedError, InvalidError } from "../../base/errors.ts";
import { isBelow } from "../../base/files.ts";
import type { Disk } from "./execute/disk.ts";
import type { Plan, Step } from "./model.ts";
import { realTarget } from "./plan/allow.ts";
import { refusedIn } from "./plan/names.ts";
import type { IngestStore } from "./store.ts";

export interface StepEdit {
  action?: "take" | "skip" | undefined;
  /** Absolute, or inside the plan's target. */
  target?: string | undefined;
}

export interface EditDeps {
  store: IngestStore;
  disk: Pick<Disk, "look" | "realPath">;
  roots: readonly string[];
}

export interface EditRequest {
  id: string;
  seq: number;
  edit: StepEdit;
  /** The version of the plan that the caller has seen. */
  expected?: number | undefined;
}

/**
 * @throws {ConflictError} the plan or the step has begun, or the name is taken
 * @throws {StaleError} the plan is another one by now
 * @throws {InvalidError} {DeniedError} no step may go there
 */
export async function editStep(
  { store, disk, roots }: EditDeps,
  { id, seq, edit, expected }: EditRequest,
): Promise<void> {
  const plan = store.checkVersion(id, expected);
  const target = edit.target === undefined
    ? undefined
    : await checkTarget(plan, edit.target, { disk, roots });
  store.transaction(() => {
    checkOpen(store.checkVersion(id, expected));
    const step = store.step(id, seq);
    if (!["planned", "skipped", "failed"].includes(step.state)) {
      throw new ConflictError(`Cannot change step ${seq}: it is ${step.state}`, { id, seq });
    }
    const other = target === undefined ? undefined : store.targetOf(id, target);
    if (other && other.seq !== seq) {
      throw new ConflictError(`Cannot change step ${seq}: step ${other.seq} goes to "${target}"`);
    }
    const action = edit.action ?? (target === undefined ? step.action : "take");
    change(store, id, { ...step, target: target ?? step.target, action });
    // What goes along with a film stays where the film stays.
    if (action === "skip" && step.alongWith === undefined) {
      for (const it of store.sidecars(id, seq)) change(store, id, { ...it, action });
    }
    store.touchVersion(id);
  });
}

function checkOpen({ id, state }: Plan): void {
  if (state === "planned" || state === "stopped") return;
  throw new ConflictError(`Cannot change ingest plan "${id}": it is ${state}`, { id, state });
}

function change(store: IngestStore, id: string, step: Step): void {
  if (step.action === "skip") {
    store.editStep(id, step.seq, { ...step, state: "skipped", reason: "Dropped by a person" });
    return;
  }
  if (step.target === undefined) {
    throw new InvalidError(`Cannot take step ${step.seq}: say its target`, { field: "target" });
  }
  store.editStep(id, step.seq, { ...step, state: "planned", reason: "By a person" });
}

async function checkTarget(
  plan: Plan,
  wanted: string,
  { disk, roots }: Pick<EditDeps, "disk" | "roots">,
): Promise<string> {
  const path = isAbsolute(wanted) ? join(wanted) : join(plan.target, wanted);
  const refused = relative(plan.target, path).split(/[/\\]/)
    .filter((it) => it !== "..").map(refusedIn).find((it) => it !== undefined);
  if (refused || path.endsWith("/")) {
    throw new InvalidError(`Cannot go to "${wanted}": ${refused ?? "it names a folder"}`, {
      field: "target",
    });
  }
  const real = join(await realTarget(dirname(path), disk), basename(path));
  if (!roots.some((root) => isBelow(real, root))) {
    throw new DeniedError(`Cannot go to "${wanted}": it is in no media folder`, {
      field: "target",
    });
  }
  if (await disk.look(real)) {
    throw new ConflictError(`Cannot go to "${wanted}": another file has this name`);
  }
  return real;
}
