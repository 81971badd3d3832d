/**
 * A plan that takes another one back: what was moved goes to where it came from, by the same steps
 * and under the same journal. Copies and links are left; they cost their owner nothing but room.
 *
 * @module
 */
import { dirname } from "node:path";
import { ConflictError } from "../../base/errors.ts";
import { isBelow } from "../../base/files.ts";
import type { Disk } from "./execute/disk.ts";
import { newPlanId, type NewStep, type Plan } from "./model.ts";
import { randomSlug } from "./plan/names.ts";
import type { IngestStore } from "./store.ts";

const BATCH = 200;

/** @throws {ConflictError} the plan has moved nothing, or is under way */
export async function makeUndo(
  { store, disk }: { store: IngestStore; disk: Disk },
  plan: Plan,
  user: string,
): Promise<Plan> {
  const { id, mode, state } = plan;
  const [first] = store.steps(id, { after: -1, limit: 1, state: "done" });
  if (mode !== "move" || !first || ["planned", "running"].includes(state)) {
    throw new ConflictError(
      `Cannot take ingest plan "${id}" back: only what was moved can be, and this plan ` +
        (mode === "move" ? `is ${state}` : `makes a ${mode}`),
      { id },
    );
  }
  const undo: Plan = {
    ...plan,
    id: newPlanId(randomSlug(8)),
    sources: [plan.target],
    target: dirname(first.source),
    state: "planning",
    reason: undefined,
    options: { ...plan.options, undoes: id },
    room: { neededBytes: 0, largestBytes: 0, enough: true },
    version: 1,
    createdBy: user,
    createdAt: new Date().toISOString(),
    startedAt: undefined,
    finishedAt: undefined,
  };
  store.insertPlan(undo);
  const films = new Set<number>();
  const isHome = homes(plan.sources, disk);
  for (let after = -1;;) {
    const done = store.steps(id, { after, limit: BATCH, state: "done" });
    if (done.length === 0) break;
    after = done.at(-1)!.seq;
    const steps: NewStep[] = [];
    for (const step of done) {
      const seen = await disk.look(step.target!);
      if (step.alongWith === undefined) films.add(step.seq);
      const back = { ...step, source: step.target!, target: step.source, digest: undefined };
      // Its film was left at both places: it goes alone.
      if (!films.has(step.alongWith ?? step.seq)) back.alongWith = undefined;
      if (seen?.kind !== "file") {
        steps.push({ ...back, action: "skip", reason: "It is not where the plan had moved it" });
      } else if (!await isHome(step.source)) {
        steps.push({ ...back, action: "skip", reason: AWAY });
      } else {
        const reason = `Back from plan ${id}`;
        steps.push({ ...back, ...factsOf(seen), action: "take", reason });
      }
    }
    store.transaction(() => store.insertSteps(undo.id, steps));
  }
  store.planned(undo.id, undo.room);
  return store.get(undo.id);
}

const AWAY = "The folder that it came from is not there: plug its drive in, or make it anew";

/** Whether there is what a file came from: an empty mount point would take what is the drive's. */
function homes(sources: readonly string[], disk: Pick<Disk, "look">) {
  const known = new Map<string, boolean>();
  return async (path: string): Promise<boolean> => {
    const from = sources.find((it) => isBelow(path, it)) ?? dirname(path);
    const isHere = known.get(from) ?? (await disk.look(from))?.kind === "folder";
    known.set(from, isHere);
    return isHere;
  };
}

const factsOf = (
  { sizeBytes, modifiedMs, inode }: NonNullable<Awaited<ReturnType<Disk["look"]>>>,
) => ({ sizeBytes, modifiedMs, inode });
