/** `If-Match` is compared by every call that changes something, or refused. @module */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { openRig } from "../rig.ts";
import { openWhole } from "./whole_rig.ts";

const other = { "if-match": '"9999"' };

Deno.test("tags, people and items of a collection are not changed from another version", async () => {
  using rig = openWhole(2);
  const tag = await rig.ask("POST", "/api/tags/", { name: "Noir" });
  const person = await rig.ask("POST", "/api/people/", { name: "Hedy Lamarr" });
  const list = await rig.ask("POST", "/api/collections/", { name: "Best" });
  const ids = { "item_ids": ["i-0"] };
  const calls: [string, string, string, unknown?][] = [
    ["/api/items/i-0", "PUT", `/api/items/i-0/tags/${tag.body.id}`],
    ["/api/items/i-0", "DELETE", `/api/items/i-0/tags/${tag.body.id}`],
    ["/api/items/i-0", "PUT", `/api/items/i-0/people/${person.body.id}`, { role: "actor" }],
    ["/api/items/i-0", "DELETE", `/api/items/i-0/people/${person.body.id}`],
    [`/api/tags/${tag.body.id}`, "POST", `/api/tags/${tag.body.id}/items`, ids],
    [`/api/tags/${tag.body.id}`, "DELETE", `/api/tags/${tag.body.id}/items`, ids],
    [`/api/collections/${list.body.id}`, "POST", `/api/collections/${list.body.id}/items`, ids],
    [`/api/collections/${list.body.id}`, "DELETE", `/api/collections/${list.body.id}/items`, ids],
  ];

  for (const [thing, method, path, body] of calls) {
    const before = rig.db.get("SELECT count(*) AS n FROM changes")!.n;
    const refused = await rig.ask(method, path, body, other);
    const after = rig.db.get("SELECT count(*) AS n FROM changes")!.n;
    const { etag } = await rig.ask("GET", thing);
    const taken = await rig.ask(method, path, body, { "if-match": etag! });

    deepStrictEqual([refused.status, after], [412, before], `${method} ${path}`);
    ok(taken.status === 200 || taken.status === 204, `${method} ${path}: ${taken.status}`);
    const done = rig.db.get("SELECT count(*) AS n FROM changes")!.n;
    strictEqual(done, Number(before) + 1, `${method} ${path}`);
  }
});

Deno.test("a call that compares no version refuses If-Match rather than to ignore it", async () => {
  using rig = openRig();
  interface Operation {
    parameters?: { name: string }[];
  }
  const schema = await (await rig.get("/api/schema/")).json();
  let refused = 0;
  for (
    const [path, methods] of Object.entries<Record<string, Operation>>(schema.paths)
  ) {
    for (const [method, { parameters = [] }] of Object.entries(methods)) {
      if (["get", "options"].includes(method)) continue;
      // Its one-time token is looked at before anything.
      if (path === "/api/screenshot/{catalog_id}") continue;
      if (parameters.some(({ name }) => name === "if-match")) continue;
      const url = `http://localhost${path.replaceAll(/\{\w+\}/g, "x")}`;
      const answer = await rig.api.request(url, { method: method.toUpperCase(), headers: other });
      await answer.body?.cancel();
      strictEqual(answer.status, 412, `${method} ${path}`);
      refused++;
    }
  }

  ok(refused > 20, `${refused}`);
});
