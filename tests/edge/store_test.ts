/**
 * What the edge remembers, on a real SQLite.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { InvalidError } from "../../src/base/errors.ts";
import { silent } from "../../src/base/log.ts";
import { migrations, openDatabase } from "../../src/db/mod.ts";
import { openEdge } from "../../src/edge/mod.ts";
import { titleOf } from "../../src/edge/server/catalog_item.ts";
import { EdgeStore } from "../../src/edge/server/store.ts";

const at = "2026-01-01T00:00:00.000Z";

function openStore(...peerIds: string[]) {
  const db = openDatabase(":memory:", migrations.edge);
  const store = new EdgeStore(db);
  for (const peerId of peerIds) store.connected(peerId, at);
  return { db, store };
}

const file = (relativePath: string, sizeBytes = 1) => ({ relativePath, sizeBytes });
const idsOf = (files: { catalogId: string }[]) => files.map(({ catalogId }) => catalogId);

Deno.test("assign() keeps the id of a path, for each peer", () => {
  const { db, store } = openStore("p", "q");
  using _ = db;

  const first = store.assign("p", [file("a.mp4"), file("b.mp4")]);
  const again = store.assign("p", [file("b.mp4", 7), file("a.mp4")]);
  const other = store.assign("q", [file("a.mp4")]);

  deepStrictEqual(idsOf(again).reverse(), idsOf(first));
  ok(!idsOf(first).includes(other[0]!.catalogId));
  strictEqual(store.findTitle(first[1]!.catalogId)?.sizeBytes, 7);
});

Deno.test("assign() leaves out what cannot be a file", () => {
  const { db, store } = openStore("p");
  using _ = db;

  const known = store.assign("p", [file(""), file("x".repeat(5000)), file("a", -1), file("b")]);

  deepStrictEqual(known.map(({ relativePath }) => relativePath), ["b"]);
});

Deno.test("announce() adds, withdraw() takes away, of this peer's ids only", () => {
  const { db, store } = openStore("p", "q");
  using _ = db;
  const [a = "", b = ""] = idsOf(store.assign("p", [file("a"), file("b")]));
  const [foreign = ""] = idsOf(store.assign("q", [file("a")]));

  deepStrictEqual(store.announce("p", [a, foreign, "x"]), { come: 1, known: [a] });
  deepStrictEqual(store.announce("p", [a, b]), { come: 1, known: [a, b] });
  strictEqual(store.findPeer("p")?.catalogSize, 2);
  deepStrictEqual(store.announcedBy("p", "", 10), [a, b].sort());
  strictEqual(store.withdraw("q", [a]), 0);
  strictEqual(store.withdraw("p", [a, foreign]), 1);
  deepStrictEqual(store.findTitle(a)?.replicas, []);
  deepStrictEqual(store.announcedBy("p", "", 10), [b]);
});

Deno.test("assign() gives no more new ids than a peer may have", () => {
  const { db, store } = openStore("p");
  using _ = db;
  const quota = { left: 2 };

  const first = store.assign("p", [file("a"), file("b"), file("c")], quota);
  const again = store.assign("p", [file("c"), file("a")], quota);

  deepStrictEqual(first.map(({ relativePath }) => relativePath), ["a", "b"]);
  deepStrictEqual(again, [first[0]]);
});

Deno.test("300,000 titles of which three are announced: the first page is quick", () => {
  const { db, store } = openStore("p");
  using _ = db;
  const ids: string[] = [];
  for (let at = 0; at < 300_000; at += 10_000) {
    const batch = Array.from({ length: 10_000 }, (_, n) => file(`${at + n}.mkv`));
    ids.push(...idsOf(store.assign("p", batch, { left: 10_000 })));
  }
  const some = [ids[1]!, ids[150_000]!, ids[299_999]!];
  store.announce("p", some);

  const started = performance.now();
  const page = store.titles({ sortTitle: "", catalogId: "" }, 1001);
  const took = performance.now() - started;

  deepStrictEqual(idsOf(page).sort(), some.sort());
  ok(took < 50, `a page took ${took} ms`);
});

Deno.test("describe() takes a peer's word for its own titles only", () => {
  const { db, store } = openStore("p", "q");
  using _ = db;
  const [a = ""] = idsOf(store.assign("p", [file("dir/a.mp4")]));
  const description = {
    catalogId: a,
    title: "Ä",
    container: "mp4",
    tracks: [{ kind: "video", codec: "avc" }, { kind: "virus", codec: "x" }],
    sizeBytes: 9,
  };

  strictEqual(store.describe("q", [description]), 0);
  strictEqual(store.findTitle(a)?.title, "a");
  strictEqual(store.describe("p", [description]), 1);
  strictEqual(store.describe("p", [description]), 0); // nothing new, nothing written
  const { title, media, sizeBytes } = store.findTitle(a)!;
  deepStrictEqual([title, sizeBytes], ["Ä", 9]);
  deepStrictEqual(media, { container: "mp4", tracks: [{ kind: "video", codec: "avc" }] });
});

Deno.test("titleOf() is a file's name, whatever the system", () => {
  const cases = {
    "Films/Alien (1979).mkv": "Alien (1979)",
    "Films\\Alien.final.mkv": "Alien.final",
    ".hidden": ".hidden",
    "no extension": "no extension",
    "new\nline 🎬.mp4": "new\nline 🎬",
    "folder/": "folder/",
  };
  for (const [path, title] of Object.entries(cases)) strictEqual(titleOf(path), title);
});

Deno.test("100,000 titles: pages stay quick, whole and in order", () => {
  const { db, store } = openStore("p");
  using _ = db;
  const count = 100_000;
  const started = performance.now();
  for (let at = 0; at < count; at += 1000) {
    // Many titles are alike, as they are in life.
    const batch = Array.from(
      { length: 1000 },
      (_, n) => file(`${at + n}/Film ${(at + n) % 500}.mkv`),
    );
    const ids = idsOf(store.assign("p", batch));
    store.announce("p", ids);
  }
  const stored = performance.now();
  const edge = openEdge({ db, publish: () => {}, log: silent, edgeId: "e" });

  const seen = new Set<string>();
  let last = "";
  let slowest = 0;
  let cursor: string | undefined;
  do {
    const before = performance.now();
    const page = edge.catalog({ limit: 1000, cursor });
    slowest = Math.max(slowest, performance.now() - before);
    for (const { catalogId, title } of page.items) {
      ok(title.toLowerCase() >= last);
      last = title.toLowerCase();
      seen.add(catalogId);
    }
    cursor = page.nextCursor;
  } while (cursor);

  strictEqual(seen.size, count);
  strictEqual(edge.catalog({ limit: 10, query: "FILM 499" }).items.length, 10);
  strictEqual(edge.catalog({ limit: 10, query: "100%" }).items.length, 0);
  ok(slowest < 200, `a page took ${slowest} ms`);
  ok(stored - started < 30_000, `storing took ${stored - started} ms`);
});

Deno.test("a cursor that is none of ours is refused", () => {
  const { db } = openStore();
  using _ = db;
  const edge = openEdge({ db, publish: () => {}, log: silent, edgeId: "e" });

  for (const cursor of ["%", "bm9uc2Vuc2U", "WzFd", ""]) {
    throws(() => edge.catalog({ limit: 1, cursor }), InvalidError);
  }
  deepStrictEqual(edge.peers({ limit: 0 }), { items: [] });
});
