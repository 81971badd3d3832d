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

Deno.test("the OpenAPI document shows chapters, sidecars and tags by example", async () => {
  using rig = openRig();

  const document = await (await rig.get("/api/schema")).json();

  const { properties } = document.components.schemas.MediaDetails;
  for (const name of ["chapters", "tags", "sidecars"]) {
    strictEqual(typeof properties[name].example, "object", name);
  }
});
