/** Who can give a title now, as REST says it. @module */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { NotFoundError } from "../../src/base/errors.ts";
import type { EdgePort } from "../../src/http/mod.ts";
import { edgePort } from "./rig.ts";
import { openPeopleRig } from "./people/rig.ts";

const replica = (id: string, online: boolean, path = "a.mkv") => ({
  "peer_id": id,
  "relative_path": path,
  online,
});

/** "c-1" is twice at p-1, once at p-2, which is away, and once at p-3. */
function port(): EdgePort {
  const replicas = [
    replica("p-3", true),
    replica("p-1", true),
    replica("p-1", true, "b.mkv"),
    replica("p-2", false),
    replica("p-4", true),
  ];
  const title = {
    "catalog_id": "c-1",
    title: "Heat",
    "size_bytes": 10,
    online: true,
    "available_peer_count": 3,
    replicas,
  };
  const edges = new Map([["p-1", "edge-1"], ["p-3", "edge-2"]]);
  return {
    ...edgePort(),
    // p-4 has gone between the two questions.
    edgeOf: (peerId) => edges.get(peerId),
    findTitle: (id) =>
      id === "c-1" ? Promise.resolve(title) : Promise.reject(new NotFoundError("Cannot find it")),
  };
}

Deno.test("the peers of a title are those that are connected, each once, with their edges", async () => {
  using rig = openPeopleRig({ ports: { edge: port() } });

  const answer = await rig.get("/api/peers/catalog/c-1/");

  strictEqual(answer.status, 200);
  deepStrictEqual(await answer.json(), [
    { "peer_id": "p-1", "edge_id": "edge-1", "catalog_ids": ["c-1"] },
    { "peer_id": "p-3", "edge_id": "edge-2", "catalog_ids": ["c-1"] },
  ]);
  strictEqual((await rig.get("/api/peers/catalog/none")).status, 404);
});

Deno.test("a guest is told of the peers that are shared with them, and of no title that is not", async () => {
  using rig = openPeopleRig({ ports: { edge: port() } });
  const ann = await rig.join("Ann", "owner");
  const { bearer } = await rig.join("Bob", "guest");
  const ask = () => rig.ask("GET /api/peers/catalog/c-1", { bearer });
  const hidden = await ask();

  await rig.ask("POST /api/sharing-rules", {
    bearer: ann.bearer,
    body: { role: "guest", effect: "allow", action: "play", kind: "peer", value: "p-3" },
  });
  const shown = await ask();

  strictEqual(hidden.status, 404);
  match((await hidden.json()).detail, /^Cannot find title "c-1"/);
  deepStrictEqual(await shown.json(), [
    { "peer_id": "p-3", "edge_id": "edge-2", "catalog_ids": ["c-1"] },
  ]);
  strictEqual(await rig.status("GET /api/peers/catalog/c-1"), 401);
  strictEqual(await rig.status("GET /api/peers", { bearer }), 403);
});
