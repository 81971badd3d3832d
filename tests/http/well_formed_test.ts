/** Texts that no database keeps are refused, wherever they stand. @module */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { malformedIn } from "../../src/http/admission/well_formed.ts";
import { openRig } from "./rig.ts";

const FILE_HASH = { type: "file_hash", "catalog_id": "c-1", "hash_types": ["md5"] };

Deno.test("a NUL and half a character are refused in path, query and body, with their field", async () => {
  using rig = openRig();
  const field = async (answer: Promise<Response>) => {
    const { status, field } = await (await answer).json();
    return [status, field];
  };
  const send = (path: string, body: object) => field(rig.send("POST", path, body));

  for (
    const path of [
      "/api/peers/a%00b/identity",
      "/api/peers/a%00b/commands",
      "/api/catalog/%00",
      "/api/peers/%00%ff",
    ]
  ) deepStrictEqual(await field(rig.get(path)), [400, "path"], path);
  const patched = rig.send("PATCH", "/api/peers/a%00", { revoked: true });
  deepStrictEqual(await field(patched), [400, "path"]);
  deepStrictEqual(await field(rig.get("/api/audit?actor=%00")), [400, "actor"]);
  deepStrictEqual(await field(rig.get("/api/audit?a%00b=1")), [400, "a\u{FFFD}b"]);
  const commands = "/api/peers/p-1/commands";
  deepStrictEqual(await send(commands, { ...FILE_HASH, "catalog_id": "\ud800" }), [
    400,
    "catalog_id",
  ]);
  deepStrictEqual(await send(commands, { ...FILE_HASH, "hash_types": ["md5", "\0"] }), [
    400,
    "hash_types",
  ]);
  deepStrictEqual(await send("/api/users", { name: "\udc00Ann", role: "guest" }), [400, "name"]);
  deepStrictEqual(await send("/api/users", { name: "Ann", role: "guest", "\0": 1 }), [
    400,
    "\u{FFFD}",
  ]);
});

Deno.test("what is well formed goes on to its route, and what is no JSON too", async () => {
  using rig = openRig();
  const made = await rig.send("POST", "/api/users", { name: "Zoë 𝕏", role: "guest" });
  strictEqual(made.status, 201);
  strictEqual((await made.json()).name, "Zoë 𝕏");
  strictEqual((await rig.get("/api/catalog/%F0%9F%98%80")).status, 404);
  for (const text of ["{", '"\ud800', ""]) {
    const answer = await rig.send("POST", "/api/users", text);
    strictEqual(answer.status, 400, text);
  }
});

Deno.test("a body that is deep is looked through, and holds nothing up", () => {
  const deep = JSON.parse(`${"[".repeat(200_000)}"\\u0000"${"]".repeat(200_000)}`);
  strictEqual(malformedIn(deep), "body");
  strictEqual(malformedIn({ a: [{ b: "\ud83d\ude00" }], c: null, d: 1 }), undefined);
  strictEqual(malformedIn({ a: [{ b: "\ude00\ud83d" }] }), "a");
});
