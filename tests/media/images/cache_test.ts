/** The cache of pictures: what it throws away, and how it comes through crashes. @module */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { type Database, migrations, openDatabase } from "../../../src/db/mod.ts";
import { createCache, type Made } from "../../../src/media/images/cache.ts";
import { createImageStore } from "../../../src/media/images/store.ts";
import { tempDir } from "../../helpers/temp.ts";

const signal = new AbortController().signal;

async function openCache(limitBytes = 1e9) {
  await using held = new AsyncDisposableStack();
  const dir = held.use(await tempDir());
  const db = held.use(openDatabase(":memory:", migrations.library));
  for (const item of ["item-a", "item-b", "item-c"]) addItem(db, item);
  const limits = { bytes: limitBytes };
  const folder = join(dir.path, "artwork");
  const store = createImageStore(db);
  const open = () => createCache({ store, folder, limitBytes: () => limits.bytes });
  let made = 0;
  const stack = held.move();
  return {
    db,
    store,
    limits,
    folder,
    open,
    /** A picture of so many bytes, in a folder of its maker. */
    async make(sizeBytes: number, more: Partial<Made> = {}): Promise<Made> {
      const file = await dir.file(`made/${made++}`, new Uint8Array(sizeBytes));
      return {
        kind: "poster",
        label: `${made}`,
        file,
        extension: "jpg",
        mimeType: "image/jpeg",
        details: {},
        madeOf: "content",
        ...more,
      };
    },
    /** Item → how many of its pictures were used when. */
    usedAt(itemId: string, at: string) {
      db.run("UPDATE assets SET used_at = ? WHERE item_id = ?", at, itemId);
    },
    items: () =>
      db.all<{ id: string }>("SELECT DISTINCT item_id AS id FROM assets ORDER BY 1").map((it) =>
        it.id
      ),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function addItem(db: Database, id: string): void {
  db.run(
    `INSERT INTO items (id, title, sort_title, created_at, updated_at) VALUES (?, ?, ?, '', '')`,
    id,
    id,
    id,
  );
}

async function files(folder: string): Promise<number> {
  let count = 0;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    count += isDirectory ? await files(join(folder, name)) : 1;
  }
  return count;
}

Deno.test("the cache throws away what was used longest ago, until the rest fits", async () => {
  await using it = await openCache(250);
  const cache = it.open();
  await cache.add("item-a", await it.make(100));
  await cache.add("item-b", await it.make(100));
  it.usedAt("item-a", "2026-01-02T00:00:00.000Z");
  it.usedAt("item-b", "2026-01-01T00:00:00.000Z");

  await cache.add("item-c", await it.make(100));

  deepStrictEqual(it.items(), ["item-a", "item-c"]);
  deepStrictEqual([cache.bytes(), await files(it.folder)], [200, 2]);
});

Deno.test("a picture that is looked at counts as used", async () => {
  await using it = await openCache();
  const cache = it.open();
  await cache.add("item-a", await it.make(100, { label: "x" }));
  await cache.add("item-b", await it.make(100));
  for (const item of ["item-a", "item-b"]) it.usedAt(item, `2026-01-01T00:00:0${item.length}.000Z`);

  ok(await cache.read(it.store.find("item-a", "poster", "x")!));
  it.limits.bytes = 100;
  await cache.evict();

  deepStrictEqual(it.items(), ["item-a"]);
});

Deno.test("the cache knows its size after a restart, and keeps to a smaller limit", async () => {
  await using it = await openCache();
  const before = it.open();
  for (let at = 0; at < 100; at++) await before.add("item-a", await it.make(10));
  strictEqual(before.bytes(), 1000);

  const after = it.open();
  strictEqual(after.bytes(), 1000);
  it.limits.bytes = 305;
  await after.evict();

  deepStrictEqual([after.bytes(), await files(it.folder)], [300, 30]);
});

Deno.test("a new picture of the same name takes the place and the bytes of the old one", async () => {
  await using it = await openCache();
  const cache = it.open();
  await cache.replace("item-a", ["poster"], [await it.make(100, { label: "x", madeOf: "one" })]);
  await cache.replace("item-a", ["poster"], [await it.make(30, { label: "x", madeOf: "two" })]);
  await cache.add("item-a", await it.make(20, { label: "x", madeOf: "two" }));

  deepStrictEqual([cache.bytes(), await files(it.folder)], [20, 1]);
});

Deno.test("what a person gave is not thrown away, nor taken for lost", async () => {
  await using it = await openCache(10);
  const cache = it.open();
  await Deno.mkdir(join(it.folder, "uploads"), { recursive: true });
  await Deno.writeFile(join(it.folder, "uploads/own.jpg"), new Uint8Array(500));

  await cache.add("item-a", await it.make(100));
  await cache.heal(signal, 0);

  ok(await Deno.stat(join(it.folder, "uploads/own.jpg")));
  deepStrictEqual([it.items(), cache.bytes()], [[], 0]);
});

Deno.test("heal() brings rows and files together that a crash has parted", async () => {
  await using it = await openCache();
  const cache = it.open();
  for (const item of ["item-a", "item-b"]) {
    for (const label of ["1", "2"]) await cache.add(item, await it.make(100, { label }));
  }
  await Deno.remove(cache.absolute(it.store.find("item-a", "poster", "1")!.path));
  const lost = join(it.folder, "it", "item-b", "poster-9-abc.jpg");
  await Deno.writeFile(lost, new Uint8Array(50));
  const gone = join(it.folder, "ot", "other-item");
  await Deno.mkdir(gone, { recursive: true });
  await Deno.writeFile(join(gone, "poster.jpg"), new Uint8Array(50));
  await Deno.mkdir(join(it.folder, "tmp", "left"), { recursive: true });

  const after = it.open();
  deepStrictEqual(
    await after.heal(signal),
    { rows: 1, files: 0 },
    "new files may be about to be kept",
  );
  deepStrictEqual(await after.heal(signal, 0), { rows: 0, files: 2 });

  strictEqual(after.bytes(), 300);
  strictEqual(await files(it.folder), 3);
  await using _work = await after.workFolder();
  deepStrictEqual(
    await Array.fromAsync(Deno.readDir(join(it.folder, "tmp"))).then((all) => all.length),
    1,
  );
});

Deno.test("a picture whose file is gone is forgotten when it is asked for", async () => {
  await using it = await openCache();
  const cache = it.open();
  await cache.add("item-a", await it.make(100, { label: "x" }));
  const picture = it.store.find("item-a", "poster", "x")!;
  await Deno.remove(cache.absolute(picture.path));

  strictEqual(await cache.read(picture), undefined);

  deepStrictEqual([cache.bytes(), it.items()], [0, []]);
});

Deno.test("to throw away much holds up nobody", async () => {
  await using it = await openCache();
  it.db.transaction(() => {
    for (let at = 0; at < 10_000; at++) {
      it.store.add("item-a", {
        kind: "poster",
        label: `${at}`,
        path: `it/item-a/${at}.jpg`,
        mimeType: "image/jpeg",
        sizeBytes: 10,
        details: {},
        madeOf: "content",
      });
    }
  });
  const cache = it.open();
  it.limits.bytes = 50_000;
  let turns = 0;
  const others = setInterval(() => turns++);

  await cache.evict();

  clearInterval(others);
  strictEqual(cache.bytes(), 50_000);
  ok(turns > 50, `others had ${turns} turns meanwhile`);
});
