/**
 * What each person has seen, how far, and likes most. It is kept by content: a film that is renamed,
 * copied or moved to another drive is seen there as well.
 *
 * @module
 */
import { NotFoundError } from "../../base/errors.ts";
import type { Publish } from "../../base/events.ts";
import type { Database } from "../../db/mod.ts";
import { type Changes, newBatch } from "../changes/changes.ts";
import type { EditBy } from "../items/items.ts";
import { createListStore } from "../items/list/store.ts";
import type { Item } from "../items/row.ts";
import { refuseStale } from "../stale.ts";
import { reported, unseen, type WatchState } from "./progress.ts";
import { createWatchStore, type StoredState } from "./store.ts";

export interface Watch extends Omit<WatchState, "sessions"> {
  itemId: string;
  user: string;
  /** 0: nothing is known. */
  version: number;
}

export interface WatchUpdate {
  positionMs?: number | undefined;
  /** Where the file does not tell. */
  durationMs?: number | undefined;
  sessionId?: string | undefined;
  /** When the player was there; now, unless said, and never later. */
  at?: string | undefined;
  /** As a person marks it. */
  watched?: boolean | undefined;
  favorite?: boolean | undefined;
  /** Neither plays nor a position stay. */
  forget?: true;
}

export interface WatchDeps {
  db: Database;
  changes: Pick<Changes, "record" | "register">;
  publish: Publish;
}

export type WatchRoom = ReturnType<typeof createWatch>;

export function createWatch({ db, changes, publish }: WatchDeps) {
  const store = createWatchStore(db);
  const items = createListStore(db);

  // In the history of the item: what people mark, and not what they play.
  changes.register("item.watch", {
    read(itemId) {
      const key = store.target(itemId)?.key;
      if (key === undefined) return null;
      return Object.fromEntries(
        store.marks(key).flatMap(({ user, watched, favorite }) => [
          [`watched:${user}`, watched === 1],
          [`favorite:${user}`, favorite === 1],
        ]),
      );
    },
    write(itemId, fields) {
      const { key } = target(itemId);
      for (const [name, value] of Object.entries(fields ?? {})) {
        const [mark, user] = name.split(/:(.*)/s) as ["watched" | "favorite", string];
        store.put(user, key, { ...store.find(user, key) ?? unseen, [mark]: value === true });
      }
    },
    announce: (itemIds) => publish("watch.changed", { itemIds }),
  });

  function target(itemId: string) {
    const found = store.target(itemId);
    if (!found) throw new NotFoundError(`Cannot find item "${itemId}"`, { id: itemId });
    return found;
  }

  /** In a transaction. */
  function put(itemId: string, update: WatchUpdate, by: EditBy): Watch {
    const { user, batch = newBatch() } = by;
    const { key, ...film } = target(itemId);
    const before = store.find(user, key);
    refuseStale(`the watch state of "${itemId}"`, before?.version ?? 0, by.expected);
    const { watched, favorite, positionMs } = update;
    let after: WatchState = before ?? unseen;
    if (update.forget) after = { ...unseen, favorite: after.favorite };
    if (positionMs !== undefined) {
      const durationMs = film.durationMs ?? update.durationMs ?? null;
      const report = { positionMs, sessionId: update.sessionId, at: timeOf(update.at) };
      after = reported(after, report, { ...film, durationMs });
    }
    if (watched !== undefined) after = { ...after, watched, positionMs: positionMs ?? 0 };
    if (favorite !== undefined) after = { ...after, favorite };
    store.put(user, key, after);
    const marks = (state: WatchState | undefined) => ({
      ...watched !== undefined && { [`watched:${user}`]: state?.watched ?? false },
      ...favorite !== undefined && { [`favorite:${user}`]: state?.favorite ?? false },
    });
    const change = { batch, user, entity: "item.watch", entityId: itemId };
    changes.record({ ...change, before: marks(before), after: marks(after) });
    return toWatch(itemId, user, store.find(user, key));
  }

  return {
    /** @throws {NotFoundError} no such item */
    find: (itemId: string, user: string): Watch =>
      toWatch(itemId, user, store.find(user, target(itemId).key)),

    /**
     * Takes a player's report, or what a person marks.
     *
     * @throws {StaleError} it is another version than `by.expected` by now
     */
    update(itemId: string, update: WatchUpdate, by: EditBy): Watch {
      const watch = db.transaction(() => put(itemId, update, by));
      const { user, positionMs, watched, favorite, plays } = watch;
      publish("watch.changed", { itemIds: [itemId], user, positionMs, watched, favorite, plays });
      return watch;
    },

    /** What a user has begun and not ended, the last first, from just before a place. */
    begun(
      user: string,
      before: { lastPlayedAt: string; key: string },
      limit: number,
    ): { item: Item; lastPlayedAt: string; key: string }[] {
      const found = store.begun(user, before, limit);
      const all = items.read(found.map(({ itemSeq }) => ({ seq: itemSeq, key: 0, tie: 0 })), {
        user,
      });
      return all.map((item, index) => ({ item, ...found[index]! }));
    },
  };
}

/** Never later than now: a player whose clock is ahead would silence all others. */
function timeOf(at: string | undefined): string {
  const now = new Date().toISOString();
  const time = at === undefined ? now : new Date(at).toISOString();
  return time < now ? time : now;
}

function toWatch(itemId: string, user: string, state: StoredState | undefined): Watch {
  const { sessions: _, version, ...rest } = state ?? { ...unseen, version: 0 };
  return { itemId, user, ...rest, version };
}
