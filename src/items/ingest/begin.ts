/**
 * Whether a plan can be executed now, and the job that it is.
 *
 * @module
 */
import { ConflictError } from "../../base/errors.ts";
import type { JobSpec } from "../../pool/mod.ts";
import type { Plan } from "./model.ts";
import { SPARE_BYTES } from "./plan/room.ts";
import { toReport } from "./report.ts";
import type { IngestStore } from "./store.ts";

export const jobId = (planId: string): string => `ingest:${planId}`;

/** @throws {ConflictError} it is executed already, cancelled, has nothing left, or no room */
export function checkBegin(
  plan: Plan,
  store: IngestStore,
  isActive: boolean,
  force: boolean,
): void {
  const { id, state, room } = plan;
  const refuse = (why: string): never => {
    throw new ConflictError(`Cannot execute ingest plan "${id}": ${why}`, { id, state });
  };
  if (isActive) refuse("it is being executed");
  if (state === "cancelled") refuse("it was cancelled. Plan again");
  const { files } = toReport(plan, store.counts(id));
  const isLeft = store.steps(id, { after: -1, limit: 1, state: "left" }).length > 0;
  // One that was killed after its last file is told its end by another run.
  if (state !== "running" && files.waiting + files.failed + files.under_way === 0 && !isLeft) {
    refuse("it has nothing left to do");
  }
  if (state === "planned" && !room.enough && !force) {
    const spare = `${SPARE_BYTES / 1e6} MB, or a tenth, are left to the file system`;
    refuse(
      `it needs ${room.neededBytes} bytes, and ${room.freeBytes} are free on the target, of which ` +
        `${spare}. Free some space and plan again, or say force to go as far as there is room`,
    );
  }
}

/** What it counts: files, and bytes that are gone over. */
export function jobOf(plan: Plan, store: IngestStore): JobSpec {
  const counts = store.counts(plan.id);
  const open = ["waiting", "under_way"];
  const { files, bytes } = toReport(plan, counts);
  const sum = (of: Record<string, number>) => open.reduce((all, name) => all + of[name]!, 0);
  return {
    id: jobId(plan.id),
    kind: "ingest",
    title: `Ingest into ${plan.target}`,
    driveIds: [],
    total: sum(files),
    // What goes to another volume is read, written, and read again.
    bytesTotal: sum(bytes) + 2 * Math.min(plan.room.neededBytes, sum(bytes)),
  };
}
