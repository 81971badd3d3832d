/**
 * Ratings: one per item and user, half a star to five. No stars at all, 0, takes a rating back.
 *
 * @module
 */
import { InvalidError } from "../../base/errors.ts";
import type { Publish } from "../../base/events.ts";
import type { Database } from "../../db/mod.ts";
import { type Changes, newBatch } from "../changes/changes.ts";
import type { EditBy } from "../items/items.ts";
import { refuseUnknownItem, showsItem } from "../items/presence/store.ts";
import { refuseStale } from "../stale.ts";
import { createRatingStore, type RatingRow } from "./store.ts";

export interface Rating {
  itemId: string;
  user: string;
  /** 0.5 to 5. */
  stars: number;
  version: number;
  ratedAt: string;
}

export interface RatingsDeps {
  db: Database;
  changes: Pick<Changes, "record" | "register">;
  publish: Publish;
}

export type Ratings = ReturnType<typeof createRatings>;

/** A million changes of mind are not kept in an answer. */
const HISTORY_TOLD = 100;

export function createRatings({ db, changes, publish }: RatingsDeps) {
  const store = createRatingStore(db);

  // In the history of the item: halves by user.
  changes.register("item.rating", {
    read: (itemId) => {
      if (!showsItem(db, itemId)) return null;
      return Object.fromEntries(store.ofItem(itemId).map(({ user, halves }) => [user, halves]));
    },
    write: (itemId, fields) => {
      for (const [user, halves] of Object.entries(fields ?? {})) {
        store.put(itemId, user, halves as number | null);
      }
    },
    announce: (itemIds) => publish("rating.changed", { itemIds }),
  });

  /** In a transaction. @returns whether it has changed */
  function put(itemId: string, halves: number | null, by: EditBy): boolean {
    refuseUnknownItem(db, itemId);
    const { user, batch = newBatch(), expected } = by;
    const known = store.find(itemId, user);
    refuseStale(`the rating of "${itemId}"`, known?.version ?? 0, expected);
    const before = known?.halves ?? null;
    if (before === halves) return false;
    store.put(itemId, user, halves);
    changes.record({
      batch,
      user,
      entity: "item.rating",
      entityId: itemId,
      before: { [user]: before },
      after: { [user]: halves },
    });
    return true;
  }

  const change = (itemId: string, halves: number | null, by: EditBy): void => {
    if (!db.transaction(() => put(itemId, halves, by))) return;
    publish("rating.changed", { itemIds: [itemId], user: by.user });
  };

  function find(itemId: string, user: string): Rating | undefined {
    refuseUnknownItem(db, itemId);
    const row = store.find(itemId, user);
    return row && toRating(row);
  }

  return {
    find,

    /** Of all who have rated it; null where nobody has. */
    average(itemId: string): { stars: number | null; count: number } {
      const { halves, count } = store.average(itemId);
      return { stars: halves === null ? null : Math.round(halves * 50) / 100, count };
    },

    /** What a user has thought of an item, the last first; null: taken back. */
    history: (itemId: string, user: string): { stars: number | null; ratedAt: string }[] =>
      store.history(itemId, user, HISTORY_TOLD)
        .map(({ halves, ratedAt }) => ({ stars: halves === null ? null : halves / 2, ratedAt })),

    /** The last rated first, from just before a place. */
    list: (user: string, before: { ratedAt: string; itemId: string }, limit: number): Rating[] =>
      store.ofUser(user, before, limit).map(toRating),

    /**
     * Null and 0 take the rating back.
     *
     * @throws {InvalidError} no half step from 0.5 to 5
     * @throws {StaleError} it is another version than `by.expected` by now; 0 is not rated
     */
    rate(itemId: string, stars: number | null, by: EditBy): Rating | undefined {
      change(itemId, halvesOf(stars), by);
      return find(itemId, by.user);
    },
  };
}

function halvesOf(stars: number | null): number | null {
  if (stars === null || stars === 0) return null;
  if (Number.isInteger(stars * 2) && stars >= 0.5 && stars <= 5) return stars * 2;
  throw new InvalidError('Cannot set "stars": expected 0.5 to 5 in steps of 0.5, or 0 for none', {
    field: "stars",
  });
}

function toRating({ itemId, user, halves, version, ratedAt }: RatingRow): Rating {
  return { itemId, user, stars: halves / 2, version, ratedAt };
}
