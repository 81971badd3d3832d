/**
 * What was last known of each drive's health, and how it came to that.
 *
 * @module
 */
import type { Database } from "../../db/mod.ts";
import type { Missing } from "./missing.ts";
import type { HealthValues, PowerState, Reason, Verdict } from "./smart/report.ts";

/** A drive's health as it is known now. */
export interface DriveHealth {
  verdict: Verdict;
  reasons: Reason[];
  powerState: PowerState;
  /** Since when it is known to sleep; ISO 8601, as all times here. */
  asleepSince?: string;
  /** When it was asked last, whatever came of it; absent when it never was. */
  askedAt?: string;
  /** When `values` were read. */
  checkedAt?: string;
  values: HealthValues;
  missing?: Missing;
  /** How smartctl opened it, and on which bus that was: "sat" on usb. */
  deviceType?: string;
  bus?: string;
}

/** What it was at one time. */
export interface HealthRecord {
  checkedAt: string;
  verdict: Verdict;
  values: HealthValues;
}

export interface HealthStore {
  find(driveId: string): DriveHealth | undefined;
  save(driveId: string, health: DriveHealth): void;
  /** Keeps a record when it differs from the last one, or a day has gone by. */
  record(driveId: string, record: HealthRecord): void;
  /** Newest first. */
  history(driveId: string, limit?: number): HealthRecord[];
  /** The record nearest before `time`, else the oldest. */
  before(driveId: string, time: string): HealthRecord | undefined;
}

/** A year and more of a drive in which nothing happens. */
const MAX_RECORDS = 400;

const DAY_MS = 86_400_000;

/** These change at every look, and would make every look a record. */
const restless = new Set(["temperatureC", "powerOnHours", "powerCycles"]);

const selectRecords = `SELECT checked_at AS checkedAt, verdict, readings FROM drive_health_history
  WHERE drive_id = ?`;

/** Keeps health in `db`. */
export function openHealthStore(db: Database): HealthStore {
  const newest = (driveId: string, limit: number) =>
    db.all<RecordRow>(`${selectRecords} ORDER BY checked_at DESC LIMIT ?`, driveId, limit)
      .map(toRecord);
  return {
    find(driveId) {
      const row = db.get<{ state: string }>(
        "SELECT state FROM drive_health WHERE drive_id = ?",
        driveId,
      );
      return row && JSON.parse(row.state);
    },
    save(driveId, health) {
      db.run(
        `INSERT INTO drive_health (drive_id, state) VALUES (?, ?)
         ON CONFLICT (drive_id) DO UPDATE SET state = excluded.state`,
        driveId,
        JSON.stringify(health),
      );
    },
    record(driveId, record) {
      const [last] = newest(driveId, 1);
      if (last && !isNews(last, record)) return;
      db.transaction(() => {
        db.run(
          "INSERT OR REPLACE INTO drive_health_history VALUES (?, ?, ?, ?)",
          driveId,
          record.checkedAt,
          record.verdict,
          JSON.stringify(record.values),
        );
        db.run(
          `DELETE FROM drive_health_history WHERE drive_id = ? AND checked_at <= (
             SELECT checked_at FROM drive_health_history WHERE drive_id = ?
             ORDER BY checked_at DESC LIMIT 1 OFFSET ?)`,
          driveId,
          driveId,
          MAX_RECORDS,
        );
      });
    },
    history: (driveId, limit = MAX_RECORDS) => newest(driveId, limit),
    before(driveId, time) {
      const row = db.get<RecordRow>(
        `${selectRecords} AND checked_at <= ? ORDER BY checked_at DESC LIMIT 1`,
        driveId,
        time,
      ) ?? db.get<RecordRow>(`${selectRecords} ORDER BY checked_at LIMIT 1`, driveId);
      return row && toRecord(row);
    },
  };
}

interface RecordRow {
  checkedAt: string;
  verdict: string;
  readings: string;
}

function toRecord({ checkedAt, verdict, readings }: RecordRow): HealthRecord {
  return { checkedAt, verdict: verdict as Verdict, values: JSON.parse(readings) };
}

function isNews(last: HealthRecord, next: HealthRecord): boolean {
  if (last.verdict !== next.verdict) return true;
  if (Date.parse(next.checkedAt) - Date.parse(last.checkedAt) >= DAY_MS) return true;
  const names = new Set([...Object.keys(last.values), ...Object.keys(next.values)]);
  return [...names].some((name) => {
    const key = name as keyof HealthValues;
    return !restless.has(name) && last.values[key] !== next.values[key];
  });
}
