/** What all resources of the library refuse alike. @module */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { once } from "node:events";
import { ConflictError } from "../../../src/base/errors.ts";
import { openChanges } from "../../../src/items/changes/changes.ts";
import { openCollections } from "../../../src/items/collections/mod.ts";
import { openPeople } from "../../../src/items/people/mod.ts";
import { openTags } from "../../../src/items/tags/mod.ts";
import { sealOf, toCursor } from "../../../src/http/lists/cursors.ts";
import { at, openRig as openApiRig } from "../rig.ts";
import { serveItems } from "./items_rig.ts";
import { openLibraryRig } from "./rig.ts";

const openRig = (items = 0) =>
  openLibraryRig({
    items,
    open: (deps) => {
      const changes = openChanges(deps);
      const all = { ...deps, changes };
      return {
        changes,
        tags: openTags(all),
        people: openPeople(all),
        collections: openCollections(all),
      };
    },
  });

Deno.test("items and series of the longest names are turned page by page to the end", async () => {
  await using it = await serveItems();
  for (let index = 0; index < 3; index++) {
    const fields = { title: `${"Ж".repeat(498)}${index}`, series: `${"Ы".repeat(298)}${index}` };
    strictEqual((await it.ask("POST", "/api/items/", fields)).status, 201);
  }
  using rig = openRig(3);
  rig.db.all("SELECT id FROM items").forEach((_, index) =>
    rig.db.run("UPDATE items SET series = ? WHERE id = ?", "Ы".repeat(298) + index, `i-${index}`)
  );

  const titles: string[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const page = await it.ask("GET", `/api/items/?limit=1${cursor && `&cursor=${cursor}`}`);
    strictEqual(page.status, 200, page.body.detail);
    titles.push(...page.body.items.map(({ title }: { title: string }) => title));
    cursor = page.body.next_cursor;
  }
  const names: string[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const query = `limit=1${cursor && `&cursor=${cursor}`}`;
    const page = await rig.ask("GET", `/api/collections/series/?${query}`);
    strictEqual(page.status, 200, page.body.detail);
    names.push(...page.body.items.map(({ name }: { name: string }) => name));
    cursor = page.body.next_cursor;
  }

  deepStrictEqual(titles.map((title) => title.at(-1)), ["0", "1", "2"]);
  deepStrictEqual(names.map((name) => name.at(-1)), ["0", "1", "2"]);
});

Deno.test("a cursor that is none of the list's is refused by name, an empty one too", async () => {
  using rig = openRig(2);
  rig.db.run("UPDATE items SET series = 'Twin Peaks'");
  const collection = (await rig.ask("POST", "/api/collections/", { name: "A" })).body.id;
  const person = (await rig.ask("POST", "/api/people/", { name: "Hedy" })).body.id;

  for (
    const path of [
      "/api/changes/",
      `/api/collections/${collection}/items`,
      "/api/collections/series/Twin%20Peaks/episodes",
      `/api/people/${person}/items`,
    ]
  ) {
    for (
      const cursor of ["", "!!!", "_____w", toCursor("x"), toCursor("NaN\nx"), toCursor("[null]")]
    ) {
      for (const sealed of [cursor, cursor + sealOf(path.replace(/\/$/, ""))]) {
        const { status, body } = await rig.ask("GET", `${path}?cursor=${sealed}`);
        deepStrictEqual([status, body.field], [400, "cursor"], `${path} ${sealed}`);
      }
    }
  }
  const bytes = await rig.ask("GET", `/api/tags/?cursor=_____w${sealOf("/api/tags")}`);
  deepStrictEqual([bytes.status, bytes.body.field], [400, "cursor"]);
});

Deno.test("names that every object has are no fields", async () => {
  using rig = openRig();
  await rig.ask("POST", "/api/tags/", { name: "Noir" });

  for (const name of ["toString", "__proto__", "constructor", "nope"]) {
    const { status, body } = await rig.ask("GET", `/api/tags/?fields=name,${name}`);
    deepStrictEqual([status, body.field], [400, "fields"], name);
  }
});

Deno.test("a body that is left out is refused: it does not mean nothing, nor all", async () => {
  await using it = await serveItems();
  const { body } = await it.ask("POST", "/api/items/", { title: "Heat", year: 1995 });
  let emptied = 0;
  using trash = openLibraryRig({
    open: () => ({
      trash: { empty: () => Promise.resolve({ files: ++emptied, bytes: 0, failed: [] }) },
    }),
  });

  const replaced = await it.ask("PUT", `/api/items/${body.id}`);
  const after = await it.ask("GET", `/api/items/${body.id}`);
  const empty = await trash.ask("POST", "/api/trash/empty");
  const said = await trash.ask("POST", "/api/trash/empty", {});

  deepStrictEqual([replaced.status, after.body.year, after.body.version], [415, 1995, 2]);
  ok(replaced.body.detail.includes("application/json"), replaced.body.detail);
  deepStrictEqual([empty.status, said.status, said.body.files], [415, 200, 1]);
});

