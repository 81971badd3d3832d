/** Titles are found and sorted whatever accents they have: in SQLite and in PostgreSQL. @module */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { silent } from "../../src/base/log.ts";
import type { State } from "../../src/db/mod.ts";
import { openEdge } from "../../src/edge/mod.ts";
import { EdgeStore } from "../../src/edge/server/store.ts";
import { makeNamesPlain } from "../../src/edge/sight/mod.ts";
import { engines } from "./engines.ts";
import { grpcTest, startEdge, until } from "./rig.ts";

/** Two described, and one that is called as its path says; all announced. */
async function openCatalogue(state: State) {
  const store = new EdgeStore(state);
  await store.connected("p", "2026-01-01T00:00:00.000Z");
  const names = { "1.mp4": "Amélie", "2.mp4": "Zoo", "Élan.mp4": undefined };
  const files = await store.assign(
    "p",
    Object.keys(names).map((relativePath) => ({ relativePath, sizeBytes: 1 })),
  );
  const words = { container: "mp4", tracks: [], sizeBytes: 1 };
  await store.describe(
    "p",
    files.flatMap(({ relativePath, catalogId }) => {
      const title = names[relativePath as keyof typeof names];
      return title === undefined ? [] : [{ ...words, catalogId, title }];
    }),
  );
  await store.announce("p", files.map(({ catalogId }) => catalogId));
  const edge = openEdge({ state, publish: () => {}, log: silent, edgeId: "e" });
  const sees = (all: readonly { catalogId: string; peerIds: readonly string[] }[]) =>
    Promise.resolve(new Map(all.map(({ catalogId, peerIds }) => [catalogId, peerIds])));
  /** For whoever sees all, and for whoever sees what is shared with them: titles and copies. */
  const found = async (query: string) => {
    const all = await edge.catalog({ limit: 9, query });
    const seen = await edge.catalog({ limit: 9, query, sees });
    const titles = all.items.map(({ title }) => title);
    deepStrictEqual(seen.items.map(({ title }) => title), titles);
    return titles;
  };
  return { edge, found };
}

for (const { name, ignore, open } of engines) {
  Deno.test(`${name}: titles are found and sorted whatever accents they have`, {
    ignore,
  }, async () => {
    await using state = await open();
    const { found } = await openCatalogue(state);

    for (const query of ["amelie", "AMÉLIE", "ame\u0301l"]) {
      deepStrictEqual(await found(query), ["Amélie"], query);
    }
    deepStrictEqual(await found("elan"), ["Élan"]);
    deepStrictEqual(await found("\u0301"), [], "an accent alone is in no name");
    deepStrictEqual(await found(""), ["Amélie", "Élan", "Zoo"]);
  });

  Deno.test(`${name}: a subscription waits for words whatever accents they have`, {
    ignore,
  }, async () => {
    await using state = await open();
    const { edge } = await openCatalogue(state);
    const { subscriptions } = edge;
    const wait = (query: string) => subscriptions.create({ owner: "me", query });
    const asked = await Promise.all(["amélie", "AMELIE", "\u0301"].map(wait));
    const item = (await edge.catalog({ limit: 1, query: "amelie" })).items[0]!;

    const { catalogId, title } = item;
    await subscriptions.match([{ catalogId, title, sortTitle: "amelie", peerIds: ["p"] }]);

    const after = await Promise.all(asked.map(({ id }) => subscriptions.find(id)));
    deepStrictEqual(after.map(({ matchedAt }) => matchedAt !== undefined), [true, true, false]);
  });

  Deno.test(`${name}: names that were kept with their accents are written anew, once`, {
    ...grpcTest,
    ignore,
  }, async () => {
    await using state = await open();
    const { found } = await openCatalogue(state);
    const asBefore = async () => {
      await state.run("UPDATE titles SET sort_title = 'amélie' WHERE title = 'Amélie'");
      await state.run("UPDATE titles SET sort_title = 'Élan' WHERE title = 'Élan'");
      await state.run("UPDATE replicas SET sort_title = 'amélie' WHERE relative_path = '1.mp4'");
      await state.run("UPDATE replicas SET sort_title = 'Élan.mp4' WHERE title IS NULL");
    };
    await asBefore();
    deepStrictEqual(await found("elan"), []);

    await makeNamesPlain(state, silent, AbortSignal.abort());
    deepStrictEqual(await found("elan"), []);
    await using _edge = await startEdge({ state });
    await until(() => state.get("SELECT 1 FROM edge_facts WHERE name = 'plain_names'"));
    deepStrictEqual(await found("amelie"), ["Amélie"]);
    deepStrictEqual(await found(""), ["Amélie", "Élan", "Zoo"]);

    await asBefore();
    await makeNamesPlain(state, silent, new AbortController().signal);
    strictEqual((await found("elan")).length, 0, "a second look would be for nothing");
  });
}
