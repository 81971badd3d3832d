/**
 * Who changed what, and when, and how it is taken back. Whoever changes what a person sees tells it
 * here, inside the transaction that changes it:
 *
 *     const batch = newBatch(); // one per request: what is done as one is undone as one
 *     db.transaction(() => {
 *       store.rename(id, name); // and raises the version
 *       changes.record({ batch, user, entity: "tag", entityId: id, before: { name: old }, after: { name } });
 *     });
 *
 * `before` is null for what was made, `after` for what was deleted; otherwise both have the same
 * fields, and only those that differ are kept (none: nothing is recorded). Fields are JSON; no
 * version or updated_at among them, for those never are again what they were. What hangs on an item
 * has an entity of its own, named "item.tags" or the like, with the item's id: so it is in the
 * item's history.
 *
 * Each kind of entity says once how it is read and written back:
 *
 *     changes.register("tag", { read: (id) => fields or null, write: (id, fields or null) => {…} });
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import { InvalidError } from "../../base/errors.ts";
import type { Publish } from "../../base/events.ts";
import { pause, type Service } from "../../base/service.ts";
import type { Database } from "../../db/mod.ts";
import { type ChangesFilter, createChangesStore, type StoredChange } from "./store.ts";
import { createUndo } from "./undo.ts";

/** What JSON can hold, by name. */
export type Fields = Record<string, unknown>;

export interface Change {
  batch: string;
  user: string;
  entity: string;
  entityId: string;
  before: Fields | null;
  after: Fields | null;
}

/** How one kind of entity is put back. */
export interface Writer {
  /** Its fields as they are now; null where there is no such entity (any more). */
  read(id: string): Fields | null;
  /**
   * Writes these fields and raises the version; null takes the entity away; where there is none,
   * `fields` are all that it had. Runs in a transaction. @throws {ConflictError} that cannot be now
   */
  write(id: string, fields: Fields | null): void;
  /** Tells who listens, after the transaction. */
  announce?(ids: string[]): void;
}

export interface ChangesDeps {
  db: Database;
  publish: Publish;
  /** Older changes are forgotten, and cannot be undone; 0 keeps them for ever. */
  historyDays?: () => number;
}

export type Changes = ReturnType<typeof openChanges>;

/** The name of one request's changes. */
export function newBatch(): string {
  return crypto.randomUUID();
}

export function openChanges({ db, publish, historyDays = () => 0 }: ChangesDeps) {
  const store = createChangesStore(db);
  const writers = new Map<string, Writer>();

  function record(change: Change): void {
    const differing = differences(change);
    if (differing) store.insert({ ...change, ...differing });
  }

  const prune = (now = new Date(), most = MOST_KEPT): number => {
    const days = historyDays();
    const oldest = days === 0 ? 0 : now.getTime() - days * DAY_MS;
    return store.prune(new Date(oldest).toISOString(), most, PRUNED_AT_ONCE);
  };

  return {
    record,

    /** @throws {TypeError} somebody else has registered that kind already */
    register(entity: string, writer: Writer): void {
      if (writers.has(entity)) throw new TypeError(`"${entity}" is registered already`);
      writers.set(entity, writer);
    },

    /** What is kept of an item: of itself, and of all that hangs on it, each by its entity. */
    ofItem: (id: string): Map<string, Fields | null> =>
      new Map(
        [...writers].filter(([entity]) => entity === "item" || entity.startsWith("item."))
          .map(([entity, { read }]) => [entity, read(id)]),
      ),

    /**
     * The newest first, from just before `before`; "item" includes "item.tags" and the like.
     *
     * @throws {InvalidError} there is no such entity, and never was one
     */
    list({ entity, ...filter }: Omit<ChangesFilter, "entities"> & { entity?: string | undefined }) {
      if (entity === undefined) return store.list(filter);
      const known = [...writers.keys()];
      if (!known.includes(entity)) {
        refuseUnknown(entity, [...known, ...LASTING, ...store.entities()]);
      }
      const parts = known.filter((name) => name.startsWith(`${entity}.`));
      return store.list({ ...filter, entities: [entity, ...parts] });
    },

    /**
     * Puts back what a batch has changed, as a batch of its own: to undo that is to redo. All or
     * nothing below 200 changes; a larger batch is looked through first and then undone a few at a
     * time, so what somebody changes meanwhile stops it half way, and another undo goes on.
     *
     * @throws {NotFoundError} no such batch
     * @throws {ConflictError} it is undone already, or something was changed since: `conflicts` says
     */
    undo: createUndo({ db, store, record, publish, find: (entity) => writers.get(entity) }),

    /** Forgets what is older than the setting says, or beyond what is kept at most; a few at a time. */
    prune,

    /** Keeps the history from growing for ever. */
    watch: (async (signal) => {
      while (!signal.aborted) {
        const more = prune() === PRUNED_AT_ONCE;
        await pause(more ? 100 : PRUNE_EVERY_MS, signal);
      }
    }) satisfies Service,
  };
}

/** Recorded, and never put back: nobody registers them. */
const LASTING = ["duplicate"];

function refuseUnknown(entity: string, known: readonly string[]): void {
  if (known.some((it) => it === entity || it.startsWith(`${entity}.`))) return;
  const all = [...new Set(known)].sort().join(", ");
  throw new InvalidError(`Cannot list changes of "${entity}": there are ${all}`, {
    field: "entity",
  });
}

const DAY_MS = 24 * 60 * 60 * 1000;
const PRUNE_EVERY_MS = 60 * 60 * 1000;
const PRUNED_AT_ONCE = 500;
/** Whatever the setting says: about a gigabyte. */
const MOST_KEPT = 2_000_000;

/** Only the fields that differ; undefined where none does. */
function differences(
  { before, after }: Pick<Change, "before" | "after">,
): Pick<StoredChange, "before" | "after"> | undefined {
  if (before === null || after === null) return before === after ? undefined : { before, after };
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => !isDeepStrictEqual(before[name] ?? null, after[name] ?? null));
  if (names.length === 0) return undefined;
  const only = (of: Fields) => Object.fromEntries(names.map((name) => [name, of[name] ?? null]));
  return { before: only(before), after: only(after) };
}
