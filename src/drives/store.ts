/**
 * What is known of drives and partitions, kept: a drive that is away stays known, as not present.
 *
 * @module
 */
import { InvalidError } from "../base/errors.ts";
import type { Database } from "../db/mod.ts";
import { type Drive, type DriveReport, type Partition, UNKNOWN_DRIVE } from "./drive.ts";

interface Seen {
  /** Whether the last detection saw it. */
  present: boolean;
  firstSeenAt: string;
  lastSeenAt: string;
}

export type StoredDrive = Drive & Seen;
export type StoredPartition = Partition & Seen;

export interface Page<T> {
  items: T[];
  /** Where the next page begins; undefined on the last. */
  nextCursor: string | undefined;
}

export interface PageOptions {
  limit?: number | undefined;
  cursor?: string | undefined;
}

export interface DriveStore {
  drives(options?: PageOptions): Page<StoredDrive>;
  findDrive(id: string): StoredDrive | undefined;
  partitions(options?: PageOptions): Page<StoredPartition>;
  findPartition(id: string): StoredPartition | undefined;
  /** Takes up a detection; a guess never replaces what was once found. */
  save(report: DriveReport, now?: Date): { drivesAdded: number; partitionsAdded: number };
  /** What is present; the same object until the next `save`. */
  report(): DriveReport;
}

const seenColumns = "present, first_seen_at AS firstSeenAt, last_seen_at AS lastSeenAt";
const selectDrives = `SELECT id, name, vendor, model, serial, wwn, size_bytes AS sizeBytes, kind,
  evidence, bus, removable, ${seenColumns} FROM drives`;
const selectPartitions = `SELECT id, name, drive_ids AS driveIds, file_system AS fileSystem, uuid,
  label, mount_points AS mountPoints, size_bytes AS sizeBytes, device_number AS deviceNumber,
  devices, ${seenColumns} FROM partitions`;

/** Keeps drives and partitions in `db`. */
export function openDriveStore(db: Database): DriveStore {
  let present: DriveReport | undefined;

  const drivesWhere = (clause: string, ...values: (string | number)[]) =>
    db.all<DriveRow>(`${selectDrives} ${clause}`, ...values).map(toDrive);
  const partitionsWhere = (clause: string, ...values: (string | number)[]) =>
    db.all<PartitionRow>(`${selectPartitions} ${clause}`, ...values).map(toPartition);

  return {
    drives: (options) => page(drivesWhere, options),
    findDrive: (id) => drivesWhere("WHERE id = ?", id)[0],
    partitions: (options) => page(partitionsWhere, options),
    findPartition: (id) => partitionsWhere("WHERE id = ?", id)[0],
    save(report, now = new Date()) {
      const saved = db.transaction(() => save(db, report, now.toISOString()));
      present = undefined;
      return saved;
    },
    report: () =>
      present ??= {
        drives: drivesWhere("WHERE present = 1 ORDER BY id"),
        partitions: partitionsWhere("WHERE present = 1 ORDER BY id"),
      },
  };
}

function save(
  db: Database,
  { drives, partitions, isGuess }: DriveReport,
  now: string,
): { drivesAdded: number; partitionsAdded: number } {
  const isKnown = (table: "drives" | "partitions", id: string) =>
    db.get(`SELECT 1 FROM ${table} WHERE id = ?`, id) !== undefined;
  if (isGuess) {
    const found = db.get("SELECT 1 FROM drives WHERE id <> ?", UNKNOWN_DRIVE);
    if (found) return { drivesAdded: 0, partitionsAdded: 0 };
  } else {
    db.run("DELETE FROM drives WHERE id = ?", UNKNOWN_DRIVE);
  }

  const drivesAdded = drives.filter(({ id }) => !isKnown("drives", id)).length;
  const partitionsAdded = partitions.filter(({ id }) => !isKnown("partitions", id)).length;
  db.run("UPDATE drives SET present = 0 WHERE present = 1");
  db.run("UPDATE partitions SET present = 0 WHERE present = 1");
  for (const drive of drives) saveDrive(db, drive, now);
  for (const partition of partitions) savePartition(db, partition, now);
  return { drivesAdded, partitionsAdded };
}

function saveDrive(db: Database, drive: Drive, now: string): void {
  db.run(
    `INSERT INTO drives (id, name, vendor, model, serial, wwn, size_bytes, kind, evidence, bus,
       removable, present, first_seen_at, last_seen_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, vendor = excluded.vendor,
       model = excluded.model, serial = excluded.serial, wwn = excluded.wwn,
       size_bytes = excluded.size_bytes, kind = excluded.kind, evidence = excluded.evidence,
       bus = excluded.bus, removable = excluded.removable, present = 1,
       last_seen_at = excluded.last_seen_at`,
    drive.id,
    drive.name,
    drive.vendor ?? null,
    drive.model ?? null,
    drive.serial ?? null,
    drive.wwn ?? null,
    drive.sizeBytes,
    drive.kind,
    drive.evidence,
    drive.bus ?? null,
    Number(drive.removable),
    now,
    now,
  );
}

function savePartition(db: Database, partition: Partition, now: string): void {
  db.run(
    `INSERT INTO partitions (id, name, drive_ids, file_system, uuid, label, mount_points,
       size_bytes, device_number, devices, present, first_seen_at, last_seen_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, drive_ids = excluded.drive_ids,
       file_system = excluded.file_system, uuid = excluded.uuid, label = excluded.label,
       mount_points = excluded.mount_points, size_bytes = excluded.size_bytes,
       device_number = excluded.device_number, devices = excluded.devices, present = 1,
       last_seen_at = excluded.last_seen_at`,
    partition.id,
    partition.name,
    JSON.stringify(partition.driveIds),
    partition.fileSystem ?? null,
    partition.uuid ?? null,
    partition.label ?? null,
    JSON.stringify(partition.mountPoints),
    partition.sizeBytes,
    partition.deviceNumber ?? null,
    JSON.stringify(partition.devices),
    now,
    now,
  );
}

function page<T extends { id: string }>(
  where: (clause: string, ...values: (string | number)[]) => T[],
  { limit = 100, cursor }: PageOptions = {},
): Page<T> {
  // One more than asked for tells whether there is a next page.
  const items = where("WHERE id > ? ORDER BY id LIMIT ?", idIn(cursor), limit + 1);
  const hasMore = items.length > limit;
  if (hasMore) items.pop();
  const last = items.at(-1);
  return { items, nextCursor: hasMore && last ? btoa(last.id) : undefined };
}

function idIn(cursor: string | undefined): string {
  if (cursor === undefined) return "";
  try {
    return atob(cursor);
  } catch (cause) {
    throw new InvalidError(`Cannot read cursor "${cursor}": send the one of the page before`, {
      cursor,
    }, { cause });
  }
}

interface DriveRow extends Omit<StoredDrive, "removable" | "present"> {
  removable: number;
  present: number;
}

type Lists = "driveIds" | "mountPoints" | "devices";

interface PartitionRow extends Omit<StoredPartition, Lists | "present">, Record<Lists, string> {
  present: number;
}

function toDrive(row: DriveRow): StoredDrive {
  return {
    ...withoutNulls(row),
    removable: row.removable === 1,
    present: row.present === 1,
  };
}

function toPartition(row: PartitionRow): StoredPartition {
  return {
    ...withoutNulls(row),
    driveIds: JSON.parse(row.driveIds),
    mountPoints: JSON.parse(row.mountPoints),
    devices: JSON.parse(row.devices),
    present: row.present === 1,
  };
}

/** SQL's NULL is our absent. */
function withoutNulls<T extends object>(row: T): T {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as T;
}
