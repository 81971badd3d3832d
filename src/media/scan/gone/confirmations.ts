/**
 * The person's word on files that a scan has not found: they are gone, or shall stay as they are
 * until they are seen again.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { NotFoundError } from "../../../base/errors.ts";
import { turn } from "../../../base/event_loop.ts";
import type { GoneStore } from "./store.ts";

/** Many files of one media folder that were not found. */
export interface Confirmation {
  /** The same for the same folder. */
  id: string;
  root: string;
  files: number;
  /** ISO 8601, UTC: when the first of them was not found. */
  since: string;
}

const SPAN = 250;

export function createConfirmations(store: GoneStore) {
  const list = (): Confirmation[] =>
    store.unconfirmed().map((it) => ({ id: idOf(it.root), ...it }));

  const each = async (id: string, work: (rowids: number[]) => unknown): Promise<Confirmation> => {
    const found = list().find((it) => it.id === id || it.root === id);
    if (!found) throw new NotFoundError(`Cannot find "${id}" among the confirmations`, { id });
    for (;;) {
      const some = store.nextUnconfirmed(found.root, SPAN);
      if (some.length === 0) return found;
      work(some);
      await turn();
    }
  };

  return {
    confirmations: list,
    /**
     * They are gone: they are missing from now on.
     *
     * @param id Of the confirmation, or its media folder
     * @throws {NotFoundError} nothing of that waits for a word
     */
    confirmGone: (id: string): Promise<Confirmation> => each(id, store.confirmGone),
    /** They stay as they are until they are seen again. @throws as confirmGone() */
    keepGone: (id: string): Promise<Confirmation> => each(id, store.keepGone),
  };
}

function idOf(root: string): string {
  return createHash("sha256").update(root).digest("hex").slice(0, 16);
}
