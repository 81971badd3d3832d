/** Hashes in the state, and files that move between titles: on SQLite and on PostgreSQL. @module */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { unite } from "../../../src/edge/server/content/writer/store.ts";
import { HashStore } from "../../../src/edge/server/hashes/store.ts";
import { EdgeStore } from "../../../src/edge/server/store.ts";
import { engines } from "../engines.ts";

const MD5 = "0123456789abcdef0123456789abcdef";
const at = "2026-01-01T00:00:00.000Z";

for (const { name, ignore, open } of engines) {
  const openBoth = async () => {
    const state = await open();
    const store = new EdgeStore(state);
    for (const peerId of ["p", "q"]) await store.connected(peerId, at);
    const held = async (peerId: string, ...files: [string, number][]) => {
      const offered = files.map(([relativePath, sizeBytes]) => ({ relativePath, sizeBytes }));
      const ids = (await store.assign(peerId, offered)).map(({ catalogId }) => catalogId);
      await store.announce(peerId, ids);
      return ids;
    };
    return { state, store, hashes: new HashStore(state), held };
  };

  Deno.test(`${name}: what a peer that is not believed says of content joins nothing`, {
    ignore,
  }, async () => {
    const { state, store, hashes, held } = await openBoth();
    await using _ = state;
    await store.connected("liar", at, false);
    const [film = ""] = await held("p", ["film", 5]);
    const [claimed = ""] = await held("liar", ["z", 5]);
    await held("q", ["original", 5]);
    const saying = (catalogId: string, contentHash = MD5) => [
      { catalogId, title: "Film", container: "mp4", tracks: [], sizeBytes: 5, contentHash },
    ];
    await store.describe("p", saying(film));
    deepStrictEqual((await store.describe("liar", saying(claimed))).remaps, []);
    // Nor does it take a hash before the one that it belongs to has said it.
    const [first = ""] = await held("liar", ["y", 5]);
    await store.describe("liar", saying(first, MD5.replace("0", "f")));
    const [own = ""] = await held("p", ["another", 5]);
    await store.describe("p", saying(own, MD5.replace("0", "f")));

    const holders = async (id: string) =>
      (await store.findTitle(id))!.replicas.map(({ peerId }) => peerId);
    deepStrictEqual(await holders(film), ["p"]);
    deepStrictEqual(await holders(claimed), ["liar"]);
    deepStrictEqual(await holders(own), ["p"]);
    strictEqual((await store.findTitle(own))!.contentHash, MD5.replace("0", "f"));
    deepStrictEqual((await hashes.unmatched("liar", "", 9)).files, []);
    deepStrictEqual(await hashes.copies(claimed), []);
    strictEqual((await hashes.copies(film)).length, 1);
    // It has joined since.
    await store.connected("liar", at);
    strictEqual((await hashes.unmatched("liar", "", 9)).files.length, 2);
    strictEqual((await store.describe("liar", saying(claimed))).remaps[0]?.newCatalogId, film);
  });

  Deno.test(`${name}: files as long as another title are found, page by page`, {
    ignore,
  }, async () => {
    const { state, hashes, held } = await openBoth();
    await using _ = state;
    await held("p", ["a", 1], ["b", 2], ["c", 3], ["empty", 0]);
    await held("q", ["x", 1], ["y", 3], ["also empty", 0]);

    const found: string[] = [];
    for (let after = "";;) {
      const { files, last } = await hashes.unmatched("p", after, 2);
      found.push(...files.map(({ path }) => path));
      if (last === undefined) break;
      after = last;
    }

    deepStrictEqual(found.sort(), ["a", "c"]);
    deepStrictEqual((await hashes.unmatched("nobody", "", 2)).files, []);
  });

  Deno.test(`${name}: what was said of a file is kept while it is as long`, {
    ignore,
  }, async () => {
    const { state, store, hashes, held } = await openBoth();
    await using _ = state;
    const [id] = await held("p", ["a", 1]);
    const [file] = await hashes.copies(id!);
    deepStrictEqual([file!.md5, file!.askedAt], [undefined, undefined]);

    await hashes.keep(file!, undefined, 5);
    strictEqual((await hashes.copies(id!))[0]!.askedAt, 5);
    await hashes.keep(file!, MD5, 6);
    const [said] = await hashes.copies(id!);
    deepStrictEqual([said!.md5, said!.askedAt], [MD5, 6]);
    await hashes.keep({ ...file!, path: "none" }, MD5, 6);

    await store.assign("p", [{ relativePath: "a", sizeBytes: 2 }]);
    const [longer] = await hashes.copies(id!);
    deepStrictEqual([longer!.md5, longer!.sizeBytes], [undefined, 2]);
  });

  Deno.test(`${name}: a file goes to another title once, and the empty one goes`, {
    ignore,
  }, async () => {
    const { state, store, hashes, held } = await openBoth();
    await using _ = state;
    const [own] = await held("p", ["a", 1]);
    const [other] = await held("q", ["x", 1]);
    const [file] = await hashes.copies(own!);
    deepStrictEqual((await hashes.twins(file!)).map((it) => [it.titleId, it.isDescribed]), [
      [other, false],
    ]);

    const news = await unite(state, file!, other!);

    deepStrictEqual(news!.remaps, [{ oldCatalogId: own, newCatalogId: other }]);
    deepStrictEqual(news!.touched.toSorted(), [own, other].toSorted());
    strictEqual(await store.findTitle(own!), undefined);
    strictEqual((await store.findTitle(other!))!.replicas.length, 2);
    strictEqual(await unite(state, file!, other!), undefined, "it is there already");
    // Longer again: a title of its own, which its peer is told of.
    await store.assign("p", [{ relativePath: "a", sizeBytes: 9 }]);
    strictEqual((await store.findTitle(other!))!.replicas.length, 1);
    const [remap] = await store.pendingRemaps("p", 10);
    strictEqual((await store.findTitle(remap!.newCatalogId))!.sizeBytes, 9);
  });
}