Deno.test("a field that nobody knows is refused by name", async () => {
  using rig = openRig(1);
  const tag = (await rig.ask("POST", "/api/tags/", { name: "Noir" })).body.id;
  const person = (await rig.ask("POST", "/api/people/", { name: "Hedy" })).body.id;

  const calls: [string, string, object][] = [
    ["POST", "/api/tags/", { name: "Drama" }],
    ["PATCH", `/api/tags/${tag}`, { name: "Drama" }],
    ["POST", `/api/tags/${tag}/move`, { parent_id: null }],
    ["POST", `/api/tags/${tag}/synonyms`, { name: "Dark" }],
    ["POST", `/api/tags/${tag}/items`, { item_ids: ["i-0"] }],
    ["POST", "/api/tag-groups/", { name: "Quality" }],
    ["POST", "/api/people/", { name: "Ana" }],
    ["PATCH", `/api/people/${person}`, { name: "Ana" }],
    ["POST", `/api/people/${person}/aliases`, { alias: "Ana" }],
    ["PUT", `/api/items/i-0/people/${person}`, { role: "actor" }],
    ["POST", "/api/collections/", { name: "A" }],
    ["POST", "/api/ingest/plans/", { sources: ["/a"], target: "/b" }],
  ];
  for (const [method, path, body] of calls) {
    const answer = await rig.ask(method, path, { ...body, naem: "x" });
    deepStrictEqual([answer.status, answer.body.field], [400, "naem"], `${method} ${path}`);
  }
});

Deno.test("a parameter that nobody knows is refused where something would change", async () => {
  using rig = openRig();

  const wrong = await rig.ask("POST", "/api/tags/?usr=mia", { name: "Noir" });
  const tags = await rig.ask("GET", "/api/tags/?usr=mia");
  const right = await rig.ask("POST", "/api/tags/?user=mia&token=x", { name: "Noir" });

  deepStrictEqual([wrong.status, wrong.body.field], [400, "usr"]);
  deepStrictEqual([tags.status, tags.body.items], [200, []]);
  strictEqual(right.status, 201);
});

Deno.test("what belongs to an item that is not there, or was deleted, is not found", async () => {
  using rig = openRig(2);
  const tag = (await rig.ask("POST", "/api/tags/", { name: "Noir" })).body.id;
  const person = (await rig.ask("POST", "/api/people/", { name: "Hedy" })).body.id;
  const collection = (await rig.ask("POST", "/api/collections/", { name: "A" })).body.id;
  rig.db.run("UPDATE items SET deleted_at = '2026-01-01T00:00:00.000Z' WHERE id = 'i-1'");

  for (const id of ["nope", "i-1"]) {
    const calls = [
      await rig.ask("GET", `/api/items/${id}/tags`),
      await rig.ask("GET", `/api/items/${id}/people`),
      await rig.ask("PUT", `/api/items/${id}/tags/${tag}`),
      await rig.ask("PUT", `/api/items/${id}/people/${person}`, { role: "actor" }),
    ];
    const many = await rig.ask("POST", `/api/tags/${tag}/items`, { item_ids: [id] });
    const placed = await rig.ask("POST", `/api/collections/${collection}/items`, {
      item_ids: [id],
    });

    deepStrictEqual(calls.map((it) => it.status), [404, 404, 404, 404], id);
    deepStrictEqual([many.body.not_found, placed.body.not_found], [[id], [id]]);
  }
  const series = await rig.ask("GET", "/api/collections/series/nope/episodes");
  strictEqual(series.status, 404);
});

Deno.test("what a problem tells of has names like all the rest", async () => {
  const refuse = () => {
    throw new ConflictError("Cannot do it: not now", { itemId: "i-1", changedFields: ["year"] });
  };
  using rig = openLibraryRig({ open: () => ({ assets: { find: refuse } }) });

  const { status, body } = await rig.ask("GET", "/api/assets/x");

  deepStrictEqual([status, body.item_id, body.changed_fields], [409, "i-1", ["year"]]);
});

Deno.test("HEAD lets go of what GET would have read from", async () => {
  let isLeft = false;
  using rig = openApiRig({
    ports: {
      events: {
        // deno-lint-ignore require-yield
        async *listen(signal: AbortSignal) {
          if (!signal.aborted) await once(signal, "abort");
          isLeft = true;
        },
      } as never,
    },
  });

  const response = await rig.api.request(at("/api/events"), { method: "HEAD" });
  for (let turn = 0; turn < 100 && !isLeft; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }

  deepStrictEqual([response.status, response.body, isLeft], [200, null, true]);
});
