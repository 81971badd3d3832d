import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { openChanges } from "../../../src/items/changes/changes.ts";
import { openTags } from "../../../src/items/tags/mod.ts";
import { openLibraryRig } from "./rig.ts";

const openRig = (items = 0) =>
  openLibraryRig({
    items,
    open: (deps) => {
      const changes = openChanges(deps);
      return { changes, tags: openTags({ ...deps, changes }) };
    },
  });

Deno.test("a tag is made, renamed, moved, merged and deleted over REST", async () => {
  using rig = openRig(2);

  const made = await rig.ask("POST", "/api/tags/?user=mia", { name: "Noir" });
  const deep = await rig.ask("POST", "/api/tags/", { path: "Genre/Drama" });
  const stale = await rig.ask("PATCH", `/api/tags/${made.body.id}`, { name: "x" }, {
    "if-match": '"9"',
  });
  const renamed = await rig.ask("PATCH", `/api/tags/${made.body.id}`, { name: "Film Noir" }, {
    "if-match": made.etag!,
  });
  const moved = await rig.ask("POST", `/api/tags/${made.body.id}/move`, { parent_path: "genre" });
  const linked = await rig.ask("POST", `/api/tags/${made.body.id}/items`, {
    item_ids: ["i-0", "i-1", "i-9"],
  });
  const merged = await rig.ask("POST", `/api/tags/${made.body.id}/merge`, { into: deep.body.id });
  const kept = await rig.ask("DELETE", `/api/tags/${deep.body.parent_id}`);
  const gone = await rig.ask("DELETE", `/api/tags/${deep.body.parent_id}?recursive=true`);
  const after = await rig.ask("GET", `/api/tags/${deep.body.id}`);

  deepStrictEqual([made.status, made.etag, made.body.path], [201, '"1"', "noir"]);
  strictEqual(stale.status, 412);
  deepStrictEqual([renamed.etag, renamed.body.slug], ['"2"', "film-noir"]);
  strictEqual(moved.body.path, "genre/film-noir");
  deepStrictEqual(linked.body, { linked: 2, unchanged: 0, not_found: ["i-9"] });
  deepStrictEqual([merged.body.item_count, merged.body.synonyms], [2, ["Film Noir"]]);
  deepStrictEqual([kept.status, kept.body.children, gone.status], [409, 1, 204]);
  strictEqual(after.status, 404);
  strictEqual(rig.db.get("SELECT user FROM changes ORDER BY id")?.user, "mia");
});

Deno.test("a tag that is asked for by its path is made, or was there", async () => {
  using rig = openRig();
  const post = async (path: string) => await rig.ask("POST", "/api/tags/", { path });

  const made = await post("Genre/Drama");
  const again = await post("genre / DRAMA");
  const above = await post("genre");
  const below = await post("genre/drama/Noir");

  deepStrictEqual([made, again, above, below].map(({ status }) => status), [201, 200, 200, 201]);
  deepStrictEqual([again.body.id, above.body.id], [made.body.id, made.body.parent_id]);
});

Deno.test("tags are listed page by page, and only the fields that are asked for", async () => {
  using rig = openRig();
  for (const path of ["a/b", "a/c", "d"]) await rig.ask("POST", "/api/tags/", { path });

  const first = await rig.ask("GET", "/api/tags/?limit=3&fields=path,child_count");
  const second = await rig.ask("GET", `/api/tags/?limit=3&cursor=${first.body.next_cursor}`);
  const top = await rig.ask("GET", "/api/tags/?parent_id=root&fields=path");
  const found = await rig.ask("GET", "/api/tags/?path=A/C");
  const wrong = await rig.ask("GET", "/api/tags/?fields=nope");

  deepStrictEqual(first.body.items, [
    { path: "a", child_count: 2 },
    { path: "a/b", child_count: 0 },
    { path: "a/c", child_count: 0 },
  ]);
  deepStrictEqual([second.body.items[0].path, second.body.next_cursor], ["d", null]);
  deepStrictEqual(top.body.items, [{ path: "a" }, { path: "d" }]);
  strictEqual(found.body.items[0].name, "c");
  strictEqual(wrong.status, 400);
});

Deno.test("synonyms, and what cannot be", async () => {
  using rig = openRig();
  const film = await rig.ask("POST", "/api/tags/", { name: "Film" });
  const movie = await rig.ask("POST", "/api/tags/", { name: "Movie" });
  const path = `/api/tags/${film.body.id}`;

  const taken = await rig.ask("POST", `${path}/synonyms`, { name: "movie" });
  const added = await rig.ask("POST", `${path}/synonyms`, { name: "Motion Picture" });
  const removed = await rig.ask("DELETE", `${path}/synonyms/motion%20picture`);
  const cycle = await rig.ask("POST", `${path}/move`, { parent_id: film.body.id });
  const twice = await rig.ask("POST", "/api/tags/", { name: "FILM" });
  const neither = await rig.ask("POST", "/api/tags/", {});
  const nowhere = await rig.ask("POST", `${path}/move`, { parent_id: "nope" });

  deepStrictEqual([taken.status, taken.body.tag_id, taken.body.offer], [
    409,
    movie.body.id,
    "merge",
  ]);
  deepStrictEqual(added.body.synonyms, ["Motion Picture"]);
  deepStrictEqual(
    [removed, cycle, twice, neither, nowhere].map((it) => it.status),
    [204, 409, 409, 400, 404],
  );
});

Deno.test("an item gets tags; of a group that allows one it keeps the last", async () => {
  using rig = openRig(1);
  const group = await rig.ask("POST", "/api/tag-groups/", { name: "Quality" });
  const input = { "group_id": group.body.id };
  const good = await rig.ask("POST", "/api/tags/", { name: "good", ...input });
  const bad = await rig.ask("POST", "/api/tags/", { name: "bad", ...input });
  const put = (id: string) => rig.ask("PUT", `/api/items/i-0/tags/${id}`);
  await put(good.body.id);
  await put(bad.body.id);

  const several = await rig.ask("PATCH", `/api/tag-groups/${group.body.id}`, {
    cardinality: "one",
  });
  const taken = await rig.ask("DELETE", `/api/items/i-0/tags/${bad.body.id}`);
  const one = await rig.ask("PATCH", `/api/tag-groups/${group.body.id}`, { cardinality: "one" });
  const last = await put(bad.body.id);
  const has = await rig.ask("GET", "/api/items/i-0/tags");
  const unknown = await rig.ask("PUT", `/api/items/nope/tags/${bad.body.id}`);
  const groups = await rig.ask("GET", "/api/tag-groups/?fields=key,cardinality");
  const gone = await rig.ask("DELETE", `/api/tag-groups/${group.body.id}`);

  deepStrictEqual([several.status, several.body.items], [409, 1]);
  deepStrictEqual([taken, one, last, unknown, gone].map((it) => it.status), [
    204,
    200,
    204,
    404,
    204,
  ]);
  deepStrictEqual(has.body.items.map((it: { name: string }) => it.name), ["bad"]);
  deepStrictEqual(groups.body.items, [{ key: "quality", cardinality: "one" }]);
});
