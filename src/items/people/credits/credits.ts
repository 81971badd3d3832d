/**
 * Credits: which people did what for an item.
 *
 * @module
 */
import { yieldToOthers } from "../../../base/event_loop.ts";
import { ConflictError } from "../../../base/errors.ts";
import type { Database } from "../../../db/mod.ts";
import type { Changes, Writer } from "../../changes/changes.ts";
import type { By } from "../../tags/mod.ts";
import { hasItem, raiseItem, refuseUnknownItem } from "../../items/presence/store.ts";
import type { Credit, Role } from "../person.ts";
import { createCreditStore } from "./store.ts";

export interface CreditDeps {
  db: Database;
  changes: Pick<Changes, "record" | "register">;
  hasPerson(id: string): boolean;
  /** The people of these items are others now. */
  onCredited(itemIds: string[]): void;
}

/** Items changed before anybody else has a turn. */
const AT_ONCE = 100;

export type Credits = ReturnType<typeof createCredits>;

export function createCredits({ db, changes, hasPerson, onCredited }: CreditDeps) {
  const store = createCreditStore(db);

  const writer: Writer = {
    read: (itemId) => hasItem(db, itemId) ? { people: store.of(itemId) } : null,
    write(itemId, fields) {
      const wanted = (fields?.people ?? []) as Credit[];
      const kept = new Set(wanted.map(keyOf));
      for (const credit of store.of(itemId)) {
        if (!kept.has(keyOf(credit))) store.delete(itemId, credit);
      }
      for (const credit of wanted) {
        if (!hasPerson(credit.personId)) {
          const message = `Cannot credit person "${credit.personId}": there is no such person`;
          throw new ConflictError(message, { id: credit.personId });
        }
        store.save(itemId, credit);
      }
      raiseItem(db, itemId);
    },
    announce: onCredited,
  };
  changes.register("item.people", writer);

  /** To be called in a transaction. Whether anything has changed. */
  function set(itemId: string, credits: readonly Credit[], by: By): boolean {
    const before = store.of(itemId);
    const after = [...new Map(credits.map((it) => [keyOf(it), it])).values()];
    if (sameCredits(before, after)) return false;
    writer.write(itemId, { people: after });
    changes.record({
      ...by,
      entity: "item.people",
      entityId: itemId,
      before: { people: before },
      after: { people: store.of(itemId) },
    });
    return true;
  }

  return {
    of: store.of,
    /** @throws {NotFoundError} no such item */
    ofItem(itemId: string): Credit[] {
      refuseUnknownItem(db, itemId);
      return store.of(itemId);
    },
    itemsOf: store.itemsOf,
    itemCount: store.itemCount,
    creditedIn: store.creditedIn,
    set,

    /** Gives a person a role in an item, or changes how that is credited. */
    link(
      itemId: string,
      credit: Omit<Credit, "position"> & { position?: number | undefined },
      by: By,
      expected?: number,
    ): void {
      const changed = db.transaction(() => {
        refuseUnknownItem(db, itemId, expected);
        const known = store.of(itemId);
        const own = known.find((it) => keyOf(it) === keyOf(credit));
        const last = known.at(-1)?.position ?? -1;
        const position = credit.position ?? own?.position ?? last + 1;
        return set(itemId, [...known, { ...credit, position }], by);
      });
      if (changed) onCredited([itemId]);
    },

    /** Takes one role of a person away, or all. */
    unlink(
      itemId: string,
      { personId, role }: { personId: string; role: Role | undefined },
      by: By,
      expected?: number,
    ): void {
      const changed = db.transaction(() => {
        refuseUnknownItem(db, itemId, expected);
        const isMeant = (it: Credit) =>
          it.personId === personId && (role === undefined || it.role === role);
        return set(itemId, store.of(itemId).filter((it) => !isMeant(it)), by);
      });
      if (changed) onCredited([itemId]);
    },

    /** Takes a person from all items, or puts another in their place. */
    async replaceEverywhere(personId: string, other: string | undefined, by: By): Promise<void> {
      for (;;) {
        const itemIds = store.creditedIn(personId, AT_ONCE);
        if (itemIds.length === 0) return;
        db.transaction(() => {
          for (const itemId of itemIds) {
            set(itemId, replaced(store.of(itemId), personId, other), by);
          }
        });
        onCredited(itemIds);
        await yieldToOthers();
      }
    },
  };
}

/** The other's own credits stand; a role that only the first had becomes theirs. */
function replaced(credits: readonly Credit[], personId: string, other?: string): Credit[] {
  const rest = credits.filter((it) => it.personId !== personId);
  if (other === undefined) return rest;
  const moved = credits.filter((it) => it.personId === personId)
    .map((it) => ({ ...it, personId: other }))
    .filter((it) => !rest.some((own) => keyOf(own) === keyOf(it)));
  return [...rest, ...moved];
}

const keyOf = ({ personId, role }: Pick<Credit, "personId" | "role">) => `${personId} ${role}`;

function sameCredits(one: readonly Credit[], other: readonly Credit[]): boolean {
  const text = (credits: readonly Credit[]) =>
    credits.map((it) => JSON.stringify([it.personId, it.role, it.creditedAs, it.position]))
      .sort().join();
  return text(one) === text(other);
}
