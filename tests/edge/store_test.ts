/**
 * What the edge remembers, on a real SQLite and on a real PostgreSQL.
 *
 * @module
 */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { InvalidError } from "../../src/base/errors.ts";
import { silent } from "../../src/base/log.ts";
import { makeIdentityKey } from "../../src/edge/identity/mod.ts";
import { IdentityStore } from "../../src/edge/identity/store.ts";
import { openEdge } from "../../src/edge/mod.ts";
import { titleOf } from "../../src/edge/server/catalog_item.ts";
import { EdgeStore } from "../../src/edge/server/store.ts";
import { type Engine, engines } from "./engines.ts";

const at = "2026-01-01T00:00:00.000Z";

/** Titles in the long tests, and what a page of them may take. */
const large = {
  SQLite: { offered: 300_000, announced: 100_000, pageMs: 50, slowestMs: 200 },
  PostgreSQL: { offered: 15_000, announced: 5_000, pageMs: 300, slowestMs: 600 },
};

async function openStore({ open }: Engine, ...peerIds: string[]) {
  const state = await open();
  const store = new EdgeStore(state);
  for (const peerId of peerIds) await store.connected(peerId, at);
  return { state, store };
}

/** The same on every engine. */
function onBoth(name: string, check: (engine: Engine) => Promise<void>): void {
  for (const engine of engines) {
    Deno.test(`${engine.name}: ${name}`, { ignore: engine.ignore }, () => check(engine));
  }
}

const file = (relativePath: string, sizeBytes = 1) => ({ relativePath, sizeBytes });
const idsOf = (files: { catalogId: string }[]) => files.map(({ catalogId }) => catalogId);

onBoth("assign() keeps the id of a path, for each peer", async (engine) => {
  const { state, store } = await openStore(engine, "p", "q");
  await using _ = state;

  const first = await store.assign("p", [file("a.mp4"), file("b.mp4")]);
  const again = await store.assign("p", [file("b.mp4", 7), file("a.mp4")]);
  const other = await store.assign("q", [file("a.mp4")]);

  deepStrictEqual(idsOf(again).reverse(), idsOf(first));
  ok(!idsOf(first).includes(other[0]!.catalogId));
  strictEqual((await store.findTitle(first[1]!.catalogId))?.sizeBytes, 7);
});

onBoth("assign() leaves out what cannot be a file", async (engine) => {
  const { state, store } = await openStore(engine, "p");
  await using _ = state;

  const known = await store.assign("p", [
    file(""),
    file("x".repeat(5000)),
    file("a", -1),
    file("b"),
  ]);

  deepStrictEqual(known.map(({ relativePath }) => relativePath), ["b"]);
});

onBoth("announce() adds, withdraw() takes away, of this peer's ids only", async (engine) => {
  const { state, store } = await openStore(engine, "p", "q");
  await using _ = state;
  const [a = "", b = ""] = idsOf(await store.assign("p", [file("a"), file("b")]));
  const [foreign = ""] = idsOf(await store.assign("q", [file("a")]));

  deepStrictEqual(await store.announce("p", [a, foreign, "x"]), { come: [a], known: [a] });
  deepStrictEqual(await store.announce("p", [a, b]), { come: [b], known: [a, b] });
  strictEqual((await store.findPeer("p"))?.catalogSize, 2);
  deepStrictEqual(await store.announcedBy("p", "", 10), [a, b].sort());
  deepStrictEqual(await store.withdraw("q", [a]), []);
  deepStrictEqual(await store.withdraw("p", [a, foreign]), [a]);
  deepStrictEqual((await store.findTitle(a))?.replicas, []);
  deepStrictEqual(await store.announcedBy("p", "", 10), [b]);
});

onBoth("assign() gives no more new ids than a peer may have", async (engine) => {
  const { state, store } = await openStore(engine, "p");
  await using _ = state;
  const quota = { left: 2 };

  const first = await store.assign("p", [file("a"), file("b"), file("c")], quota);
  const again = await store.assign("p", [file("c"), file("a")], quota);

  deepStrictEqual(first.map(({ relativePath }) => relativePath), ["a", "b"]);
  deepStrictEqual(again, [first[0]]);
});

