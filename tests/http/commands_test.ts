/** /api/peers/{id}/commands and /api/commands. @module */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { openRig } from "./rig.ts";

Deno.test("a command is kept before it is answered, and read again without its token", async () => {
  using rig = openRig();
  const wish = {
    type: "screenshot",
    "catalog_id": "c-1",
    "upload_token": "t0ken",
    "upload_endpoint": "/api/screenshot/c-1",
    "request_id": "r-1",
  };

  const given = await rig.send("POST", "/api/peers/p-1/commands/", wish);
  const body = await given.json();
  const again = await rig.send("POST", "/api/peers/p-1/commands/", wish);
  const found = await (await rig.get("/api/commands/r-1/")).text();

  strictEqual(given.status, 202);
  strictEqual(given.headers.get("location"), "/api/commands/r-1");
  deepStrictEqual([body.id, body.peer_id, body.type, body.state], [
    "r-1",
    "p-1",
    "screenshot",
    "waiting",
  ]);
  strictEqual(again.status, 202);
  match(found, /"quantity":1/);
  strictEqual(found.includes("t0ken"), false);
  const { items } = await (await rig.get("/api/commands/")).json();
  strictEqual(items.length, 1);
});

Deno.test("what is no command is refused, and letters that are none are not there", async () => {
  using rig = openRig();
  const cases: [string, unknown, number][] = [
    ["/api/peers/p-1/commands", { type: "format_disk" }, 400],
    ["/api/peers/p-1/commands", { type: "file_delete", catalog_ids: [] }, 400],
    ["/api/peers/p-1/commands", { type: "announce", deadline_sec: 0 }, 400],
    ["/api/peers/p-9/commands", { type: "announce" }, 404],
    ["/api/peers/p-1/commands", {
      type: "file_remap",
      old_catalog_id: "c-1",
      new_catalog_id: "new",
    }, 404],
    ["/api/commands/dead-letters/r-1/retry", {}, 404],
  ];

  for (const [path, body, status] of cases) {
    strictEqual((await rig.send("POST", path, body)).status, status, path);
  }
  const wrong = await rig.send("POST", "/api/peers/p-1/commands", { type: "format_disk" });
  match((await wrong.json()).detail, /^Cannot read "type": expected .*file_hash/);
  strictEqual((await rig.send("DELETE", "/api/commands/dead-letters/r-1", {})).status, 404);
  strictEqual((await rig.get("/api/commands/r-1")).status, 404);
  deepStrictEqual(await (await rig.get("/api/commands/dead-letters/")).json(), {
    items: [],
    next_cursor: null,
  });
});

Deno.test("another command under the same id is a conflict", async () => {
  using rig = openRig();
  const give = (type: string) =>
    rig.send("POST", "/api/peers/p-1/commands", {
      ...type === "announce" ? { type } : { type, catalog_ids: ["a"] },
      request_id: "r",
    });

  strictEqual((await give("announce")).status, 202);
  strictEqual((await give("file_delete")).status, 409);
});
