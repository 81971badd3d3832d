/**
 * Keeps the ids of what is still there when a detection knows less than the one before: of lsblk,
 * /sys and the tools of other systems each may fail, and take a serial number or UUID along.
 *
 * @module
 */
import type { Drive, DriveReport, Partition, Volume } from "../drive.ts";
import { createId } from "../graph/identity.ts";

/**
 * `found`, with the ids, and the facts they are made of, of what `known` has at the same place. A
 * copy of a disk bears its UUID; which of the two had the id that follows from it stays so.
 */
export function keepIds(
  found: DriveReport,
  known: DriveReport,
  /** Drives that are known and were away: one of them by its number, if told, is the same. */
  away: readonly Drive[] = [],
): DriveReport {
  const drives = kept(
    found.drives,
    [...known.drives, ...away],
    (before, now) =>
      isSameDrive(before, now) &&
      (!away.includes(before) || now.serial !== undefined || now.wwn !== undefined),
  );
  const onDrives = renamer(drives);
  const withDrives = <T extends Partition | Volume>(item: T): T => ({
    ...item,
    driveIds: item.driveIds.map(onDrives).sort(),
  });
  const partitions = kept(found.partitions.map(withDrives), known.partitions, isSamePartition);
  const ids = new Set([...drives.values()].map(({ id }) => id));
  const isWhole = ({ driveIds }: Volume) => driveIds.every((id) => ids.has(id));
  const whole = known.volumes.filter(isWhole);
  const volumes = withCopies(kept(found.volumes.map(withDrives), whole, isSameVolume), whole);

  const onVolumes = renamer(volumes);
  const onPartitions = renamer(partitions);
  const rename = (id: string) => onVolumes(onPartitions(onDrives(id)));
  return {
    drives: [...drives.values()],
    partitions: [...partitions.values()].map((one) => ({
      ...one,
      volumeId: one.volumeId === undefined ? undefined : onVolumes(one.volumeId),
    })),
    volumes: [...volumes.values()],
    graph: {
      nodes: found.graph.nodes.map((node) => ({ ...node, id: rename(node.id) })),
      edges: found.graph.edges.map((edge) => ({
        ...edge,
        from: rename(edge.from),
        to: rename(edge.to),
      })),
    },
  };
}

/** By the id that was found, each thing as it is to be stored: one match is a match, two are none. */
function kept<T extends { id: string }>(
  found: readonly T[],
  known: readonly T[],
  isSame: (before: T, now: T) => boolean,
): Map<string, T> {
  const ids = new Set(found.map(({ id }) => id));
  const knownIds = new Set(known.map(({ id }) => id));
  const away = known.filter(({ id }) => !ids.has(id));
  const fresh = found.filter(({ id }) => !knownIds.has(id));
  return new Map(found.map((now) => {
    const [before, another] = fresh.includes(now) ? away.filter((one) => isSame(one, now)) : [];
    const isOnly = before && !another && fresh.filter((one) => isSame(before, one)).length === 1;
    return [now.id, isOnly ? join(before, now) : now];
  }));
}

/** Gives what has one UUID with others, or had, the id that it had at this place. */
function withCopies(found: ReadonlyMap<string, Volume>, known: readonly Volume[]) {
  const ids = new Map<Volume, string>();
  for (const now of found.values()) {
    if (now.uuid === undefined) continue;
    const same = known.filter((it) =>
      it.uuid === now.uuid && it.sizeBytes === now.sizeBytes &&
      it.driveIds.join() === now.driveIds.join()
    );
    const before = same.find(({ name }) => name === now.name) ??
      (same.length === 1 && numberOf(same[0]!) === numberOf(now) ? same[0] : undefined);
    if (before) ids.set(now, before.id);
  }
  const taken = new Set(ids.values());
  return new Map([...found].map(([id, now]) => {
    const own = ids.get(now) ??
      (taken.has(now.id) ? createId("vol", [now.id, ...now.driveIds, now.name]) : now.id);
    return [id, { ...now, id: own }];
  }));
}