onBoth("very many titles of which three are announced: the first page is quick", async (engine) => {
  const { state, store } = await openStore(engine, "p");
  await using _ = state;
  const ids: string[] = [];
  for (let at = 0; at < large[engine.name].offered; at += 10_000) {
    const batch = Array.from({ length: 10_000 }, (_, n) => file(`${at + n}.mkv`));
    ids.push(...idsOf(await store.assign("p", batch, { left: 10_000 })));
  }
  const some = [ids[1]!, ids[ids.length / 2]!, ids.at(-1)!];
  await store.announce("p", some);

  const started = performance.now();
  const page = await store.titles({ sortTitle: "", catalogId: "" }, 1001);
  const took = performance.now() - started;

  deepStrictEqual(idsOf(page).sort(), some.sort());
  ok(took < large[engine.name].pageMs, `a page took ${took} ms`);
});

onBoth("describe() takes a peer's word for its own titles only", async (engine) => {
  const { state, store } = await openStore(engine, "p", "q");
  await using _ = state;
  const [a = ""] = idsOf(await store.assign("p", [file("dir/a.mp4")]));
  const description = {
    catalogId: a,
    title: "Ä",
    container: "mp4",
    tracks: [{ kind: "video", codec: "avc" }, { kind: "virus", codec: "x" }],
    sizeBytes: 9,
  };

  strictEqual((await store.describe("q", [description])).changed, 0);
  strictEqual((await store.findTitle(a))?.title, "a");
  ok((await store.describe("p", [description])).changed > 0);
  strictEqual((await store.describe("p", [description])).changed, 0); // nothing new, nothing written
  const { title, media, sizeBytes } = (await store.findTitle(a))!;
  deepStrictEqual([title, sizeBytes], ["Ä", 9]);
  deepStrictEqual(media, { container: "mp4", tracks: [{ kind: "video", codec: "avc" }] });
});

const HASH = "0123456789abcdef0123456789abcdef";

/** A file of `peerId` that it has announced and described; its catalogue id. */
async function held(
  store: EdgeStore,
  peerId: string,
  path: string,
  { contentHash = HASH, sizeBytes = 5, atRisk = false } = {},
) {
  const [id = ""] = idsOf(await store.assign(peerId, [file(path, sizeBytes)]));
  await store.announce(peerId, [id]);
  const described = await store.describe(peerId, [
    describing(id, path, { contentHash, sizeBytes, atRisk }),
  ]);
  return { id, ...described };
}

const describing = (
  catalogId: string,
  title: string,
  more: { contentHash?: string; sizeBytes: number; atRisk?: boolean },
) => ({ catalogId, title, container: "mp4", tracks: [], ...more });

onBoth(
  "the same content of two peers is one title, and the second is told its id",
  async (engine) => {
    const { state, store } = await openStore(engine, "p", "q");
    await using _ = state;

    const first = await held(store, "p", "a.mp4");
    const second = await held(store, "q", "b.mp4");

    deepStrictEqual(first.remaps, []);
    deepStrictEqual(second.remaps, [{ oldCatalogId: second.id, newCatalogId: first.id }]);
    strictEqual(await store.findTitle(second.id), undefined);
    const title = (await store.findTitle(first.id))!;
    strictEqual(title.title, "a.mp4"); // who came first has described it
    deepStrictEqual(title.replicas, [
      {
        peerId: "p",
        relativePath: "a.mp4",
        peerCatalogId: first.id,
        atRisk: false,
        title: "a.mp4",
      },
      {
        peerId: "q",
        relativePath: "b.mp4",
        peerCatalogId: second.id,
        atRisk: false,
        title: "b.mp4",
      },
    ]);
    strictEqual((await store.titles({ sortTitle: "", catalogId: "" }, 10)).length, 1);

    // Until it has followed, both ids are its own.
    deepStrictEqual((await store.announce("q", [second.id])).known, [second.id]);
    deepStrictEqual(await store.pendingRemaps("q", 10), second.remaps);
    deepStrictEqual((await store.announce("q", [first.id])).known, [first.id]);
    deepStrictEqual(await store.pendingRemaps("q", 10), []);
    deepStrictEqual(await store.announcedBy("q", "", 10), [first.id]);
    deepStrictEqual(
      (await store.describe("q", [describing(first.id, "b.mp4", {
        contentHash: HASH,
        sizeBytes: 5,
      })])).remaps,
      [],
    );
  },
);

