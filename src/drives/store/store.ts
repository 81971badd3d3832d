/**
 * What is known of drives, partitions and volumes, kept: what is away stays known, as not present.
 *
 * @module
 */
import { InvalidError } from "../../base/errors.ts";
import type { Database } from "../../db/mod.ts";
import type { Drive, DriveGraph, DriveReport, Partition, Volume } from "../drive.ts";
import { UNKNOWN_DRIVE } from "../drive.ts";
import { keepIds, mistakenIn } from "./keep_ids.ts";
import {
  columnOf,
  type Columns,
  fromRow,
  type Seen,
  selectionOf,
  type TableName,
  tables,
  valuesOf,
} from "./rows.ts";

export type StoredDrive = Drive & Seen;
export type StoredPartition = Partition & Seen;
export type StoredVolume = Volume & Seen;

export interface Page<T> {
  items: T[];
  /** Where the next page begins; undefined on the last. */
  nextCursor: string | undefined;
}

export interface PageOptions {
  limit?: number | undefined;
  cursor?: string | undefined;
}

/** How many were not known before, and how many that were present are so no more. */
export interface Saved {
  drivesAdded: number;
  partitionsAdded: number;
  volumesAdded: number;
  drivesRemoved: number;
}

export interface DriveStore {
  drives(options?: PageOptions): Page<StoredDrive>;
  findDrive(id: string): StoredDrive | undefined;
  partitions(options?: PageOptions): Page<StoredPartition>;
  findPartition(id: string): StoredPartition | undefined;
  volumes(options?: PageOptions): Page<StoredVolume>;
  findVolume(id: string): StoredVolume | undefined;
  /** Takes up a detection; a guess never replaces what was once found. */
  save(report: DriveReport, now?: Date): Saved;
  /** What is present; the same object until the next `save`. */
  report(): DriveReport;
}

/** Keeps drives, partitions and volumes in `db`. */
export function openDriveStore(db: Database): DriveStore {
  let present: DriveReport | undefined;
  const driveTable = openTable<Drive>(db, "drives");
  const partitionTable = openTable<Partition>(db, "partitions");
  const volumeTable = openTable<Volume>(db, "volumes");

  return {
    drives: driveTable.page,
    findDrive: driveTable.find,
    partitions: partitionTable.page,
    findPartition: partitionTable.find,
    volumes: volumeTable.page,
    findVolume: volumeTable.find,
    save(report, now = new Date()) {
      const before = known();
      const kept = report.isGuess ? report : keepIds(report, before, driveTable.away());
      const saved = db.transaction(() => {
        if (!report.isGuess) mistakenIn(before, kept).forEach(forget);
        return save(kept, now.toISOString());
      });
      present = undefined;
      return saved;
    },
    report: known,
  };

  /** A drive that never was one, and what was taken for its partitions. */
  function forget(driveId: string): void {
    db.run("DELETE FROM drives WHERE id = ?", driveId);
    for (const table of ["partitions", "volumes"]) {
      db.run(
        `DELETE FROM ${table} WHERE EXISTS (
           SELECT 1 FROM json_each(${table}.drive_ids) WHERE value = ?)`,
        driveId,
      );
    }
  }

  function known(): DriveReport {
    return present ??= {
      drives: driveTable.present(),
      partitions: partitionTable.present(),
      volumes: volumeTable.present(),
      graph: readGraph(db),
    };
  }

  function save({ drives, partitions, volumes, graph, isGuess }: DriveReport, now: string): Saved {
    if (isGuess) {
      const found = db.get("SELECT 1 FROM drives WHERE id <> ?", UNKNOWN_DRIVE);
      if (found) return { drivesAdded: 0, partitionsAdded: 0, volumesAdded: 0, drivesRemoved: 0 };
    } else {
      db.run("DELETE FROM drives WHERE id = ?", UNKNOWN_DRIVE);
    }
    db.run("INSERT OR REPLACE INTO drive_graph (id, graph) VALUES (1, ?)", JSON.stringify(graph));
    const [drive, partition, volume] = [
      driveTable.save(drives, now),
      partitionTable.save(partitions, now),
      volumeTable.save(volumes, now),
    ];
    return {
      drivesAdded: drive.added,
      partitionsAdded: partition.added,
      volumesAdded: volume.added,
      drivesRemoved: drive.removed,
    };
  }
}

function readGraph(db: Database): DriveGraph {
  const row = db.get<{ graph: string }>("SELECT graph FROM drive_graph WHERE id = 1");
  return row ? JSON.parse(row.graph) : { nodes: [], edges: [] };
}

function openTable<T extends { id: string }>(db: Database, table: TableName) {
  const columns = tables[table] as unknown as Columns<T>;
  const select = `SELECT ${selectionOf(table)} FROM ${table}`;
  const names = [...Object.keys(columns).map(columnOf), "first_seen_at", "last_seen_at"];
  // The first sight stays; all else is as it was seen last.
  const updates = names.filter((name) => !["id", "first_seen_at"].includes(name));
  const insert = `INSERT INTO ${table} (${names.join(", ")}, present)
    VALUES (${names.map(() => "?").join(", ")}, 1) ON CONFLICT (id) DO UPDATE SET present = 1,
    ${updates.map((name) => `${name} = excluded.${name}`).join(", ")}`;
  const where = (clause: string, ...values: (string | number)[]) =>
    db.all<Record<string, unknown>>(`${select} ${clause}`, ...values)
      .map((row) => fromRow(columns, row));
  const presentIds = () =>
    db.all<{ id: string }>(`SELECT id FROM ${table} WHERE present = 1`).map(({ id }) => id);

  return {
    find: (id: string) => where("WHERE id = ?", id)[0],
    present: () => where("WHERE present = 1 ORDER BY id"),
    away: () => where("WHERE present = 0 ORDER BY id"),
    page: ({ limit = 100, cursor }: PageOptions = {}): Page<T & Seen> => {
      // One more than asked for tells whether there is a next page.
      const items = where("WHERE id > ? ORDER BY id LIMIT ?", idIn(cursor), limit + 1);
      const hasMore = items.length > limit;
      if (hasMore) items.pop();
      const last = items.at(-1);
      return { items, nextCursor: hasMore && last ? btoa(last.id) : undefined };
    },
    save(items: T[], now: string): { added: number; removed: number } {
      const isKnown = ({ id }: T) =>
        db.get(`SELECT 1 FROM ${table} WHERE id = ?`, id) !== undefined;
      const added = items.filter((item) => !isKnown(item)).length;
      const ids = new Set(items.map(({ id }) => id));
      const removed = presentIds().filter((id) => !ids.has(id)).length;
      db.run(`UPDATE ${table} SET present = 0 WHERE present = 1`);
      for (const item of items) db.run(insert, ...valuesOf(columns, item), now, now);
      return { added, removed };
    },
  };
}

function idIn(cursor: string | undefined): string {
  if (cursor === undefined) return "";
  try {
    return atob(cursor);
  } catch (cause) {
    const message = 'Cannot read "cursor": take the one that the page before gave';
    throw new InvalidError(message, { field: "cursor" }, { cause });
  }
}