/** What is seen now; and what is not told now, as it was. */
function join<T extends { id: string }>(before: T, now: T): T {
  const told = Object.entries(now).filter(([, value]) => value !== undefined);
  const { id } = before;
  // These follow from what was known of its identity.
  const { evidence } = before as Partial<Drive>;
  const isVolume = "mountPoints" in now;
  const driveIds = isVolume ? { driveIds: (before as unknown as Volume).driveIds } : {};
  return {
    ...identityIn(before),
    ...Object.fromEntries(told),
    id,
    ...evidence === undefined ? {} : { evidence },
    ...driveIds,
  } as T;
}

const ofIdentity = ["vendor", "model", "serial", "wwn", "uuid", "label", "fileSystem"];

function identityIn(item: object): object {
  return Object.fromEntries(Object.entries(item).filter(([name]) => ofIdentity.includes(name)));
}

function renamer(items: ReadonlyMap<string, { id: string }>): (id: string) => string {
  return (id) => items.get(id)?.id ?? id;
}

/** Nothing says otherwise, and it told more of itself the last time: that is the better id. */
function isSameDrive(before: Drive, now: Drive): boolean {
  if (before.serial === undefined && before.wwn === undefined) return false;
  if (!isNoMore(before, now, "serial") || !isNoMore(before, now, "wwn")) return false;
  // The kernel itself keeps 16 letters of a model.
  if (!(plain(before.model) ?? "").startsWith(plain(now.model) ?? "")) return false;
  if (before.sizeBytes !== now.sizeBytes) return false;
  return now.wwn !== undefined || now.serial !== undefined || before.name === now.name;
}

function isNoMore(before: Drive, now: Drive, name: "serial" | "wwn"): boolean {
  return now[name] === undefined || plain(now[name]) === plain(before[name]);
}

/**
 * The drives of `known` that never were any: a disk was seen before udev had looked at it, under an
 * id of a place, and is known now.
 */
export function mistakenIn(known: DriveReport, found: DriveReport): string[] {
  const ids = new Set(found.drives.map(({ id }) => id));
  return known.drives.filter((poor) =>
    !ids.has(poor.id) &&
    found.drives.some((now) =>
      now.name === poor.name && isSameDrive(now, poor) &&
      (poor.serial === undefined || poor.wwn === undefined)
    )
  ).map(({ id }) => id);
}

function isSamePartition(before: Partition, now: Partition): boolean {
  return !differs(before, now, "uuid") && before.sizeBytes === now.sizeBytes &&
    before.driveIds.join() === now.driveIds.join() && numberOf(before) === numberOf(now);
}

/** The number at the end of its name: that of a disk may be another today. */
function numberOf({ name }: Pick<Partition, "name">): string | undefined {
  return /\d+$/.exec(name)?.[0];
}

/** One with another kind of file system was formatted anew. */
function isSameVolume(before: Volume, now: Volume): boolean {
  if (differs(before, now, "uuid") || !isOneKind(before.fileSystem, now.fileSystem)) return false;
  // Without its UUID a file system on several disks is seen on one of them only.
  if (/^(btrfs|bcachefs)$/.test(now.fileSystem ?? "") && before.uuid !== undefined) {
    return now.driveIds.every((id) => before.driveIds.includes(id)) &&
      now.devices.some((name) => before.devices.includes(name));
  }
  return before.sizeBytes === now.sizeBytes && before.driveIds.join() === now.driveIds.join() &&
    (before.name === now.name || before.deviceNumber === now.deviceNumber);
}

/** The drivers of NTFS and exFAT have names of their own in the table of mounts. */
function isOneKind(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined || one === other) return true;
  return [one, other].every((it) => /^(ntfs3?|exfat|fuseblk)$/.test(it)) &&
    [one, other].some((it) => /^(ntfs3|fuseblk)$/.test(it));
}

function differs<T extends object>(before: T, now: T, name: keyof T): boolean {
  const [one, other] = [before[name], now[name]].map((it) => plain(it));
  return one !== undefined && other !== undefined && one !== other;
}

/** Tools differ in case and blanks. */
function plain(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  return value.replaceAll(/[\s_]+/g, " ").trim().toLowerCase().replace(/^(0x|naa\.|eui\.)/, "");
}