onBoth("a peer that lost the remap is given the title's id at its next offer", async (engine) => {
  const { state, store } = await openStore(engine, "p", "q");
  await using _ = state;
  const first = await held(store, "p", "a.mp4");
  await held(store, "q", "b.mp4");

  deepStrictEqual(idsOf(await store.assign("q", [file("b.mp4", 5)])), [first.id]);
  deepStrictEqual(await store.pendingRemaps("q", 10), []);
});

onBoth(
  "two files of one peer with the same content are one title under two names",
  async (engine) => {
    const { state, store } = await openStore(engine, "p");
    await using _ = state;
    const first = await held(store, "p", "a.mp4");
    const copy = await held(store, "p", "copy.mp4");

    deepStrictEqual(copy.remaps, []); // a peer has one file for an id
    const replicas = (await store.findTitle(first.id))!.replicas;
    deepStrictEqual(replicas.map((it) => it.peerCatalogId), [first.id, copy.id]);
    deepStrictEqual(await store.withdraw("p", [first.id]), [first.id]);
    deepStrictEqual((await store.findTitle(first.id))!.replicas.length, 1);
  },
);

onBoth("copies that are described together are one title, too", async (engine) => {
  const { state, store } = await openStore(engine, "p", "q");
  await using _ = state;
  for (const peerId of ["p", "q"]) {
    const ids = idsOf(await store.assign(peerId, [file("a", 5), file("b", 5), file("c", 5)]));
    await store.announce(peerId, ids);
    const same = { contentHash: HASH, sizeBytes: 5 };
    const { remaps } = await store.describe(peerId, ids.map((id) => describing(id, "a", same)));
    strictEqual(remaps.length, peerId === "p" ? 0 : 1); // a peer has one file for an id
  }

  const [title, ...more] = await store.titles({ sortTitle: "", catalogId: "" }, 10);
  deepStrictEqual(more, []);
  strictEqual(title?.replicas.length, 6);
});

onBoth("a file whose content changes leaves the title to the others", async (engine) => {
  const { state, store } = await openStore(engine, "p", "q");
  await using _ = state;
  const first = await held(store, "p", "a.mp4");
  const second = await held(store, "q", "b.mp4");
  await store.announce("q", [first.id]);

  const other = { contentHash: HASH.replace("0", "f"), sizeBytes: 9 };
  const { remaps } = await store.describe("q", [describing(first.id, "new", other)]);

  const [remap] = remaps;
  strictEqual(remap?.oldCatalogId, first.id);
  ok(remap.newCatalogId !== second.id);
  const split = (await store.findTitle(remap.newCatalogId))!;
  deepStrictEqual([split.title, split.sizeBytes, split.contentHash], ["new", 9, other.contentHash]);
  deepStrictEqual(split.replicas.map(({ peerId }) => peerId), ["q"]);
  deepStrictEqual((await store.findTitle(first.id))!.replicas.map(({ peerId }) => peerId), ["p"]);

  // And of a title that is its own only it is the same title.
  const again = { contentHash: HASH.replace("0", "e"), sizeBytes: 10 };
  await store.announce("q", [remap.newCatalogId]);
  const changed = await store.describe("q", [describing(remap.newCatalogId, "new", again)]);
  deepStrictEqual(changed.remaps, []);
  strictEqual((await store.findTitle(remap.newCatalogId))!.contentHash, again.contentHash);
});

