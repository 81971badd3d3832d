/** All rooms that an export goes through, over a database in a file or in memory. @module */
import { type Database, migrations, openDatabase } from "../../../src/db/mod.ts";
import { newBatch, openChanges } from "../../../src/items/changes/changes.ts";
import { openCollections } from "../../../src/items/collections/mod.ts";
import { createCustomFields } from "../../../src/items/custom/custom.ts";
import { openExchange } from "../../../src/items/exchange/exchange.ts";
import { createItems } from "../../../src/items/items/items.ts";
import { createNotes } from "../../../src/items/notes/notes.ts";
import { openPeople } from "../../../src/items/people/mod.ts";
import { createRatings } from "../../../src/items/ratings/ratings.ts";
import { openTags } from "../../../src/items/tags/mod.ts";
import { createWatch } from "../../../src/items/watch/watch.ts";
import { openJobs } from "../../../src/pool/mod.ts";

export const signal = new AbortController().signal;

export function openRig({ path = ":memory:" } = {}) {
  const db = openDatabase(path, migrations.library);
  const events: { type: string; data: Record<string, unknown> }[] = [];
  const publish = (type: string, data: Record<string, unknown>) => void events.push({ type, data });
  const deps = { db, publish, changes: openChanges({ db, publish }) };
  const tags = openTags(deps);
  const people = openPeople(deps);
  const collections = openCollections(deps);
  const customFields = createCustomFields(deps);
  const items = createItems({ ...deps, custom: customFields });
  const jobs = openJobs({ db, publish });
  const rooms = { ...deps, tags, people, collections, items, jobs };
  const exchange = openExchange(rooms);
  return {
    ...rooms,
    events,
    customFields,
    ratings: createRatings(deps),
    notes: createNotes(deps),
    watch: createWatch(deps),
    exchange,
    by: () => ({ user: "owner", batch: newBatch() }),
    async lines(): Promise<Record<string, unknown>[]> {
      let text = "";
      for await (const page of exchange.exportLibrary(signal)) text += page;
      return text.trimEnd().split("\n").map((line) => JSON.parse(line));
    },
    take: (
      lines: readonly (Record<string, unknown> | string)[],
      options: { policy?: "keep" | "overwrite"; dryRun?: boolean } = {},
    ) =>
      exchange.importLibrary(bytesOf(lines), { policy: "keep", user: "owner", signal, ...options }),
    [Symbol.asyncDispose]: async () => {
      await jobs[Symbol.asyncDispose]();
      db[Symbol.dispose]();
    },
  };
}

/** JSON Lines in pieces of odd sizes, as a network brings them. */
export async function* bytesOf(
  lines: readonly (Record<string, unknown> | string)[],
): AsyncGenerator<Uint8Array> {
  const text = lines.map((it) => typeof it === "string" ? it : JSON.stringify(it)).join("\n");
  const bytes = new TextEncoder().encode(text);
  for (let from = 0; from < bytes.length; from += 7919) {
    yield await Promise.resolve(bytes.subarray(from, from + 7919));
  }
}

/** A film as a scan finds it. */
export function addFilm(
  db: Database,
  id: string,
  { path = `${id}.mkv`, root = "/films", identity = null, size = 1000 }: {
    path?: string;
    root?: string;
    identity?: string | null;
    size?: number;
  } = {},
): void {
  db.run(
    `INSERT INTO media (id, root, relative_path, wire_path, size_bytes, modified_ms, status, title,
       kind, identity, added_at, updated_at)
     VALUES (?, ?, ?, ?, ?, 0, 'ready', ?, 'video', ?, '2026-01-01T00:00:00.000Z', '')`,
    id,
    root,
    path,
    path,
    size,
    id,
    identity,
  );
}
