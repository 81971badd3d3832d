/**
 * Search: an index that is kept up in the background, a language to ask it in, searches that are kept.
 *
 * @module
 */
import type { Publish } from "../../base/events.ts";
import { type Database, openReaders, openWriter, type Readers } from "../../db/mod.ts";
import type { Changes } from "../changes/changes.ts";
import { facetNames } from "./facets/store.ts";
import { type Filter } from "./filters/filter.ts";
import { filters } from "./filters/mod.ts";
import { createIndexer } from "./index/indexer.ts";
import { createIndexStore } from "./index/store.ts";
import { sortHelp } from "./results/orders.ts";
import { createSaved } from "./saved/saved.ts";
import { createSearcher } from "./search.ts";
import { createSearchStore } from "./store.ts";

export type { Facets } from "./facets/facets.ts";
export type { SavedBy, SavedInput, SavedSearch } from "./saved/saved.ts";
export type { Hit, SearchPage, SearchRequest } from "./search.ts";

export interface SearchDeps {
  db: Database;
  publish: Publish;
  changes: Pick<Changes, "record" | "register">;
  /** A scan is at work: the index is kept up more slowly. */
  isBusy(): boolean;
  /** Made and ended by the room itself, unless given. */
  readers?: Readers;
}

export type Search = ReturnType<typeof openSearch>;

/** Opens search over the library in `db`; dispose it to end its workers. */
export function openSearch({ db, publish, changes, isBusy, readers }: SearchDeps) {
  const own = readers ?? openReaders(db);
  const index = createIndexStore(db);
  const store = createSearchStore(db);
  const transaction = <T>(work: () => T) => db.transaction(work);
  const writer = openWriter(db);
  const indexer = createIndexer({ store: index, transaction, writer, isBusy, publish });
  const searcher = createSearcher({ db, readers: own, store, indexing: index.waiting });

  return {
    search: searcher.search,
    resolveIds: searcher.resolveIds,
    saved: createSaved({ db, store, changes, publish, check: searcher.check }),
    /** What can be asked for, as tables. */
    help: () => ({
      filters: Object.entries<Filter>(filters).map(([name, { aliases = [], help, example }]) => ({
        name: name === "field." ? "field.KEY" : name,
        aliases: [...aliases],
        help,
        example,
      })),
      sorts: Object.entries(sortHelp).map(([name, help]) => ({ name, help })),
      facets: [...facetNames],
    }),
    /** Keeps the index up until its signal aborts. */
    indexing: indexer.service,
    /** One batch of the index; 0 once it has everything. For commands, which run no services. */
    indexSome: indexer.step,
    /** A step of making the index one piece; false once it is. */
    mergeSome: indexer.mergeStep,
    /** How many items the index does not know yet. */
    waiting: index.waiting,
    [Symbol.dispose]: () => {
      writer[Symbol.dispose]();
      if (!readers) own[Symbol.dispose]();
    },
  };
}