onBoth(
  "tags are kept for each file, go with it to its title, and are told of its peers",
  async (engine) => {
    const { state, store } = await openStore(engine, "p", "q", "old");
    await using _ = state;
    const first = await held(store, "p", "a.mp4");
    await held(store, "q", "b.mp4", { contentHash: "" });
    await held(store, "old", "c.mp4");
    const say = async (peerId: string, path: string, ...paths: string[]) => {
      const [catalogId = ""] = idsOf(await store.assign(peerId, [file(path, 5)]));
      const tags = { paths, isComplete: true };
      const description = describing(catalogId, path, { contentHash: HASH, sizeBytes: 5 });
      return (await store.describe(peerId, [{ ...description, tags }])).isTagged;
    };
    const said = async () => {
      const all = (await store.tagsOf([first.id, "x", "\0"])).get(first.id);
      return [...all ?? []].map(([peerId, { paths, isComplete }]) =>
        [peerId, ...paths, isComplete].join(" ")
      ).sort();
    };

    deepStrictEqual(await said(), []);
    strictEqual(await say("p", "a.mp4", "kids/old", "a"), true);
    strictEqual(await say("p", "a.mp4", "a", "kids/old"), false, "the same in another order");
    deepStrictEqual(await said(), ["p a kids/old true"]);
    // It turns out to be the same film.
    strictEqual(await say("q", "b.mp4", "Not a path", "horror"), true);
    deepStrictEqual(await said(), ["p a kids/old true", "q horror false"]);
    await say("q", "b.mp4");
    deepStrictEqual(await said(), ["p a kids/old true", "q true"]);
    // Another film stands there now.
    await store.assign("q", [file("b.mp4", 6)]);
    const ofQ = (await store.titlesHeldBy("q", "", 9)).map(({ catalogId }) => catalogId);
    deepStrictEqual([ofQ.length, (await store.tagsOf(ofQ)).size], [1, 0]);
    await store.assign("q", [file("b.mp4", 5)]);
    await say("q", "b.mp4");
    deepStrictEqual(await said(), ["p a kids/old true", "q true"]);
    // A second copy, and a peer that has it no more; then one that says nothing any more.
    const [second = ""] = idsOf(await store.assign("p", [file("again.mp4", 5)]));
    await store.announce("p", [second]);
    await say("p", "again.mp4", "kids/old", "war");
    deepStrictEqual(await said(), ["p a kids/old war true", "q true"]);
    await store.withdraw("q", await store.announcedBy("q", "", 9));
    deepStrictEqual(await said(), ["p a kids/old war true"]);
    for (const id of [first.id, second]) {
      const silent = describing(id, "a", { contentHash: HASH, sizeBytes: 5 });
      strictEqual((await store.describe("p", [silent])).isTagged, true);
    }
    deepStrictEqual(await said(), []);
  },
);

onBoth("what cannot be a content hash joins nothing", async (engine) => {
  const { state, store } = await openStore(engine, "p", "q");
  await using _ = state;
  await held(store, "p", "a.mp4", { contentHash: "" });
  await held(store, "q", "b.mp4", { contentHash: "" });
  await held(store, "p", "c.mp4");
  await held(store, "q", "d.mp4", { sizeBytes: 6 }); // the same hash, another size
  await held(store, "q", "e.mp4", { contentHash: "x'; DROP TABLE titles; --\0" });

  strictEqual((await store.titles({ sortTitle: "", catalogId: "" }, 10)).length, 5);
});

onBoth("many peers describe the same content at once: it is one title", async (engine) => {
  const names = Array.from({ length: 6 }, (_, n) => `peer-${n}`);
  const { state, store } = await openStore(engine, ...names);
  await using _ = state;

  await Promise.all(names.map((name) => held(store, name, "a.mp4")));

  const [title, ...more] = await store.titles({ sortTitle: "", catalogId: "" }, 10);
  deepStrictEqual(more, []);
  deepStrictEqual(title!.replicas.map(({ peerId }) => peerId), names);
});

