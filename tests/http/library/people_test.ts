import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { openChanges } from "../../../src/items/changes/changes.ts";
import { openCollections } from "../../../src/items/collections/mod.ts";
import { openPeople } from "../../../src/items/people/mod.ts";
import { openLibraryRig } from "./rig.ts";

const openRig = (items = 0) =>
  openLibraryRig({
    items,
    open: (deps) => {
      const changes = openChanges(deps);
      return {
        people: openPeople({ ...deps, changes }),
        collections: openCollections({ ...deps, changes }),
      };
    },
  });

Deno.test("a person is added, found, credited, merged and deleted over REST", async () => {
  using rig = openRig(2);
  const hedy = await rig.ask("POST", "/api/people/", { name: "Hedy Lamarr" });
  const other = await rig.ask("POST", "/api/people/", { name: "Hedwig Kiesler" });
  const path = `/api/people/${hedy.body.id}`;

  const twice = await rig.ask("POST", "/api/people/", { name: "hédy  LAMARR" });
  const alias = await rig.ask("POST", `${path}/aliases`, { alias: "Hedwig Kiesler" });
  const put = await rig.ask("PUT", `/api/items/i-0/people/${other.body.id}`, {
    role: "actor",
    credited_as: "Tondelayo",
  });
  const merged = await rig.ask("POST", `/api/people/${other.body.id}/merge`, {
    into: hedy.body.id,
  });
  const stale = await rig.ask("PATCH", path, { notes: "x" }, { "if-match": hedy.etag! });
  const edited = await rig.ask("PATCH", path, { notes: "x" }, { "if-match": merged.etag! });
  const found = await rig.ask("GET", "/api/people/?q=kies&fields=name,aliases");
  const credits = await rig.ask("GET", "/api/items/i-0/people");
  const items = await rig.ask("GET", `${path}/items`);
  const unlinked = await rig.ask(
    "DELETE",
    `/api/items/i-0/people/${hedy.body.id}?role=director`,
  );
  const dropped = await rig.ask("DELETE", `${path}/aliases/hedwig%20kiesler`);
  const gone = await rig.ask("DELETE", path);

  deepStrictEqual([twice.status, twice.body.person_id], [409, hedy.body.id]);
  deepStrictEqual([alias.status, alias.body.offer], [409, "merge"]);
  deepStrictEqual([put.status, merged.body.item_count, stale.status], [204, 1, 412]);
  strictEqual(edited.body.notes, "x");
  deepStrictEqual(found.body.items, [{ name: "Hedy Lamarr", aliases: ["Hedwig Kiesler"] }]);
  deepStrictEqual(credits.body.items, [{
    person_id: hedy.body.id,
    name: "Hedy Lamarr",
    role: "actor",
    credited_as: "Tondelayo",
    position: 0,
  }]);
  strictEqual(items.body.items[0].item_id, "i-0");
  deepStrictEqual([unlinked, dropped, gone].map((it) => it.status), [204, 204, 204]);
  deepStrictEqual((await rig.ask("GET", "/api/items/i-0/people")).body.items, []);
});

Deno.test("a collection keeps an order over REST, page by page", async () => {
  using rig = openRig(4);
  const made = await rig.ask("POST", "/api/collections/", { name: "Alien" });
  const path = `/api/collections/${made.body.id}`;
  const ids = ["i-0", "i-1", "i-2", "i-3"];

  const added = await rig.ask("POST", `${path}/items`, { item_ids: [...ids, "none"] });
  const moved = await rig.ask("POST", `${path}/items/i-3/move`, { before: "i-0" });
  const both = await rig.ask("POST", `${path}/items/i-3/move`, { before: "i-0", after: "i-1" });
  const first = await rig.ask("GET", `${path}/items?limit=3`);
  const second = await rig.ask("GET", `${path}/items?limit=3&cursor=${first.body.next_cursor}`);
  await rig.ask("DELETE", `${path}/items`, { item_ids: ["i-0"] });
  const listed = await rig.ask("GET", "/api/collections/?kind=collection&fields=name,item_count");
  const stale = await rig.ask("DELETE", path, undefined, { "if-match": made.etag! });
  const gone = await rig.ask("DELETE", path);

  deepStrictEqual(added.body, { linked: 4, unchanged: 0, not_found: ["none"] });
  deepStrictEqual([moved.status, both.status], [200, 400]);
  const seen = [...first.body.items, ...second.body.items];
  deepStrictEqual(seen.map((it) => it.item_id), ["i-3", "i-0", "i-1", "i-2"]);
  deepStrictEqual(listed.body.items, [{ name: "Alien", item_count: 3 }]);
  deepStrictEqual([stale.status, gone.status], [412, 204]);
});

Deno.test("series are listed with their episodes", async () => {
  using rig = openRig(3);
  for (const [id, season] of [["i-0", 2], ["i-1", 1], ["i-2", null]] as const) {
    rig.db.run("UPDATE items SET series = 'A/B & C', season = ? WHERE id = ?", season, id);
  }

  const series = await rig.ask("GET", "/api/collections/series");
  const path = `/api/collections/series/${encodeURIComponent("A/B & C")}/episodes`;
  const first = await rig.ask("GET", `${path}?limit=2`);
  const rest = await rig.ask("GET", `${path}?limit=2&cursor=${first.body.next_cursor}`);

  deepStrictEqual([series.body.items[0].name, series.body.items[0].items], ["A/B & C", 3]);
  const seen = [...first.body.items, ...rest.body.items];
  deepStrictEqual(seen.map((it) => it.item_id), ["i-1", "i-0", "i-2"]);
});
