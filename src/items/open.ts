/**
 * What people say about media, and what they do with it, on one page: one line per room. Media knows
 * files; an item is the film (episode, song, picture) that a person sees in one.
 *
 * @module
 */
import type { Publish } from "../base/events.ts";
import type { Log } from "../base/log.ts";
import type { Database } from "../db/mod.ts";
import type { Library } from "../media/mod.ts";
import { openChanges } from "./changes/changes.ts";
import { openTags } from "./tags/mod.ts";

export interface ItemsDeps {
  db: Database;
  library: Library;
  publish: Publish;
  log: Log;
  /** Days that changes are kept and can be undone; 0 = for ever. */
  historyDays?: () => number;
}

export type Items = ReturnType<typeof openItems>;

/** Opens the rooms over the database that the library's files are in. */
export function openItems(deps: ItemsDeps) {
  // Each room tells it what it changes, and registers how that is put back.
  const changes = openChanges(deps);
  const tags = openTags({ ...deps, changes });

  return {
    changes,
    tags,
  };
}
