/**
 * The room of duplicates, and of the trash that they go to.
 *
 * @module
 */
import { type Run, run as runHere } from "../../base/command.ts";
import type { Publish } from "../../base/events.ts";
import { currentPlatform, type Platform } from "../../base/platform.ts";
import type { Database } from "../../db/mod.ts";
import type { Library, TrashEntry } from "../../media/mod.ts";
import type { Jobs } from "../../pool/mod.ts";
import type { Changes } from "../changes/changes.ts";
import { createBulk } from "./bulk.ts";
import { type Suggestion, suggestKeeper } from "./keeper.ts";
import { createLook, LOOK_JOB } from "./look/look.ts";
import { sayOwed } from "./resolve/owed.ts";
import { createResolve } from "./resolve/resolve.ts";
import { createTakeOverStore } from "./resolve/store.ts";
import { createDuplicatesStore, type Group, type Member } from "./store.ts";

export interface DuplicatesDeps {
  db: Database;
  library: Pick<Library, "work" | "trash">;
  jobs: Jobs;
  changes: Pick<Changes, "record" | "ofItem">;
  publish: Publish;
  /** Films that are at most so far apart are one: 0 to 0.8; 0.6 unless said. */
  similarDistance?: (() => number) | undefined;
  /** Whether one of these drives is about to fail. */
  isFailing?: ((driveIds: readonly string[]) => boolean) | undefined;
  run?: Run | undefined;
  platform?: Platform | undefined;
}

export interface GroupDetail extends Group {
  members: Member[];
  suggestion: Suggestion;
}

export type Duplicates = ReturnType<typeof openDuplicates>;

export function openDuplicates(deps: DuplicatesDeps) {
  const { db, library, jobs, changes, publish } = deps;
  const { similarDistance = () => 0.6, isFailing = () => false } = deps;
  const { run = runHere, platform = currentPlatform() } = deps;
  const store = createDuplicatesStore(db);
  const takeOver = createTakeOverStore(db);
  const world = { isFailing };
  const resolve = createResolve(
    { store, takeOver, library, jobs, changes, publish, run, platform },
  );

  const detail = (group: Group): GroupDetail => {
    const members = store.members(group.id);
    return { ...group, members, suggestion: suggestKeeper(group.kind, members, world) };
  };

  return {
    list: store.list,
    counts: store.counts,

    /** @throws {NotFoundError} there is no such group (any more) */
    find: (id: string): GroupDetail => detail(store.find(id)),

    /** @throws {StaleError} {ConflictError} see the store */
    setState: (id: string, state: "open" | "dismissed", expected?: number): GroupDetail => {
      const group = store.setState(id, state, expected);
      publish("duplicates.changed", { id, state });
      return detail(group);
    },

    look: createLook({ db, jobs, publish, distance: similarDistance }),

    /** Whether nobody has looked yet, or the last look was cut off. */
    isDue: (): boolean => store.lookedAt() === undefined || jobs.find(LOOK_JOB)?.state === "queued",

    resolve,
    resolveAll: createBulk({ store, world, resolve }),

    trash: {
      list: library.trash.list,
      find: library.trash.find,
      counts: library.trash.counts,
      empty: library.trash.empty,
      /** Brings to its end what a crash has cut off, and says what it had no time to say. */
      async settle(): Promise<void> {
        await library.trash.settle();
        sayOwed({ store, takeOver, changes, library });
      },

      /** Its item is shown again, too. @throws as media's restore() */
      async restore(
        id: string,
        options: { rename?: boolean } = {},
      ): Promise<TrashEntry & { path: string }> {
        const entry = library.trash.find(id);
        const path = await library.trash.restore(id, options);
        if (entry.mediaId !== null) takeOver.show(entry.mediaId);
        return { ...entry, path };
      },
    },
  };
}
