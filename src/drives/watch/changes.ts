/**
 * What has come and gone between two detections, told as events.
 *
 * @module
 */
import type { Publish } from "../../base/events.ts";
import { type DriveReport, UNKNOWN_DRIVE } from "../drive.ts";

/** Removals first: a drive that moves to another port goes before it comes. */
export function publishChanges(before: DriveReport, after: DriveReport, publish: Publish): void {
  for (const mount of mountsIn(before, after)) publish("volume.unmounted", mount);
  for (const drive of drivesIn(before, after)) publish("drive.removed", drive);
  for (const drive of drivesIn(after, before)) publish("drive.added", drive);
  for (const mount of mountsIn(after, before)) publish("volume.mounted", mount);
}

/** Drives of `one` that `other` has not. */
function drivesIn(one: DriveReport, other: DriveReport): Record<string, unknown>[] {
  const known = new Set(other.drives.map(({ id }) => id));
  return one.drives.filter(({ id }) => id !== UNKNOWN_DRIVE && !known.has(id))
    .map(({ id, name, kind, model }) => ({ driveId: id, name, kind, model }));
}

/** Mounted volumes of `one`, as far as `other` has them not mounted there. */
function mountsIn(one: DriveReport, other: DriveReport): Record<string, unknown>[] {
  const known = new Set(
    other.volumes.flatMap(({ id, mountPoints }) => mountPoints.map((at) => `${id} ${at}`)),
  );
  return one.volumes.flatMap(({ id, name, label, mountPoints }) =>
    mountPoints.filter((at) => !known.has(`${id} ${at}`))
      .map((at) => ({ volumeId: id, name, label, mountPoint: at }))
  );
}
