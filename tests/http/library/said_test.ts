/** Ratings, watch states, notes, custom fields and changes in REST, over a real port. @module */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import type { Answer } from "./asking.ts";
import { serveItems } from "./items_rig.ts";

type Ask = (...args: Parameters<Awaited<ReturnType<typeof serveItems>>["ask"]>) => Promise<Answer>;

async function pagesOf(ask: Ask, path: string, limit: number) {
  const items: Record<string, unknown>[] = [];
  for (let cursor = "";;) {
    const { status, body } = await ask("GET", `${path}limit=${limit}${cursor}`);
    strictEqual(status, 200, path);
    items.push(...body.items);
    if (!body.next_cursor) return items;
    cursor = `&cursor=${body.next_cursor}`;
  }
}

Deno.test("a rating is put, read, and taken back by DELETE, 0 or null", async () => {
  await using server = await serveItems();
  const { rig, ask } = server;
  rig.addFile({ id: "a" });

  const unrated = await ask("GET", "/api/ratings/items/a");
  deepStrictEqual([unrated.status, unrated.etag, unrated.body.stars], [200, '"0"', null]);
  const put = await ask("PUT", "/api/ratings/items/a", { stars: 4.5 }, { "if-match": '"0"' });
  deepStrictEqual([put.status, put.body.stars, put.body.average], [200, 4.5, 4.5]);
  const stale = await ask("PUT", "/api/ratings/items/a", { stars: 1 }, { "if-match": '"0"' });
  strictEqual(stale.status, 412);
  strictEqual((await ask("GET", "/api/items/a")).body.mine.rating, 4.5);

  const zero = await ask("PUT", "/api/ratings/items/a", { stars: 0 });
  deepStrictEqual([zero.status, zero.body.stars, zero.body.history.length], [200, null, 2]);
  await ask("PUT", "/api/ratings/items/a?user=ana", { stars: 2 });
  strictEqual((await ask("DELETE", "/api/ratings/items/a?user=ana")).status, 204);
  strictEqual((await ask("DELETE", "/api/ratings/items/a?user=ana")).status, 204);
  strictEqual((await ask("PUT", "/api/ratings/items/nope", { stars: 2 })).status, 404);
  for (const stars of [0.3, 6, -1, "4", {}, 1e308]) {
    const { status, body } = await ask("PUT", "/api/ratings/items/a", { stars });
    deepStrictEqual([status, body.field], [400, "stars"], String(stars));
  }
});

Deno.test("lists of ratings, notes and what is begun come in pages", async () => {
  await using server = await serveItems();
  const { rig, ask } = server;
  for (let index = 0; index < 7; index++) {
    rig.addFile({ id: `i-${index}` });
    await ask("PUT", `/api/ratings/items/i-${index}`, { stars: 3 });
    await ask("PUT", `/api/watch/items/i-${index}`, { position_ms: 5000 });
    await ask("POST", "/api/notes/", { item_id: "i-0", text: `note ${index}` });
  }

  const count = async (path: string, key: string) =>
    new Set((await pagesOf(ask, path, 3)).map((it) => it[key])).size;
  strictEqual(await count("/api/ratings/?user=owner&", "item_id"), 7);
  strictEqual(await count("/api/watch/continue?", "id"), 7);
  strictEqual(await count("/api/notes/?item_id=i-0&", "text"), 7);
  strictEqual(await count("/api/changes/?entity=item&", "id"), 14);
  const fields = "?item_id=i-0&limit=1&fields=";
  for (const [path, field] of [["ratings", "stars"], ["notes", "text"], ["watch/continue", "id"]]) {
    const { body } = await ask("GET", `/api/${path}${fields}${field}`);
    deepStrictEqual(Object.keys(body.items[0]), [field]);
    strictEqual((await ask("GET", `/api/${path}${fields}nope`)).status, 400);
  }
  deepStrictEqual(
    Object.keys((await ask("GET", "/api/changes/?limit=1&fields=batch")).body.items[0]),
    ["batch"],
  );
  for (const path of ["/api/ratings/?", "/api/watch/continue?", "/api/notes/?item_id=i-0&"]) {
    strictEqual((await ask("GET", `${path}cursor=bm8`)).status, 400, path);
  }
  strictEqual((await ask("GET", "/api/changes/?cursor=bm8")).status, 400);
});

