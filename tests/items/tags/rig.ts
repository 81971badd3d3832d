/** Tags over a database in memory with some items. @module */
import { migrations, openDatabase } from "../../../src/db/mod.ts";
import { newBatch, openChanges } from "../../../src/items/changes/changes.ts";
import { openTags } from "../../../src/items/tags/mod.ts";

export function openRig({ items = 0 } = {}) {
  const db = openDatabase(":memory:", migrations.library);
  const events: { type: string; data: Record<string, unknown> }[] = [];
  const publish = (type: string, data: Record<string, unknown>) => void events.push({ type, data });
  const changes = openChanges({ db, publish });
  const tags = openTags({ db, changes, publish });
  addItems(db, items);
  return {
    db,
    events,
    changes,
    tags,
    by: () => ({ user: "owner", batch: newBatch() }),
    paths: () =>
      db.all<{ path: string }>("SELECT path FROM tags ORDER BY path").map((it) => it.path),
    /** Paths of the tags of an item. */
    tagsOf: (itemId: string) => tags.links.tagsOf(itemId).map((id) => tags.get(id).path).sort(),
    [Symbol.dispose]: () => db[Symbol.dispose](),
  };
}

/** Items "i-0", "i-1", … without files. */
export function addItems(db: ReturnType<typeof openDatabase>, count: number): void {
  db.transaction(() => {
    for (let index = 0; index < count; index++) {
      db.run(
        `INSERT INTO items (id, title, sort_title, created_at, updated_at)
         VALUES (?, ?, ?, '2026-01-01', '2026-01-01')`,
        `i-${index}`,
        `Film ${index}`,
        `film ${index}`,
      );
    }
  });
}
