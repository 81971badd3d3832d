/**
 * What a program that was killed has done and not said: a copy is in the trash, or shares its bytes
 * with the keeper, and the history does not know of it. It stands with the trash's entry, or the note
 * of the name, from before the file was touched, and is said at the next start as it would have been
 * then, once.
 *
 * @module
 */
import type { Library } from "../../../media/mod.ts";
import type { Changes } from "../../changes/changes.ts";
import type { DuplicatesStore } from "../store.ts";
import type { How } from "./actions.ts";
import { record } from "./record.ts";
import type { Outcome } from "./resolve.ts";
import type { TakeOverStore } from "./store.ts";

/** All by their ids. */
export interface Owed {
  group: string;
  keeper: string;
  file: string;
  how: How;
  user: string;
  batch: string;
}

/** Of one that shares its bytes: what has become of it is known before. */
export interface OwedOfShared extends Owed {
  outcome: Outcome;
}

export interface OwedDeps {
  store: Pick<DuplicatesStore, "transaction" | "isGroup" | "saveLeft">;
  takeOver: TakeOverStore;
  changes: Pick<Changes, "record" | "ofItem">;
  library: { trash: Pick<Library["trash"], "owing" | "said" | "owingShared" | "halfShared"> };
}

/** After the trash has settled: what is in it now has come to its end. */
export function sayOwed(deps: OwedDeps): void {
  const { store, library: { trash } } = deps;
  for (const { id, owes } of trash.owing()) {
    const { group, keeper, file, how, user, batch } = owes as Owed;
    store.transaction(() => {
      trash.said(id);
      // Also where it was to be deleted: it never came to that, and it can be had back.
      const outcome = { id: file, done: "trashed", reclaimedBytes: 0, trashId: id } as const;
      record({ group: { id: group }, keeper: { id: keeper }, outcome, how, user, batch }, deps);
      if (store.isGroup(group)) store.saveLeft(group, { gone: [file], united: [] });
    });
  }
  for (const { path, owes } of trash.owingShared()) {
    const { group, keeper, file, outcome, ...by } = owes as OwedOfShared;
    store.transaction(() => {
      trash.halfShared.ended(path);
      record({ group: { id: group }, keeper: { id: keeper }, outcome, ...by }, deps);
      if (store.isGroup(group)) store.saveLeft(group, { gone: [], united: [file] });
    });
  }
}
