import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { migrations, openDatabase } from "../../src/db/mod.ts";
import { createScanStore } from "../../src/media/scan/store.ts";
import { createMediaStore } from "../../src/media/store.ts";
import type { MediaStore } from "../../src/media/store.ts";

/** A library of files that have been looked into, by their paths. */
function openStore(...paths: string[]) {
  const db = openDatabase(":memory:", migrations.library);
  const scan = createScanStore(db);
  const store = createMediaStore(db);
  for (const relativePath of paths) {
    scan.insert({ root: "/films", relativePath, driveIds: [], sizeBytes: 10, modifiedMs: 1 });
  }
  for (const { id } of store.list({ after: "", limit: 1000 })) {
    scan.saveProbe(id, { container: "mp4", tracks: [] });
  }
  const at = (path: string) =>
    store.list({ after: "", limit: 1000 }).find(({ relativePath }) => relativePath === path)!;
  return { db, scan, store, at, [Symbol.dispose]: () => db[Symbol.dispose]() };
}

Deno.test("list() comes in pages that meet without gap or overlap", () => {
  using it = openStore(...Array.from({ length: 25 }, (_, index) => `${index}.mp4`));

  const seen: string[] = [];
  for (let after = "";;) {
    const page = it.store.list({ after, limit: 10 });
    seen.push(...page.map(({ id }) => id));
    if (page.length === 0) break;
    after = page.at(-1)!.id;
  }

  strictEqual(new Set(seen).size, 25);
  deepStrictEqual(seen, seen.toSorted());
});

Deno.test("assign() takes the edge's names once each, and the files are offered no more", () => {
  using it = openStore("a.mp4", "b.mp4", "c.mp4");
  strictEqual(it.store.unoffered(10).length, 3);
  strictEqual(it.store.unoffered(2).length, 2);

  const taken = it.store.assign([
    { relativePath: "a.mp4", catalogId: "c-1" },
    { relativePath: "b.mp4", catalogId: "c-1" }, // in use for another file
    { relativePath: "no such.mp4", catalogId: "c-2" },
  ]);

  strictEqual(taken, 1);
  strictEqual(it.store.findByCatalogId("c-1")?.relativePath, "a.mp4");
  deepStrictEqual(announced(it.store), ["c-1"]);
  deepStrictEqual(it.store.unoffered(10).map(({ relativePath }) => relativePath), [
    "b.mp4",
    "c.mp4",
  ]);
});

Deno.test("unassign() offers files anew", () => {
  using it = openStore("a.mp4", "b.mp4");
  it.store.assign([
    { relativePath: "a.mp4", catalogId: "c-1" },
    { relativePath: "b.mp4", catalogId: "c-2" },
  ]);

  it.store.unassign(["c-1", "no such"]);

  deepStrictEqual(announced(it.store), ["c-2"]);
  deepStrictEqual(it.store.unoffered(10).map(({ relativePath }) => relativePath), ["a.mp4"]);
});

Deno.test("remap() gives a file another name, unless that is another file's", () => {
  using it = openStore("a.mp4", "b.mp4");
  it.store.assign([
    { relativePath: "a.mp4", catalogId: "c-1" },
    { relativePath: "b.mp4", catalogId: "c-2" },
  ]);

  strictEqual(it.store.remap("c-1", "c-9"), 1);
  strictEqual(it.store.remap("c-9", "c-9"), 1);
  strictEqual(it.store.remap("no such", "c-5"), 0);
  throws(() => it.store.remap("c-9", "c-2"), { name: "ConflictError" });

  strictEqual(it.store.findByCatalogId("c-9")?.relativePath, "a.mp4");
  strictEqual(it.store.findByCatalogId("c-1"), undefined);
});

Deno.test("forget() withdraws a file: it is announced and offered no more", () => {
  using it = openStore("a.mp4", "b.mp4");
  it.store.assign([{ relativePath: "a.mp4", catalogId: "c-1" }]);

  strictEqual(it.store.forget("c-1"), 1);
  strictEqual(it.store.forget("no such"), 0);

  deepStrictEqual(announced(it.store), []);
  strictEqual(it.at("a.mp4").status, "forgotten");
  deepStrictEqual(it.store.unoffered(10).map(({ relativePath }) => relativePath), ["b.mp4"]);
});

