/** An item that was deleted is nowhere, until an undo brings all of it back. @module */
import { deepStrictEqual } from "node:assert/strict";
import { openWhole } from "./whole_rig.ts";

Deno.test("a deleted item is in no collection, no person's credits, no count, and its notes are gone", async () => {
  using rig = openWhole(2);
  const tag = (await rig.ask("POST", "/api/tags/", { name: "Noir" })).body.id;
  const person = (await rig.ask("POST", "/api/people/", { name: "Hedy" })).body.id;
  const list = (await rig.ask("POST", "/api/collections/", { name: "Best" })).body.id;
  const ids = { "item_ids": ["i-0", "i-1"] };
  await rig.ask("POST", `/api/tags/${tag}/items`, ids);
  await rig.ask("POST", `/api/collections/${list}/items`, ids);
  for (const id of ids.item_ids) {
    await rig.ask("PUT", `/api/items/${id}/people/${person}`, { role: "actor" });
  }
  const note = (await rig.ask("POST", "/api/notes/", { "item_id": "i-0", text: "x" })).body.id;
  const shown = async () => {
    const count = async (path: string) => (await rig.ask("GET", path)).body.items.length;
    const counted = async (path: string) => (await rig.ask("GET", path)).body.item_count;
    return [
      await count(`/api/collections/${list}/items`),
      await count(`/api/people/${person}/items`),
      await counted(`/api/collections/${list}`),
      await counted(`/api/people/${person}`),
      await counted(`/api/tags/${tag}`),
      (await rig.ask("GET", `/api/notes/${note}`)).status,
      (await rig.ask("PATCH", `/api/notes/${note}`, { text: `${Math.random()}` })).status,
    ];
  };

  const before = await shown();
  await rig.ask("DELETE", "/api/items/i-0");
  const without = await shown();
  const { body } = await rig.ask("GET", "/api/changes/?entity=item&entity_id=i-0&limit=1");
  await rig.ask("POST", `/api/changes/${body.items[0].batch}/undo`);
  const again = await shown();

  deepStrictEqual(before, [2, 2, 2, 2, 2, 200, 200]);
  deepStrictEqual(without, [1, 1, 1, 1, 1, 404, 404]);
  deepStrictEqual(again, before);
});

Deno.test("a tag of a deleted item can be taken away, and is counted right when it is back", async () => {
  using rig = openWhole(2);
  const tag = (await rig.ask("POST", "/api/tags/", { name: "Noir" })).body.id;
  await rig.ask("POST", `/api/tags/${tag}/items`, { "item_ids": ["i-0", "i-1"] });
  await rig.ask("DELETE", "/api/items/i-0");
  const count = () => rig.db.get("SELECT items FROM tags")?.items;

  rig.db.run("DELETE FROM item_tags WHERE item_id = 'i-0'");
  const one = count();
  rig.db.run("INSERT INTO item_tags VALUES ('i-0', ?)", tag);
  const same = count();
  rig.db.run("UPDATE items SET deleted_at = NULL");

  deepStrictEqual([one, same, count()], [1, 1, 2]);
});