Deno.test("titleOf() is a file's name, whatever the system", () => {
  const cases = {
    "Films/Alien (1979).mkv": "Alien (1979)",
    "Films\\Alien.final.mkv": "Alien.final",
    ".hidden": ".hidden",
    "no extension": "no extension",
    "new\nline\x07 🎬.mp4": "new line 🎬",
    "folder/": "folder/",
    "a/\u202e.mkv": "a/.mkv",
    "\x01": "?",
    [`${"😀".repeat(400)}.mp4`]: "😀".repeat(250),
  };
  for (const [path, title] of Object.entries(cases)) strictEqual(titleOf(path), title);
});

onBoth("many titles: pages stay quick, whole and in order", async (engine) => {
  const { state, store } = await openStore(engine, "p");
  await using _ = state;
  const count = large[engine.name].announced;
  const started = performance.now();
  for (let at = 0; at < count; at += 1000) {
    // Many titles are alike, as they are in life.
    const batch = Array.from(
      { length: 1000 },
      (_, n) => file(`${at + n}/Film ${(at + n) % 500}.mkv`),
    );
    const ids = idsOf(await store.assign("p", batch));
    await store.announce("p", ids);
  }
  const stored = performance.now();
  const edge = openEdge({ state, publish: () => {}, log: silent, edgeId: "e" });

  const seen = new Set<string>();
  let last = "";
  let slowest = 0;
  let cursor: string | undefined;
  do {
    const before = performance.now();
    const page = await edge.catalog({ limit: 1000, cursor });
    slowest = Math.max(slowest, performance.now() - before);
    for (const { catalogId, title } of page.items) {
      ok(title.toLowerCase() >= last);
      last = title.toLowerCase();
      seen.add(catalogId);
    }
    cursor = page.nextCursor;
  } while (cursor);

  strictEqual(seen.size, count);
  strictEqual((await edge.catalog({ limit: 10, query: "FILM 499" })).items.length, 10);
  const found: string[] = [];
  for (let at: string | undefined = "";;) {
    const page = await edge.catalog({ limit: 300, query: "99 fil", ...at && { cursor: at } });
    found.push(...page.items.map(({ catalogId }) => catalogId));
    if ((at = page.nextCursor) === undefined) break;
  }
  deepStrictEqual([found.length, new Set(found).size], Array(2).fill(count / 100));
  strictEqual((await edge.catalog({ limit: 10, query: "100%" })).items.length, 0);
  ok(slowest < large[engine.name].slowestMs, `a page took ${slowest} ms`);
  ok(stored - started < 30_000, `storing took ${stored - started} ms`);
});

onBoth("a cursor that is none of ours is refused", async (engine) => {
  const { state } = await openStore(engine);
  await using _ = state;
  const edge = openEdge({ state, publish: () => {}, log: silent, edgeId: "e" });

  for (const cursor of ["%", "bm9uc2Vuc2U", "WzFd", ""]) {
    await rejects(edge.catalog({ limit: 1, cursor }), InvalidError);
  }
  deepStrictEqual(await edge.peers({ limit: 0 }), { items: [] });
});

for (const { name, ignore, open } of engines) {
  Deno.test(`${name}: peers that have joined or were revoked are known before they connect`, {
    ignore,
  }, async () => {
    await using state = await open();
    const identities = new IdentityStore(state, "edge");
    const store = new EdgeStore(state);
    await identities.enrol("a-joined", makeIdentityKey().publicKey, "pin");
    await identities.enrol("b-seen", makeIdentityKey().publicKey, "pin");
    await store.connected("b-seen", at);
    await identities.revoke("c-revoked", at);
    await identities.enrol("d-forgotten", makeIdentityKey().publicKey, "pin");
    await identities.forgetKey("d-forgotten");

    const never = { connectedAt: null, lastSeenAt: null, extensions: [], catalogSize: 0 };
    deepStrictEqual((await store.peers("", 10)).map((it) => ({ ...it })), [
      { peerId: "a-joined", ...never },
      { peerId: "b-seen", ...never, connectedAt: at, lastSeenAt: at },
      { peerId: "c-revoked", ...never },
    ]);
    strictEqual((await store.findPeer("a-joined"))?.connectedAt, null);
    strictEqual(await store.findPeer("d-forgotten"), undefined);
  });
}
