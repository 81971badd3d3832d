/** The history is told in REST's words. @module */
import { deepStrictEqual, ok } from "node:assert/strict";
import { openWhole } from "./whole_rig.ts";

Deno.test("the history has names in snake_case, ratings in stars, and names of people as they are", async () => {
  using rig = openWhole(1);
  const person = await rig.ask("POST", "/api/people/", { name: "Hedy" });
  const credit = { role: "actor", "credited_as": "Tondelayo" };
  await rig.ask("PUT", `/api/items/i-0/people/${person.body.id}`, credit);
  await rig.ask("PUT", "/api/ratings/items/i-0?user=miaMaria", { stars: 4.5 });
  const tag = await rig.ask("POST", "/api/tags/", { name: "Noir" });
  const note = await rig.ask("POST", "/api/notes/", { "item_id": "i-0", text: "good" });

  const { items } = (await rig.ask("GET", "/api/changes/")).body;

  const of = (entity: string) => items.find((it: { entity: string }) => it.entity === entity);
  deepStrictEqual(of("item.people").after.people, [
    { "person_id": person.body.id, role: "actor", "credited_as": "Tondelayo", position: 0 },
  ]);
  deepStrictEqual([of("item.rating").before, of("item.rating").after], [
    { miaMaria: null },
    { miaMaria: 4.5 },
  ]);
  ok("parent_id" in of("tag").after && tag.status === 201);
  deepStrictEqual(Object.keys(of("item.note").after[note.body.id]), ["user", "text", "created_at"]);
  const names = (value: unknown): string[] =>
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([name, it]) => [name, ...names(it)])
      : [];
  deepStrictEqual(names(items).filter((it) => /[A-Z]/.test(it) && it !== "miaMaria"), []);
});
