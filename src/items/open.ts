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
import type { Jobs } from "../pool/mod.ts";
import { type AssetsDeps, createAssets } from "./assets/assets.ts";
import { openChanges } from "./changes/changes.ts";
import { createCustomFields } from "./custom/custom.ts";
import { createBulk } from "./items/bulk/bulk.ts";
import { tagLink } from "./items/bulk/tag_link.ts";
import { createItems } from "./items/items.ts";
import { type DuplicatesDeps, openDuplicates } from "./duplicates/mod.ts";
import { createNotes } from "./notes/notes.ts";
import { createRatings } from "./ratings/ratings.ts";
import { openCollections } from "./collections/mod.ts";
import { type BackupsDeps, openBackups, openExchange, openNfos } from "./exchange/mod.ts";
import { openIngestRoom } from "./ingest/mod.ts";
import { openPeople } from "./people/mod.ts";
import { openSearch } from "./search/mod.ts";
import { openTags } from "./tags/mod.ts";
import { createWatch } from "./watch/watch.ts";

export interface ItemsDeps
  extends
    Pick<DuplicatesDeps, "similarDistance" | "isFailing">,
    Pick<BackupsDeps, "backupFolder" | "backupKeep"> {
  db: Database;
  library: Library;
  jobs: Jobs;
  publish: Publish;
  log: Log;
  /** Where pictures lie; without it none can be uploaded or shown. */
  artwork?: AssetsDeps["files"];
  /** Days that changes are kept and can be undone; 0 = for ever. */
  historyDays?: () => number;
  /** The media folders: absolute, links resolved. */
  mediaFolders?: () => readonly string[];
  /** Folders outside of the media folders that callers from elsewhere may ingest from; none. */
  ingestDirs?: () => readonly string[];
}

export type Items = ReturnType<typeof openItems>;

/** Opens the rooms over the database that the library's files are in. */
export function openItems(deps: ItemsDeps) {
  // Each room tells it what it changes, and registers how that is put back.
  const changes = openChanges(deps);
  const tags = openTags({ ...deps, changes });
  const people = openPeople({ ...deps, changes });
  const collections = openCollections({ ...deps, changes });
  const customFields = createCustomFields({ ...deps, changes });
  const items = createItems({ ...deps, changes, custom: customFields });
  const links = { tags: tagLink(tags) };
  const isBusy = () => deps.library.scanState().running;
  const search = openSearch({ ...deps, changes, isBusy });
  const resolve = search.resolveIds;
  const bulk = createBulk({ ...deps, resolve, items, cleanCustom: customFields.clean, links });
  const duplicates = openDuplicates({ ...deps, changes });

  const ratings = createRatings({ ...deps, changes });

  return {
    changes,
    items: { ...items, bulk },
    customFields,
    ratings,
    watch: createWatch({ ...deps, changes }),
    notes: createNotes({ ...deps, changes }),
    search,
    assets: createAssets({ ...deps, files: deps.artwork }),
    tags,
    people,
    collections,
    backups: openBackups(deps),
    nfos: openNfos({ ...deps, tags, people, collections, ratings, items }),
    exchange: openExchange({ ...deps, changes, tags, people, collections, items }),
    ingest: openIngestRoom(deps),
    duplicates,
    trash: duplicates.trash,
  };
}
