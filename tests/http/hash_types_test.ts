/** Hash types that no peer knows are refused before a peer is asked. @module */
import { match, strictEqual } from "node:assert/strict";
import { algorithms } from "../../src/media/hash/algorithms.ts";
import { Wish } from "../../src/http/resources/commands/bodies.ts";
import { openRig } from "./rig.ts";

const wish = (...types: string[]) => ({
  type: "file_hash",
  "catalog_id": "c-1",
  "hash_types": types,
});

Deno.test("an unknown hash type is 400, and those that are known are named", async () => {
  using rig = openRig();

  const answer = await rig.send("POST", "/api/peers/p-1/commands", wish("md5", "md99"));

  strictEqual(answer.status, 400);
  const { detail } = await answer.json();
  match(detail, /unknown hash type "md99": known are md5, sha1, .*crc32/);
  strictEqual(Wish.safeParse(wish(...Object.keys(algorithms))).success, true);
});
