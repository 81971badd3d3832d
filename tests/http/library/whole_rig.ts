/** The library's REST over all rooms in memory that need no files. @module */
import { openChanges } from "../../../src/items/changes/changes.ts";
import { openCollections } from "../../../src/items/collections/mod.ts";
import { createCustomFields } from "../../../src/items/custom/custom.ts";
import { createItems } from "../../../src/items/items/items.ts";
import { createNotes } from "../../../src/items/notes/notes.ts";
import { openPeople } from "../../../src/items/people/mod.ts";
import { createRatings } from "../../../src/items/ratings/ratings.ts";
import { openSearch } from "../../../src/items/search/mod.ts";
import { openTags } from "../../../src/items/tags/mod.ts";
import { createWatch } from "../../../src/items/watch/watch.ts";
import { openLibraryRig } from "./rig.ts";

/** With items `i-0`, `i-1`, … */
export function openWhole(items = 0) {
  const rig = openLibraryRig({
    items,
    open: ({ db, publish }) => {
      const deps = { db, publish, changes: openChanges({ db, publish }) };
      const customFields = createCustomFields(deps);
      return {
        ...deps,
        customFields,
        items: createItems({ ...deps, custom: customFields }),
        tags: openTags(deps),
        people: openPeople(deps),
        collections: openCollections(deps),
        notes: createNotes(deps),
        ratings: createRatings(deps),
        watch: createWatch(deps),
        search: openSearch({ ...deps, isBusy: () => false }),
      };
    },
  });
  return {
    ...rig,
    [Symbol.dispose]: () => {
      rig.ports.search[Symbol.dispose]();
      rig[Symbol.dispose]();
    },
  };
}
