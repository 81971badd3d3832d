/**
 * Export and import of the whole library, over the rooms that it is made of.
 *
 * @module
 */
import { reasonOf } from "../../base/errors.ts";
import type { Publish } from "../../base/events.ts";
import type { Database } from "../../db/mod.ts";
import type { Jobs } from "../../pool/mod.ts";
import type { Changes } from "../changes/changes.ts";
import type { Collections } from "../collections/mod.ts";
import type { CustomField } from "../custom/custom.ts";
import { createCustomStore } from "../custom/store.ts";
import type { ItemsRoom } from "../items/items.ts";
import type { People } from "../people/mod.ts";
import type { By, Tags } from "../tags/mod.ts";
import { exportLibrary } from "./export/export.ts";
import type { Rooms } from "./import/apply.ts";
import {
  importLibrary,
  type ImportOptions,
  type ImportReport,
  refuseSecond,
} from "./import/import.ts";
import { createImportStore } from "./import/store.ts";
import { takeWaiting } from "./import/take_waiting.ts";

export interface ExchangeDeps {
  db: Database;
  jobs: Pick<Jobs, "run">;
  changes: Pick<Changes, "record">;
  publish: Publish;
  tags: Tags;
  people: People;
  collections: Collections;
  items: Pick<ItemsRoom, "patch" | "announce">;
}

export type Exchange = ReturnType<typeof openExchange>;

export function openExchange(deps: ExchangeDeps) {
  const { db, jobs, publish } = deps;
  const rooms: Rooms = {
    ...deps,
    store: createImportStore(db),
    customFields: customFieldsOf(deps),
  };
  let underWay = false;

  return {
    /** Pages of lines, the header first. */
    exportLibrary: (signal: AbortSignal) => exportLibrary(db, signal),

    /** @throws {ConflictError} an import is under way */
    async importLibrary(
      pieces: AsyncIterable<Uint8Array>,
      { signal, ...options }: Omit<ImportOptions, "onItems" | "onProgress">,
    ): Promise<ImportReport> {
      refuseSecond(underWay);
      underWay = true;
      try {
        const spec = { id: "import", kind: "import", title: "Import a library", driveIds: [] };
        const report = await jobs.run(spec, (job) =>
          importLibrary(db, rooms, pieces, {
            ...options,
            signal: AbortSignal.any([signal, job.signal]),
            onItems: deps.items.announce,
            onProgress: (done) =>
              job.measure({ done, total: undefined, bytesDone: 0, bytesTotal: undefined }),
          }), { signal });
        const { lines, errors, batch, dryRun } = report;
        publish("import.finished", { lines, errors, batch, dryRun });
        return report;
      } catch (error) {
        if (!signal.aborted) publish("import.failed", { reason: reasonOf(error) });
        throw error;
      } finally {
        underWay = false;
      }
    },

    /** Takes lines of earlier imports in whose films are here by now; tells what is wrong once. */
    takeWaiting: (signal: AbortSignal, onBad: (problem: string) => void): Promise<number> =>
      takeWaiting(db, rooms, { signal, onBad, onItems: deps.items.announce }),

    /** Lines whose films are here, and that cannot be taken in: how many, and why the first. */
    bad: rooms.store.bad,
  };
}

/** Definitions as the history keeps them. */
function customFieldsOf({ db, changes }: Pick<ExchangeDeps, "db" | "changes">) {
  const store = createCustomStore(db);
  const fieldsOf = (key: string) => {
    const field = store.find(key);
    return field ? { name: field.name, type: field.type, choices: field.choices } : null;
  };
  return {
    fieldsOf,
    putNow(key: string, after: Pick<CustomField, "name" | "type" | "choices">, by: By): void {
      const before = fieldsOf(key);
      if (before && JSON.stringify(before) === JSON.stringify(after)) return;
      store.put({ key, ...after });
      changes.record({ ...by, entity: "custom_field", entityId: key, before, after });
    },
  };
}
