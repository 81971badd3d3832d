/**
 * What has come and gone between two detections, as events. Pure.
 *
 * @module
 */
import { type DriveReport, UNKNOWN_DRIVE } from "../drive.ts";

export interface DriveChange {
  type: "drive.added" | "drive.removed" | "volume.mounted" | "volume.unmounted";
  data: Record<string, unknown>;
}

/** Removals first: a drive that moves to another port goes before it comes. */
export function changesBetween(before: DriveReport, after: DriveReport): DriveChange[] {
  return [
    ...mountsIn(before, after).map((data) => ({ type: "volume.unmounted" as const, data })),
    ...drivesIn(before, after).map((data) => ({ type: "drive.removed" as const, data })),
    ...drivesIn(after, before).map((data) => ({ type: "drive.added" as const, data })),
    ...mountsIn(after, before).map((data) => ({ type: "volume.mounted" as const, data })),
  ];
}

/** Drives of `one` that `other` has not. */
function drivesIn(one: DriveReport, other: DriveReport): Record<string, unknown>[] {
  const known = new Set(other.drives.map(({ id }) => id));
  return one.drives.filter(({ id }) => id !== UNKNOWN_DRIVE && !known.has(id))
    .map(({ id, name, kind, model }) => ({ drive_id: id, name, kind, model }));
}

/** Mounted volumes of `one`, as far as `other` has them not mounted there. */
function mountsIn(one: DriveReport, other: DriveReport): Record<string, unknown>[] {
  const known = new Set(
    other.volumes.flatMap(({ id, mountPoints }) => mountPoints.map((at) => `${id} ${at}`)),
  );
  return one.volumes.flatMap(({ id, name, label, mountPoints }) =>
    mountPoints.filter((at) => !known.has(`${id} ${at}`))
      .map((at) => ({ volume_id: id, name, label, mount_point: at }))
  );
}
