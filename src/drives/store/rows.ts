/**
 * How drives, partitions and volumes stand in their tables: one list of columns for each, from
 * which reading and writing follow.
 *
 * @module
 */
import type { Drive, Partition, Volume } from "../drive.ts";

/** How a value is kept: as it is, as 0 or 1, or as JSON. */
type Form = "plain" | "flag" | "json";

export type Columns<T> = { [Name in keyof T]-?: Form };

export interface Seen {
  /** Whether the last detection saw it. */
  present: boolean;
  /** ISO 8601, UTC. */
  firstSeenAt: string;
  lastSeenAt: string;
}

const seen: Columns<Seen> = { present: "flag", firstSeenAt: "plain", lastSeenAt: "plain" };

const drives: Columns<Drive> = {
  id: "plain",
  name: "plain",
  vendor: "plain",
  model: "plain",
  serial: "plain",
  wwn: "plain",
  sizeBytes: "plain",
  kind: "plain",
  evidence: "plain",
  bus: "plain",
  rotationRpm: "plain",
  removable: "flag",
};

const partitions: Columns<Partition> = {
  id: "plain",
  name: "plain",
  driveIds: "json",
  uuid: "plain",
  label: "plain",
  sizeBytes: "plain",
  volumeId: "plain",
};

const volumes: Columns<Volume> = {
  id: "plain",
  name: "plain",
  driveIds: "json",
  fileSystem: "plain",
  uuid: "plain",
  label: "plain",
  mountPoints: "json",
  sizeBytes: "plain",
  totalBytes: "plain",
  freeBytes: "plain",
  readOnly: "flag",
  deviceNumber: "plain",
  devices: "json",
};

export const tables = { drives, partitions, volumes };

export type TableName = keyof typeof tables;

/** `sizeBytes` → `size_bytes`. */
export function columnOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** What to select for one row of `table`, under our names. */
export function selectionOf(table: TableName): string {
  return Object.keys({ ...tables[table], ...seen })
    .map((name) => `${columnOf(name)} AS ${name}`).join(", ");
}

/** The values of `item` in the order of its table's columns. */
export function valuesOf<T extends object>(
  columns: Columns<T>,
  item: T,
): (string | number | null)[] {
  return Object.entries(columns).map(([name, form]) => {
    const value = (item as Record<string, unknown>)[name];
    if (value === undefined) return null;
    if (form === "json") return JSON.stringify(value);
    return form === "flag" ? Number(value) : value as string | number;
  });
}

/** A row as it is kept → the thing that it stands for; SQL's NULL is our absent. */
export function fromRow<T extends object>(
  columns: Columns<T>,
  row: Record<string, unknown>,
): T & Seen {
  const forms = { ...columns, ...seen } as Record<string, Form>;
  const entries = Object.entries(row).filter(([, value]) => value !== null).map(([name, value]) => {
    if (forms[name] === "json") return [name, JSON.parse(value as string)];
    return [name, forms[name] === "flag" ? value === 1 : value];
  });
  return Object.fromEntries(entries);
}
