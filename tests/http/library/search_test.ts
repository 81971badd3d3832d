/** /api/search and /api/searches, over real rooms. @module */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { openChanges } from "../../../src/items/changes/changes.ts";
import { openSearch } from "../../../src/items/search/mod.ts";
import { openLibraryRig } from "./rig.ts";

function openRig(items = 0) {
  const rig = openLibraryRig({
    items,
    open: ({ db, publish }) => ({
      search: openSearch({
        db,
        publish,
        changes: openChanges({ db, publish }),
        isBusy: () => false,
      }),
    }),
  });
  while (rig.ports.search.indexSome(1000) > 0);
  return rig;
}

Deno.test("GET /api/search answers pages of items with their total, facets and highlights", async () => {
  using rig = openRig(30);
  const { title } = rig.db.get<{ title: string }>("SELECT title FROM items LIMIT 1")!;
  const word = title.split(/[^\p{L}\p{N}]+/u)[0]!;

  const first = await rig.ask("GET", `/api/search?limit=20&facets=kind&sort=title`);
  const second = await rig.ask(
    "GET",
    `/api/search/?limit=20&sort=title&cursor=${first.body.next_cursor}`,
  );
  const found = await rig.ask(
    "GET",
    `/api/search?q=${encodeURIComponent(word)}&fields=id,highlights`,
  );

  strictEqual(first.status, 200);
  deepStrictEqual([first.body.items.length, second.body.items.length], [20, 10]);
  deepStrictEqual(first.body.total, { value: 30, relation: "exactly" });
  deepStrictEqual(first.body.facets.values.kind, [{ value: "video", label: "video", count: 30 }]);
  strictEqual(second.body.next_cursor, null);
  deepStrictEqual(Object.keys(found.body.items[0]), ["id", "highlights"]);
  ok(found.body.items[0].highlights.some((it: { field: string }) => it.field === "title"));
  strictEqual(first.body.indexing, 0);
  const searched = async (q: string) =>
    (await rig.ask("GET", `/api/search?q=${encodeURIComponent(q)}&limit=1`)).body.searched;
  deepStrictEqual(await Promise.all(["a*", "al*"].map(searched)), [
    "beginnings of titles",
    "beginnings of titles",
  ]);
  deepStrictEqual(
    await Promise.all(["", "al", "alp*", "al* kind:video"].map(searched)),
    Array(4).fill("everything"),
  );
});

Deno.test("GET /api/search says what is wrong, and where", async () => {
  using rig = openRig();

  const wrong = await rig.ask("GET", "/api/search?q=alien%20colour:red");
  const unfinished = await rig.ask("GET", '/api/search?q="alien');
  const cursor = await rig.ask("GET", "/api/search?cursor=abc");

  deepStrictEqual([wrong.status, unfinished.status, cursor.status], [400, 400, 400]);
  match(wrong.body.detail, /at 7: there is no filter "colour"/);
});

Deno.test("GET /api/search/help tells the filters, orders and facets", async () => {
  using rig = openRig();

  const { body } = await rig.ask("GET", "/api/search/help");

  ok(body.filters.some((it: { name: string }) => it.name === "codec"));
  ok(body.sorts.length > 5 && body.facets.includes("tag"));
  for (const { name, example } of body.filters) {
    if (name === "field.KEY") continue; // of a field that somebody has made
    const { status, body } = await rig.ask("GET", `/api/search?q=${encodeURIComponent(example)}`);
    strictEqual(status, 200, `${example}: ${JSON.stringify(body)}`);
  }
});

Deno.test("a saved search is made, run, changed by version, and deleted", async () => {
  using rig = openRig(5);
  const { ask } = rig;

  const made = await ask("POST", "/api/searches", {
    name: "All",
    query: "kind:video",
    sort: "title",
  });
  const path = `/api/searches/${made.body.id}`;
  const items = await ask("GET", `${path}/items?limit=3`);
  const edited = await ask("PATCH", path, { query: "year:1990" }, { "if-match": made.etag! });
  const stale = await ask("PATCH", path, { name: "x" }, { "if-match": made.etag! });
  const again = await ask("POST", "/api/searches", { name: "All", query: "" });
  const wrong = await ask("POST", "/api/searches", { name: "Wrong", query: "colour:red" });
  const list = await ask("GET", "/api/searches/?fields=name,version");

  deepStrictEqual([made.status, made.etag], [201, '"1"']);
  deepStrictEqual([items.body.items.length, items.body.total.value], [3, 5]);
  deepStrictEqual([edited.status, edited.etag, edited.body.query], [200, '"2"', "year:1990"]);
  deepStrictEqual([stale.status, again.status, wrong.status], [412, 409, 400]);
  deepStrictEqual(list.body.items, [{ name: "All", version: 2 }]);
  strictEqual((await ask("DELETE", path, undefined, { "if-match": '"1"' })).status, 412);
  strictEqual((await ask("DELETE", path)).status, 204);
  strictEqual((await ask("GET", path)).status, 404);
  deepStrictEqual(rig.events.filter((it) => it === "search.changed").length, 3);
});