Deno.test("a player's reports, and what a person marks", async () => {
  await using server = await serveItems();
  const { rig, ask } = server;
  rig.addFile({ id: "a", durationMs: 100_000 });

  const half = await ask("PUT", "/api/watch/items/a", { position_ms: 50_000, session_id: "tv" });
  deepStrictEqual([half.status, half.body.position_ms, half.body.watched], [200, 50_000, false]);
  await ask("PUT", "/api/watch/items/a", { favorite: true });
  const end = await ask("PUT", "/api/watch/items/a", { position_ms: 99_000, session_id: "tv" });
  deepStrictEqual([end.body.plays, end.body.watched, end.body.position_ms], [1, true, 0]);
  const item = (await ask("GET", "/api/items/?favorite=true&watched=true")).body.items[0];
  deepStrictEqual([item.id, item.mine.plays], ["a", 1]);
  strictEqual((await ask("GET", "/api/items/?favorite=true&user=ana")).body.items.length, 0);

  strictEqual((await ask("DELETE", "/api/watch/items/a")).status, 204);
  const { body } = await ask("GET", "/api/watch/items/a");
  deepStrictEqual([body.plays, body.watched, body.favorite], [0, false, true]);
  const wrong = [{ position_ms: -1 }, { position_ms: 1e300 }, { at: "yesterday" }, { plays: 5 }];
  for (const bad of wrong) {
    strictEqual((await ask("PUT", "/api/watch/items/a", bad)).status, 400, JSON.stringify(bad));
  }
  strictEqual((await ask("GET", "/api/watch/items/nope")).status, 404);
});

Deno.test("notes and custom fields are made, changed under If-Match, and deleted", async () => {
  await using server = await serveItems();
  const { rig, ask } = server;
  rig.addFile({ id: "a" });
  const field = { key: "medium", name: "Medium", type: "choice", choices: ["DVD"] };
  const made = [
    ["/api/notes", await ask("POST", "/api/notes/", { item_id: "a", text: "one" }), {
      text: "two",
    }],
    ["/api/custom-fields", await ask("POST", "/api/custom-fields/", field), { name: "Carrier" }],
  ] as const;

  for (const [path, { status, etag, body }, patch] of made) {
    deepStrictEqual([status, etag], [201, '"1"'], JSON.stringify(body));
    const at = `${path}/${body.id}`;
    const edited = await ask("PATCH", at, patch, { "if-match": '"1"' });
    deepStrictEqual([edited.status, edited.etag], [200, '"2"']);
    strictEqual((await ask("PATCH", at, patch, { "if-match": '"1"' })).status, 412);
    strictEqual((await ask("PATCH", at, { nope: 1 })).status, 400);
    deepStrictEqual((await ask("GET", at)).body, edited.body);
    strictEqual((await ask("DELETE", at, undefined, { "if-match": '"1"' })).status, 412);
    strictEqual((await ask("DELETE", at)).status, 204);
    strictEqual((await ask("GET", at)).status, 404);
  }
  strictEqual((await ask("POST", "/api/custom-fields/", { ...field, type: "planet" })).status, 400);
  strictEqual((await ask("POST", "/api/notes/", { item_id: "nope", text: "x" })).status, 404);
});

Deno.test("an undo that is in the way of a later change says which", async () => {
  await using server = await serveItems();
  const { rig, ask } = server;
  rig.addFile({ id: "a" });
  await ask("PATCH", "/api/items/a?user=ana", { title: "one", year: 2000 });
  await ask("PATCH", "/api/items/a?user=ben", { title: "two" });
  const [mine] = (await ask("GET", "/api/changes/?user=ana")).body.items;

  const refused = await ask("POST", `/api/changes/${mine.batch}/undo`);

  strictEqual(refused.status, 409);
  match(refused.body.detail, /title of item "a" changed since/);
  deepStrictEqual(refused.body.conflicts, [{ entity: "item", entity_id: "a", fields: ["title"] }]);
  strictEqual((await ask("POST", "/api/changes/nope/undo")).status, 404);
});

Deno.test("every call of these resources has its body and its main answer with an example", async () => {
  await using server = await serveItems();
  const document = (await server.ask("GET", "/api/schema/")).body;
  const own =
    /^\/api\/(items(\/\{id\}|\/bulk|\/by-identity)?\/?$|ratings|watch|notes|custom-fields|changes)/;
  const missing: string[] = [];
  let bodies = 0;
  for (const [path, methods] of Object.entries<Record<string, never>>(document.paths)) {
    if (!own.test(path)) continue;
    for (
      const [method, { requestBody, summary }] of Object.entries<Record<string, never>>(methods)
    ) {
      if (!summary) missing.push(`${method} ${path}: summary`);
      if (!requestBody) continue;
      bodies++;
      const { $ref } = requestBody["content"]["application/json"]["schema"];
      const schema = document.components.schemas[String($ref).split("/").at(-1)!];
      if (!schema?.example) missing.push(`${method} ${path}: example`);
    }
  }
  ok(bodies >= 10, `${bodies} bodies`);
  deepStrictEqual(missing, []);
});