Deno.test("what is missing or unreadable is neither announced nor offered", () => {
  using it = openStore("a.mp4", "b.mp4", "c.mp4");
  it.store.assign([{ relativePath: "a.mp4", catalogId: "c-1" }]);

  it.scan.saveUnreadable(it.at("b.mp4").id, "It may not be read");
  const rows = it.scan.presentIn("/films", "", 10).map(({ rowid }) => rowid);
  strictEqual(it.scan.markMissing(rows), 3);

  deepStrictEqual([announced(it.store), it.store.unoffered(10)], [[], []]);
});

Deno.test("counts() leaves out what is not there, and sums what is", () => {
  using it = openStore("a.mp4", "b.mp4", "c.mp4");
  it.store.assign([{ relativePath: "c.mp4", catalogId: "c-1" }]);
  it.store.forget("c-1");
  it.scan.saveUnreadable(it.at("b.mp4").id, "It may not be read");

  const counts = it.store.counts();

  deepStrictEqual([counts.files, counts.bytes, counts.withErrors], [2, 20, 1]);
  deepStrictEqual([counts.byStatus.forgotten, counts.byStatus.probed], [1, 1]);
});

Deno.test("counts() sums what went offline at several times", () => {
  using it = openStore("a.mp4", "b.mp4", "c.mp4", "d.mp4");
  for (const [path, since] of [["a.mp4", "2026-01-01"], ["b.mp4", "2026-01-02"]]) {
    it.db.run("UPDATE media SET offline_since = ? WHERE relative_path = ?", since!, path!);
  }

  const { byStatus, files } = it.store.counts();

  deepStrictEqual([byStatus.offline, files], [2, 2]);
});

Deno.test("counts() stays right through everything that happens to files", () => {
  using it = openStore(...Array.from({ length: 20 }, (_, index) => `${index}.mp4`));
  const columns: [string, (string | number | null)[]][] = [
    ["status", ["new", "probed", "ready", "unreadable", "missing", "forgotten"]],
    ["offline_since", ["2026-01-01", "2026-01-02", null]],
    ["size_bytes", [1, 50, 70]],
    ["error", ["bad", "worse", null]],
  ];
  let state = 3;
  const random = (below: number) => (state = state * 48271 % 2147483647) % below;

  for (let turn = 0; turn < 300; turn++) {
    const [column, values] = columns[random(4)]!;
    const value = values[random(values.length)]!;
    it.db.run(`UPDATE media SET ${column} = ? WHERE rowid % 20 = ?`, value, random(20));
    if (turn === 150) it.db.run("DELETE FROM media WHERE rowid % 3 = 0");
  }

  const [kept, counted] = ["FROM media_tally WHERE files > 0", "FROM media GROUP BY 1, 2"];
  deepStrictEqual(
    it.db.all(`SELECT status, is_offline, files, bytes, errors ${kept} ORDER BY 1, 2`),
    it.db.all(
      `SELECT status, offline_since IS NOT NULL is_offline, count(*) files, sum(size_bytes) bytes,
         count(error) errors ${counted} ORDER BY 1, 2`,
    ),
  );
});

Deno.test("the statements of /metrics, and of what is offline, read no row that they need not", () => {
  using it = openStore("a.mp4");
  const statements: string[] = [];
  const db = { ...it.db, all: (sql: string) => (statements.push(sql), []) };
  const store = createMediaStore(db);
  store.counts();
  store.list({ after: "", limit: 9, status: "offline" });
  store.list({ after: "", limit: 9, status: "ready" });
  store.list({ after: "", limit: 9 });

  const plans = statements.map((sql) =>
    it.db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).map(({ detail }) => detail).join()
  );

  deepStrictEqual(plans, [
    "SCAN media_tally",
    "SEARCH media USING INDEX media_offline (id>?)",
    "SEARCH media USING INDEX media_by_status_id (status=? AND id>?)",
    "SEARCH media USING INDEX sqlite_autoindex_media_1 (id>?)",
  ]);
});

function announced(store: Pick<MediaStore, "catalogPage">): string[] {
  return store.catalogPage("", 100).map(({ catalogId }) => catalogId);
}
