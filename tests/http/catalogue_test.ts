/**
 * Subscriptions and last copies, as REST has them.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { openRig, readPages } from "./rig.ts";

Deno.test("a subscription is made, found, prolonged and deleted", async () => {
  using rig = openRig();
  const made = await rig.send("POST", "/api/subscriptions/", {
    "service_id": "screenshots",
    "catalog_id": "c-1",
  });
  const body = await made.json();

  strictEqual(made.status, 201);
  strictEqual(made.headers.get("location"), `/api/subscriptions/${body.id}`);
  deepStrictEqual(
    { ...body, id: "", created_at: "", expires_at: "" },
    {
      id: "",
      service_id: "screenshots",
      catalog_id: "c-1",
      query: null,
      status: "active",
      created_at: "",
      expires_at: "",
      matched_at: null,
    },
  );
  strictEqual(Date.parse(body.expires_at) - Date.parse(body.created_at) >= 86_399_000, true);

  const changed = await rig.send("PATCH", `/api/subscriptions/${body.id}/`, { "ttl_hours": 48 });
  ok((await changed.json()).expires_at > body.expires_at);
  deepStrictEqual(await (await rig.get(`/api/subscriptions/${body.id}/?fields=id`)).json(), {
    id: body.id,
  });
  strictEqual((await rig.send("DELETE", `/api/subscriptions/${body.id}/`)).status, 204);
  strictEqual((await rig.get(`/api/subscriptions/${body.id}/`)).status, 404);
  strictEqual((await rig.send("DELETE", `/api/subscriptions/${body.id}/`)).status, 404);
});

Deno.test("subscriptions are listed page by page", async () => {
  using rig = openRig();
  for (let n = 0; n < 5; n++) await rig.send("POST", "/api/subscriptions/", { query: `Film ${n}` });

  const { pages, items } = await readPages(rig.get, "/api/subscriptions/", 2);

  deepStrictEqual(pages, [2, 2, 1]);
  const queries = items.map((it) => String(it.query)).sort();
  deepStrictEqual(queries, ["film 0", "film 1", "film 2", "film 3", "film 4"]);
});

Deno.test("what is no subscription is refused", async () => {
  using rig = openRig();
  const wrong = [
    {},
    { "catalog_id": "c-1", query: "film" },
    { query: "  " },
    { query: "a\0b" },
    { query: "a", "ttl_hours": 0 },
    { query: "a", "ttl_hours": 1e9 },
    { query: "a", nonsense: 1 },
  ];
  for (const body of wrong) {
    const { status } = await rig.send("POST", "/api/subscriptions/", body);
    strictEqual(status, 400, JSON.stringify(body));
  }
});

Deno.test("last copies are a list of titles", async () => {
  using rig = openRig();
  const { items } = await (await rig.get("/api/last-copies/?limit=10")).json();
  deepStrictEqual(items.map((it: { title: string }) => it.title), ["Title 0"]);
});
