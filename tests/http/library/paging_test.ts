/** The rules of lists hold for every list: so many at a time, and no other list's cursor. @module */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { openRig } from "../rig.ts";
import { openWhole } from "./whole_rig.ts";

Deno.test("tags and people of an item come in pages", async () => {
  using rig = openWhole(1);
  for (const name of ["A", "B", "C"]) {
    const tag = await rig.ask("POST", "/api/tags/", { name });
    await rig.ask("PUT", `/api/items/i-0/tags/${tag.body.id}`);
    const person = await rig.ask("POST", "/api/people/", { name });
    const path = `/api/items/i-0/people/${person.body.id}`;
    for (const role of ["actor", "writer"]) await rig.ask("PUT", path, { role, position: 1 });
  }

  for (const [list, count] of [["tags", 3], ["people", 6]] as const) {
    const all = await rig.ask("GET", `/api/items/i-0/${list}`);
    const pages = [];
    for (let cursor = ""; cursor !== "end";) {
      const { body } = await rig.ask("GET", `/api/items/i-0/${list}?limit=1${cursor}`);
      pages.push(...body.items);
      ok(body.items.length === 1 && pages.length <= count, list);
      cursor = body.next_cursor === null ? "end" : `&cursor=${body.next_cursor}`;
    }
    strictEqual(pages.length, count);
    deepStrictEqual(pages, all.body.items);
  }
});

Deno.test("a cursor of one list is refused by another, and one that was never given by all", async () => {
  using rig = openRig();
  using library = openWhole(3);
  const first = await library.ask("GET", "/api/items/?limit=1");
  const { paths } = await (await rig.get("/api/schema/")).json();
  const lists = Object.entries<Record<string, { parameters?: { name: string }[] }>>(paths)
    .filter(([, { get }]) => get?.parameters?.some(({ name }) => name === "cursor"))
    .map(([path]) => path);

  ok(lists.length > 25, `${lists.length}`);
  for (const path of [...lists, "/api/media/{id}/screenshots"]) {
    const url = path.replaceAll(/\{\w+\}/g, "x").replace(/\/$/, "");
    for (const cursor of ["zz", first.body.next_cursor]) {
      if (url === "/api/items" && cursor !== "zz") continue;
      const answer = await rig.get(`${url}?cursor=${cursor}`);
      const { field } = await answer.json();
      deepStrictEqual([answer.status, field], [400, "cursor"], `${path} ${cursor}`);
    }
  }
  const second = await library.ask("GET", `/api/items/?limit=1&cursor=${first.body.next_cursor}`);
  strictEqual(second.body.items.length, 1);
  ok(second.body.items[0].id !== first.body.items[0].id);
});
