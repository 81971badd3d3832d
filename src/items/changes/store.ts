/**
 * The changes in SQLite: written once, read newest first, marked when they are taken back.
 *
 * @module
 */
import { type Database, distinct } from "../../db/mod.ts";
import type { Change, Fields } from "./changes.ts";

export interface StoredChange extends Change {
  /** Grows: the later, the larger. */
  id: number;
  /** ISO 8601, UTC. */
  at: string;
  /** The batch that took it back; null while it stands. */
  undoneBy: string | null;
}

export interface ChangesFilter {
  entities?: string[] | undefined;
  entityId?: string | undefined;
  user?: string | undefined;
  batch?: string | undefined;
  /** Only those of a smaller id. */
  before?: number | undefined;
  limit: number;
}

interface Row {
  id: number;
  batch: string;
  user: string;
  at: string;
  entity: string;
  entityId: string;
  before: string | null;
  after: string | null;
  undoneBy: string | null;
}

export type ChangesStore = ReturnType<typeof createChangesStore>;

const columns =
  "id, batch, user, at, entity, entity_id AS entityId, before, after, undone_by AS undoneBy";

export function createChangesStore(db: Database) {
  return {
    insert({ batch, user, entity, entityId, before, after }: Change): void {
      db.run(
        `INSERT INTO changes (batch, user, at, entity, entity_id, before, after)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        batch,
        user,
        new Date().toISOString(),
        entity,
        entityId,
        toText(before),
        toText(after),
      );
    },

    /** Newest first. Each kind is asked for by itself: its index gives it in this order. */
    list({ entities, entityId, user, batch, before, limit }: ChangesFilter): StoredChange[] {
      const pages = (entities ?? [undefined]).map((entity) => {
        const terms = { entity, "entity_id": entityId, user, batch };
        const given = Object.entries(terms).filter(([, value]) => value !== undefined);
        return db.all<Row>(
          `SELECT ${columns} FROM changes WHERE id < ?
             ${given.map(([name]) => `AND ${name} = ?`).join(" ")} ORDER BY id DESC LIMIT ?`,
          before ?? Number.MAX_SAFE_INTEGER,
          ...given.map(([, value]) => value!),
          limit,
        );
      });
      return pages.flat().sort((one, other) => other.id - one.id).slice(0, limit).map(toChange);
    },

    /** All that there are changes of. */
    entities: (): string[] => distinct(db, { table: "changes", column: "entity" }),

    /** What still stands of a batch, the last first. */
    standing: (batch: string, before: number, limit: number): StoredChange[] =>
      db.all<Row>(
        `SELECT ${columns} FROM changes WHERE batch = ? AND undone_by IS NULL AND id < ?
         ORDER BY id DESC LIMIT ?`,
        batch,
        before,
        limit,
      ).map(toChange),

    /** By what a batch was undone, and whether there is such a batch. */
    undoneBy: (batch: string): { by: string | null } | undefined =>
      db.get("SELECT undone_by AS by FROM changes WHERE batch = ? LIMIT 1", batch),

    /** `change` is taken back by `by`; where it was an undo itself, what that undid stands again. */
    markUndone({ id, batch, entity, entityId }: StoredChange, by: string): void {
      db.run("UPDATE changes SET undone_by = ? WHERE id = ?", by, id);
      db.run(
        "UPDATE changes SET undone_by = NULL WHERE undone_by = ? AND entity = ? AND entity_id = ?",
        batch,
        entity,
        entityId,
      );
    },

    /** Deletes the oldest up to `limit` of those before `time`, or before the last `most`. */
    prune: (time: string, most: number, limit: number): number =>
      db.run(
        `DELETE FROM changes WHERE id IN (
           SELECT id FROM (SELECT id, at FROM changes ORDER BY id LIMIT ?)
           WHERE at < ? OR id <= (SELECT max(id) FROM changes) - ?)`,
        limit,
        time,
        most,
      ),
  };
}

function toText(fields: Fields | null): string | null {
  return fields && JSON.stringify(fields);
}

function toChange({ before, after, ...row }: Row): StoredChange {
  return { ...row, before: before && JSON.parse(before), after: after && JSON.parse(after) };
}
