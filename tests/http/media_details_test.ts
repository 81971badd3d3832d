/** What REST says of what is in a file. @module */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { openRig } from "./rig.ts";

Deno.test("GET /api/media/{id} tells what is in the file, a list of files does not", async () => {
  using rig = openRig();

  const one = await (await rig.get("/api/media/m-1")).json();
  const { items: [listed] } = await (await rig.get("/api/media")).json();

  deepStrictEqual(one.details, { chapters: [{ start_ms: 0, title: "One" }] });
  strictEqual(listed.details, undefined);
  deepStrictEqual(
    [one.bitrate, one.kind, one.video_codec, one.width, one.hdr],
    [null, null, null, null, null],
  );
  deepStrictEqual(one.tracks, [
    { kind: "video", codec: "avc", codec_string: "avc1.64001f", width: 640 },
  ]);
});

Deno.test("DELETE /api/media/{id} throws a file away, from the version that was read", async () => {
  using rig = openRig();
  rig.files[2]!.status = "offline";
  const remove = async (path: string, headers: HeadersInit = {}) => {
    const answer = await rig.api.request(`http://localhost${path}`, { method: "DELETE", headers });
    await answer.body?.cancel();
    return answer.status;
  };
  const read = await rig.get("/api/media/m-1");
  await read.body?.cancel();
  const etag = read.headers.get("etag")!;
  const offline = await remove("/api/media/m-2");
  const unknown = await remove("/api/media/nope");
  rig.files[1]!.updatedAt = "2026-01-06T00:00:00.000Z";
  const stale = await remove("/api/media/m-1", { "if-match": etag });
  const before = [...rig.words];
  rig.files[1]!.updatedAt = "2026-01-05T00:00:00.000Z";
  const thrown = await remove("/api/media/m-1?user=ann", { "if-match": etag });

  deepStrictEqual([offline, unknown, stale, thrown], [409, 404, 412, 204]);
  deepStrictEqual([before, rig.words], [[], ["m-1: ann has asked for it"]]);
});

Deno.test("the OpenAPI document shows chapters, sidecars and tags by example", async () => {
  using rig = openRig();

  const document = await (await rig.get("/api/schema")).json();

  const { properties } = document.components.schemas.MediaDetails;
  for (const name of ["chapters", "tags", "sidecars"]) {
    strictEqual(typeof properties[name].example, "object", name);
  }
});
