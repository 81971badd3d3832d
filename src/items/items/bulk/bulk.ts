/**
 * One edit of many items. Each item is changed wholly or not at all; all of it is one batch, which
 * one undo takes back. They are written some hundred at a time, and others have their turn between.
 *
 * @module
 */
import { yieldToOthers } from "../../../base/event_loop.ts";
import { ConflictError, InvalidError, NotFoundError, reasonOf } from "../../../base/errors.ts";
import type { Database } from "../../../db/mod.ts";
import { newBatch } from "../../changes/changes.ts";
import type { CleanCustom } from "../edit.ts";
import { cleanValue, editableNames, type Patch } from "../item.ts";
import type { ItemsRoom } from "../items.ts";

/** What hangs on items, and how it is hung there: tags. In a transaction of the caller's. */
export interface Link {
  /** Of what has this id, or this name. @throws {NotFoundError} nothing has */
  idOf(named: string): string;
  /** @returns whether it is new */
  add(itemId: string, id: string, by: { user: string; batch: string }): boolean;
  /** @returns whether it was there */
  remove(itemId: string, id: string, by: { user: string; batch: string }): boolean;
}

export interface BulkRequest {
  /** Or `query`, as a search takes it. */
  ids?: readonly string[] | undefined;
  query?: string | undefined;
  set?: Patch | undefined;
  /** Ids or names by what they are of: { tags: [...] }. */
  add?: Named | undefined;
  remove?: Named | undefined;
}

type Named = Record<string, readonly string[] | undefined>;

export interface BulkResult {
  batch: string;
  changed: number;
  unchanged: number;
  failed: number;
  items: { id: string; result: "changed" | "unchanged" | "failed"; error?: string }[];
}

export interface BulkDeps {
  db: Database;
  items: Pick<ItemsRoom, "patch" | "announce">;
  cleanCustom: CleanCustom;
  links: Record<string, Link>;
  /** The items that a search finds, at most so many. */
  resolve?: ((query: string, user: string, limit: number) => Promise<string[]>) | undefined;
}

export const MAX_BULK = 10_000;
const AT_ONCE = 500;
/** Or fewer, on a slow machine: then others have their turn. */
const AT_ONCE_MS = 20;

export function createBulk({ db, items, cleanCustom, links, resolve }: BulkDeps) {
  /** With ids in the place of names. @throws {InvalidError | NotFoundError} it cannot be done */
  function checked({ set, add, remove, ...which }: BulkRequest): BulkRequest {
    for (const name of editableNames) {
      if (set?.[name] !== undefined) cleanValue(name, set[name]);
    }
    cleanCustom(set?.custom ?? {});
    return { ...which, set, add: idsFor("add", add), remove: idsFor("remove", remove) };
  }

  function idsFor(verb: "add" | "remove", all: Named = {}): Named {
    return Object.fromEntries(
      Object.entries(all).map(([name, some = []]) => {
        const link = links[name];
        if (link) return [name, some.map((it) => link.idOf(it))];
        throw new InvalidError(`Cannot ${verb} "${name}": there are ${Object.keys(links)}`, {
          field: `${verb}.${name}`,
        });
      }),
    );
  }

  async function idsOf({ ids, query }: BulkRequest, user: string): Promise<string[]> {
    if ((ids === undefined) === (query === undefined)) {
      throw new InvalidError('Cannot tell which items: give either "ids" or "query"');
    }
    if (query !== undefined && !resolve) {
      throw new InvalidError('Cannot take "query": give "ids"', { field: "query" });
    }
    const found = ids ?? await resolve!(query!, user, MAX_BULK + 1);
    if (found.length <= MAX_BULK) return [...new Set(found)];
    const what = ids ? "ids" : "query";
    const message = `Cannot edit so many at once: at most ${MAX_BULK} items. Narrow the ${what}`;
    throw new InvalidError(message, { field: what });
  }

  /** In a transaction. */
  function change(id: string, request: BulkRequest, by: { user: string; batch: string }): boolean {
    let changed = items.patch(id, request.set ?? {}, by);
    for (const [name, some = []] of Object.entries(request.add ?? {})) {
      for (const it of some) changed = links[name]!.add(id, it, by) || changed;
    }
    for (const [name, some = []] of Object.entries(request.remove ?? {})) {
      for (const it of some) changed = links[name]!.remove(id, it, by) || changed;
    }
    return changed;
  }

  return async function bulk(asked: BulkRequest, user: string): Promise<BulkResult> {
    const request = checked(asked); // a tag that is renamed meanwhile is the same one
    const ids = await idsOf(request, user);
    const by = { user, batch: newBatch() };
    const results: BulkResult["items"] = [];
    while (results.length < ids.length) {
      if (results.length > 0) await yieldToOthers();
      const some = ids.slice(results.length, results.length + AT_ONCE);
      const done = db.transaction(() => {
        checked(request); // what is added may have been deleted meanwhile
        return whileTime(some, (id) => attempt(id, () => change(id, request, by)));
      });
      const changed = done.filter(({ result }) => result === "changed").map(({ id }) => id);
      if (changed.length > 0) items.announce(changed);
      results.push(...done);
    }
    const count = (result: string) => results.filter((it) => it.result === result).length;
    return {
      batch: by.batch,
      changed: count("changed"),
      unchanged: count("unchanged"),
      failed: count("failed"),
      items: results,
    };
  };
}

/** The results of the first of them: as many as there is time for, and at least one. */
function whileTime<Result>(ids: readonly string[], work: (id: string) => Result): Result[] {
  const until = performance.now() + AT_ONCE_MS;
  const results: Result[] = [];
  for (const id of ids) {
    results.push(work(id));
    if (performance.now() > until) break;
  }
  return results;
}

/** A failure comes before anything of the item is written, so the others can go on. */
function attempt(id: string, change: () => boolean): BulkResult["items"][number] {
  try {
    return { id, result: change() ? "changed" : "unchanged" };
  } catch (error) {
    if (!failures.some((type) => error instanceof type)) throw error;
    return { id, result: "failed", error: reasonOf(error) };
  }
}

/** What is wrong with one item and not with all. */
const failures = [InvalidError, NotFoundError, ConflictError];
