/**
 * Takes a batch back, the last change first, and only what is still as the batch has left it.
 *
 * @module
 */
import { yieldToOthers } from "../../base/event_loop.ts";
import { isDeepStrictEqual } from "node:util";
import { ConflictError, NotFoundError } from "../../base/errors.ts";
import type { Publish } from "../../base/events.ts";
import { counted } from "../../base/text/counted.ts";
import type { Database } from "../../db/mod.ts";
import { type Change, type Fields, newBatch, type Writer } from "./changes.ts";
import type { ChangesStore, StoredChange } from "./store.ts";

interface UndoDeps {
  db: Database;
  store: ChangesStore;
  publish: Publish;
  record(change: Change): void;
  find(entity: string): Writer | undefined;
}

export interface Undone {
  /** To be undone in its turn. */
  batch: string;
  changes: number;
}

/** What stands in the way: these fields of it were changed since; none: it is there, or is not. */
export interface UndoConflict {
  entity: string;
  entityId: string;
  fields: string[];
}

/** So many changes are put back in one transaction. */
const AT_ONCE = 200;
/** Of a larger batch fewer, on a slow machine, before others have their turn. */
const AT_ONCE_MS = 20;
/** More of them help nobody. */
const CONFLICTS_TOLD = 20;

export function createUndo(deps: UndoDeps) {
  const { db, store, publish } = deps;

  return async function undo(batch: string, user: string): Promise<Undone> {
    const found = store.undoneBy(batch);
    if (!found) {
      throw new NotFoundError(`Cannot undo "${batch}": there is no such batch`, { batch });
    }
    const first = store.standing(batch, Number.MAX_SAFE_INTEGER, AT_ONCE);
    if (first.length === 0) {
      const message = `Cannot undo "${batch}": it is undone by "${found.by}", undo that to redo it`;
      throw new ConflictError(message, { batch, undone_by: found.by });
    }
    const isLarge = first.length === AT_ONCE;
    if (isLarge) await lookThrough(batch, deps);

    const undone: Undone = { batch: newBatch(), changes: 0 };
    for (let some = first; some.length > 0;) {
      const until = isLarge ? performance.now() + AT_ONCE_MS : Infinity;
      try {
        const own = { ...deps, by: undone.batch, user, until };
        some = db.transaction(() => putBack(some, own));
      } catch (error) {
        throw halfWay(error, undone);
      }
      undone.changes += some.length;
      announce(some, deps);
      if (!isLarge) break;
      await yieldToOthers();
      some = store.standing(batch, some.at(-1)!.id, AT_ONCE);
    }
    publish("changes.undone", { batch, user, undoneBy: undone.batch, changes: undone.changes });
    return undone;
  };
}

/** Somebody was faster than the second look: what is done stays, and is told. */
function halfWay(error: unknown, { batch, changes }: Undone): unknown {
  if (!(error instanceof ConflictError) || changes === 0) return error;
  const some = counted(changes, "change was", "changes were");
  const message = `${error.message}. ${some} taken back before that, as "${batch}"`;
  return new ConflictError(message, { ...error.details, undone_by: batch }, { cause: error });
}

/** Whether all of a large batch can be undone, before any of it is. @throws {ConflictError} */
async function lookThrough(batch: string, { store, find }: UndoDeps): Promise<void> {
  // A batch may have changed one thing several times: later looks are at what would be by then.
  const wouldBe = new Map<string, Fields | null>();
  const conflicts: UndoConflict[] = [];
  for (let before = Number.MAX_SAFE_INTEGER;;) {
    const some = store.standing(batch, before, AT_ONCE);
    for (const change of some) {
      const key = `${change.entity} ${change.entityId}`;
      const known = wouldBe.get(key);
      const now = known === undefined ? writerOf(change, find).read(change.entityId) : known;
      const conflict = conflictOf(change, now);
      if (conflict) conflicts.push(conflict);
      wouldBe.set(key, change.before && { ...now, ...change.before });
    }
    if (conflicts.length > 0) refuse(conflicts);
    if (some.length < AT_ONCE) return;
    before = some.at(-1)!.id;
    await yieldToOthers();
  }
}

/** As many as there is time for; returns those. */
function putBack(
  changes: StoredChange[],
  { store, record, find, by, user, until }: UndoDeps & { by: string; user: string; until: number },
): StoredChange[] {
  const conflicts: UndoConflict[] = [];
  let done = 0;
  for (const change of changes) {
    if (done > 0 && performance.now() > until) break;
    done++;
    const { entity, entityId, before, after } = change;
    const writer = writerOf(change, find);
    const told = conflicts.some((it) => it.entity === entity && it.entityId === entityId);
    const conflict = told ? undefined : conflictOf(change, writer.read(entityId));
    if (conflict) conflicts.push(conflict);
    if (conflicts.length > 0) continue; // only to tell of all of them
    writer.write(entityId, before);
    record({ batch: by, user, entity, entityId, before: after, after: before });
    store.markUndone(change, by);
  }
  if (conflicts.length > 0) refuse(conflicts);
  return changes.slice(0, done);
}

/** Why a change cannot be taken back from what is there `now`. */
function conflictOf(
  { entity, entityId, after }: StoredChange,
  now: Fields | null,
): UndoConflict | undefined {
  if (after === null || now === null) {
    return after === now ? undefined : { entity, entityId, fields: [] };
  }
  const fields = Object.keys(after)
    .filter((name) => !isDeepStrictEqual(now[name] ?? null, after[name] ?? null));
  return fields.length > 0 ? { entity, entityId, fields } : undefined;
}

function refuse(conflicts: UndoConflict[]): never {
  const [{ entity, entityId, fields }] = conflicts as [UndoConflict];
  const what = fields.length > 0 ? `${fields.join(", ")} of ${entity}` : entity;
  const more = conflicts.length > 1 ? ` and ${conflicts.length - 1} more` : "";
  throw new ConflictError(
    `Cannot undo: ${what} "${entityId}"${more} changed since. Undo that first, or edit it by hand`,
    {
      conflicts: conflicts.slice(0, CONFLICTS_TOLD)
        .map((it) => ({ entity: it.entity, entity_id: it.entityId, fields: it.fields })),
    },
  );
}

function writerOf({ entity, entityId }: StoredChange, find: UndoDeps["find"]): Writer {
  const writer = find(entity);
  if (writer) return writer;
  const message = `Cannot undo: a change of ${entity} "${entityId}" cannot be taken back`;
  throw new ConflictError(message, { entity, entity_id: entityId });
}

function announce(changes: StoredChange[], { find }: UndoDeps): void {
  const ids = new Map<string, Set<string>>();
  for (const { entity, entityId } of changes) {
    ids.set(entity, (ids.get(entity) ?? new Set()).add(entityId));
  }
  for (const [entity, some] of ids) find(entity)?.announce?.([...some]);
}
