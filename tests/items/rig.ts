/** The rooms of items over a real database, with files as a scan leaves them. @module */
import { migrations, openDatabase } from "../../src/db/mod.ts";
import { openChanges } from "../../src/items/changes/changes.ts";
import { createCustomFields } from "../../src/items/custom/custom.ts";
import { createBulk } from "../../src/items/items/bulk/bulk.ts";
import { tagLink } from "../../src/items/items/bulk/tag_link.ts";
import { createItems } from "../../src/items/items/items.ts";
import { createNotes } from "../../src/items/notes/notes.ts";
import { createRatings } from "../../src/items/ratings/ratings.ts";
import { openTags } from "../../src/items/tags/mod.ts";
import { createWatch } from "../../src/items/watch/watch.ts";

export interface FileSpec {
  id: string;
  title?: string;
  path?: string;
  kind?: "video" | "audio" | "image";
  facts?: Record<string, unknown>;
  identity?: string;
  durationMs?: number;
  addedAt?: string;
}

export type Rig = ReturnType<typeof openRig>;

export function openRig(path = ":memory:") {
  const db = openDatabase(path, migrations.library);
  const events: { type: string; data: Record<string, unknown> }[] = [];
  const publish = (type: string, data: Record<string, unknown>) => void events.push({ type, data });
  const changes = openChanges({ db, publish });
  const tags = openTags({ db, changes, publish });
  const customFields = createCustomFields({ db, changes, publish });
  const items = createItems({ db, changes, publish, custom: customFields });
  const links = { tags: tagLink(tags) };
  return {
    db,
    events,
    changes,
    tags,
    customFields,
    items: {
      ...items,
      bulk: createBulk({ db, items, cleanCustom: customFields.clean, links }),
    },
    ratings: createRatings({ db, changes, publish }),
    watch: createWatch({ db, changes, publish }),
    notes: createNotes({ db, changes, publish }),

    /** A file as a scan stores it. */
    addFile({ id, title = id, path = `${id}.mkv`, kind = "video", addedAt, ...rest }: FileSpec) {
      const { facts, identity, durationMs } = rest;
      const at = addedAt ?? "2026-01-01T00:00:00.000Z";
      db.run(
        `INSERT INTO media (id, root, relative_path, wire_path, size_bytes, modified_ms, status,
           title, kind, identity, duration_ms, container, added_at, updated_at)
         VALUES (?, '/films', ?, ?, 1000, 0, 'probed', ?, ?, ?, ?, 'matroska', ?, ?)`,
        id,
        path,
        path,
        title,
        kind,
        identity ?? null,
        durationMs ?? null,
        at,
        at,
      );
      if (facts) this.learn(id, facts);
    },

    /** What a scan finds in a file. */
    learn: (id: string, facts: Record<string, unknown>) =>
      db.run("UPDATE media SET facts = ? WHERE id = ?", JSON.stringify(facts), id),

    [Symbol.dispose]: () => db[Symbol.dispose](),
  };
}

export const owner = { user: "owner" };
