/**
 * What shows of a catalogue to somebody who may not see every peer's copies: on both engines.
 *
 * @module
 */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { InvalidError, UnavailableError } from "../../src/base/errors.ts";
import { silent } from "../../src/base/log.ts";
import { openEdge, type Sees } from "../../src/edge/mod.ts";
import { EdgeStore } from "../../src/edge/server/store.ts";
import { seenPage } from "../../src/edge/sight/mod.ts";
import { engines } from "./engines.ts";

const only = (...peers: string[]): Sees => (titles) =>
  Promise.resolve(
    new Map(titles.map((it) => [it.catalogId, it.peerIds.filter((id) => peers.includes(id))])),
  );

/** A file that a peer has; with a content, it is also described by that name. */
async function hold(store: EdgeStore, peerId: string, path: string, content = "", title = "") {
  const [file] = await store.assign(peerId, [{ relativePath: path, sizeBytes: 5 }]);
  const { catalogId } = file!;
  await store.announce(peerId, [catalogId]);
  if (!content) return;
  const contentHash = content.repeat(32);
  const said = { catalogId, title, container: "mp4", tracks: [], sizeBytes: 5, contentHash };
  await store.describe(peerId, [said]);
}

for (const { name, ignore, open } of engines) {
  Deno.test(`${name}: names, order, search and cursors are of peers that are seen`, {
    ignore,
  }, async () => {
    await using state = await open();
    const store = new EdgeStore(state);
    for (const id of ["hidden", "shared"]) await store.connected(id, "2026-01-01T00:00:00.000Z");
    await hold(store, "hidden", "a.mp4", "a", "Aardvark secret");
    await hold(store, "shared", "z.mp4", "a", "Zebra");
    await hold(store, "hidden", "m.mp4", "b", "Middle secret");
    await hold(store, "shared", "Moose.mp4");
    await hold(store, "shared", "both.mp4", "c", "Same");
    await hold(store, "hidden", "elk secret.mp4", "c", "Same");
    const edge = openEdge({ state, publish: () => {}, log: silent, edgeId: "e" });
    const all = async (request: Partial<Parameters<typeof edge.catalog>[0]>) => {
      const [titles, cursors]: [string[], string[]] = [[], []];
      for (let cursor: string | undefined;;) {
        const page = await edge.catalog({ limit: 1, ...request, cursor });
        titles.push(...page.items.map(({ title }) => title));
        if (page.nextCursor === undefined) return { titles, cursors };
        cursors.push(cursor = page.nextCursor);
      }
    };
    const sees = only("shared");

    deepStrictEqual((await all({})).titles, ["Aardvark secret", "Middle secret", "Moose", "Same"]);
    const { titles, cursors } = await all({ sees });
    deepStrictEqual(titles, ["Moose", "Same", "Zebra"]);
    deepStrictEqual((await all({ sees, limit: 9 })).titles, titles);
    deepStrictEqual((await all({ sees: only("hidden") })).titles, [
      "Aardvark secret",
      "Middle secret",
      "Same",
    ]);
    for (const cursor of [...cursors, ...(await all({})).cursors]) {
      const bytes = Uint8Array.fromBase64(cursor, { alphabet: "base64url" });
      ok(!/secret|zebra|moose|shared/i.test(new TextDecoder("latin1").decode(bytes)));
    }
    const found = async (query: string) => (await all({ query, sees })).titles;
    deepStrictEqual(await found("secret"), []);
    deepStrictEqual(await found("ZEBRA"), ["Zebra"]);
    deepStrictEqual((await all({ query: "secret" })).titles, ["Aardvark secret", "Middle secret"]);
    const words = async (query: string, sees?: Sees) => (await all({ query, sees })).titles;
    deepStrictEqual(await words(" CRET  ddl\t"), ["Middle secret"]);
    deepStrictEqual(await words("secret zebra"), []);
    deepStrictEqual(await words("zeb ra", sees), ["Zebra"]);
    deepStrictEqual(await words("a secret", only("hidden")), ["Aardvark secret"]);
    deepStrictEqual(await words("%"), []);
    deepStrictEqual(await words(" \0"), await words(""));

    const [first] = (await edge.catalog({ limit: 1 })).items;
    const id = first!.catalogId;
    strictEqual((await edge.findTitle(id, sees))?.title, "Zebra");
    strictEqual((await edge.findTitle(id, only()))?.title, id);
    const never = new AbortController().signal;
    const play = edge.openStream({ catalogId: id, peerIds: ["shared"], title: "Zebra" }, never);
    await rejects(
      play,
      (error: Error) =>
        error instanceof UnavailableError && /"Zebra"/.test(error.message) &&
        !/secret|hidden/.test(error.message),
    );
    const other = openEdge({ state, publish: () => {}, log: silent, edgeId: "f" });
    strictEqual((await other.catalog({ limit: 9, cursor: cursors[0], sees })).items.length, 2);
    const forged = btoa(JSON.stringify(["", "", "", ""]));
    await rejects(edge.catalog({ limit: 1, cursor: forged, sees }), InvalidError);
  });
}

for (const { name, ignore, open } of engines) {
  Deno.test(`${name}: rules may speak of what is known`, {
    ignore,
  }, async () => {
    await using state = await open();
    const store = new EdgeStore(state);
    await store.connected("alpha", "2026-01-01T00:00:00.000Z");
    const paths = Array.from({ length: 5500 }, (_, n) => ({
      relativePath: `${String(n).padStart(4, "0")}.mp4`,
      sizeBytes: 5,
    }));
    const catalogId = (await store.assign("alpha", paths)).at(-1)!.catalogId;
    const tell = async (...paths: string[]) => {
      const tags = { paths, isComplete: true };
      await store.describe("alpha", [
        { catalogId, title: "Last", container: "mp4", tracks: [], sizeBytes: 5, tags },
      ]);
    };
    await tell("genre/film-noir");
    const edge = openEdge({ state, publish: () => {}, log: silent, edgeId: "e" });
    await edge.identities.revoke("banned");
    const knows = async (kind: "all" | "peer" | "tag" | "title", ...values: string[]) =>
      await Array.fromAsync(values, (value) => edge.knows({ kind, value }));

    deepStrictEqual(await knows("tag", "genre"), [false], "it is not announced");
    await store.announce("alpha", [catalogId]);
    const tags = ["genre", "genre/film-noir", "film-noir", "genre/film", "gen%", "genre/film_noir"];
    deepStrictEqual(await knows("tag", ...tags), [true, true, false, false, false, false]);
    deepStrictEqual(await knows("peer", "alpha", "banned", "beta"), [true, true, false]);
    deepStrictEqual(await knows("title", catalogId, "c-9", "\0"), [true, false, false]);
    deepStrictEqual(await knows("all", ""), [true]);
  });
}

Deno.test("a page ends, though nothing of a large catalogue is seen", async () => {
  let asked = 0;
  const row = (n: number) => ({
    sortTitle: String(n).padStart(9, "0"),
    catalogId: `c-${n}`,
    peerId: "p",
    relativePath: "x",
  });
  const port = {
    names: (after: { sortTitle: string }, limit: number) => {
      asked += limit;
      const from = Number(after.sortTitle);
      const rows = Array.from({ length: limit }, (_, n) => row(from + n + 1));
      return Promise.resolve({ rows, next: rows.at(-1)! });
    },
    titlesOf: () => Promise.resolve([]),
  };

  const page = await seenPage(port, { after: row(0), count: 5, words: [] }, only("p"));

  deepStrictEqual(page, { found: [], next: row(asked) });
  ok(asked <= 10_000, String(asked));
});
