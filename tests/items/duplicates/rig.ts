/** A library with real files and the room of duplicates over it. @module */
import { join } from "node:path";
import { type Changes, openChanges } from "../../../src/items/changes/changes.ts";
import { openCollections } from "../../../src/items/collections/mod.ts";
import { createCustomFields } from "../../../src/items/custom/custom.ts";
import {
  type DuplicatesDeps,
  type How,
  openDuplicates,
} from "../../../src/items/duplicates/mod.ts";
import type { GroupDetail } from "../../../src/items/duplicates/mod.ts";
import { createItems } from "../../../src/items/items/items.ts";
import { createNotes } from "../../../src/items/notes/notes.ts";
import { openPeople } from "../../../src/items/people/mod.ts";
import { createRatings } from "../../../src/items/ratings/ratings.ts";
import { openTags } from "../../../src/items/tags/mod.ts";
import { createWatch } from "../../../src/items/watch/watch.ts";
import { openRig, type RigOptions } from "../../media/rig.ts";

export interface DuplicatesRigOptions extends RigOptions {
  duplicates?: Partial<DuplicatesDeps>;
}

/** `files`: name → content; they are scanned. */
export async function openDuplicatesRig(
  files: Record<string, Uint8Array | string> = {},
  options: DuplicatesRigOptions = {},
) {
  const events: { type: string; data: Record<string, unknown> }[] = [];
  const onPublish = (type: string, data: Record<string, unknown>) => events.push({ type, data });
  const rig = await openRig({ ...options, onPublish });
  for (const [name, content] of Object.entries(files)) await rig.file(name, content);
  await rig.scan();
  const { db, library, jobs } = rig;
  const changes = openChanges({ db, publish: onPublish });
  const rooms = openRooms({ db, changes, publish: onPublish });
  const room = openDuplicates({
    db,
    library,
    jobs,
    changes,
    publish: onPublish,
    ...options.duplicates,
  });
  const signal = AbortSignal.timeout(60_000);
  return {
    ...rig,
    events,
    changes,
    rooms,
    room,
    /** Looks, and tells what it has found. */
    look: async (full = false): Promise<GroupDetail[]> => {
      await room.look({ signal, full });
      return room.list({ limit: 500 }).map(({ id }) => room.find(id));
    },
    resolve: (group: GroupDetail, keep: string, remove: string[], how: How = "trash") =>
      room.resolve(group.id, {
        keep: rig.find(keep).id,
        remove: remove.map((name) => rig.find(name).id),
        how,
        user: "owner",
        signal,
      }),
    path: (name: string) => join(rig.root, name),
    exists: (name: string) => Deno.lstat(join(rig.root, name)).then(() => true, () => false),
    signal,
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  };
}

/** What people say of items: each tells the history how it is put back. */
function openRooms(deps: Pick<DuplicatesDeps, "db" | "publish"> & { changes: Changes }) {
  return {
    tags: openTags(deps),
    people: openPeople(deps),
    collections: openCollections(deps),
    items: createItems({ ...deps, custom: createCustomFields(deps) }),
    ratings: createRatings(deps),
    watch: createWatch(deps),
    notes: createNotes(deps),
  };
}

/** The relative paths of a group's files, sorted. */
export function namesOf({ members }: GroupDetail): string[] {
  return members.map(({ relativePath }) => relativePath).sort();
}
