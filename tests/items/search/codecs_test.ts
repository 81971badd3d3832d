/** Filters, facets and rows say one name of a codec, of a library of any age. @module */
import { deepStrictEqual } from "node:assert/strict";
import { openRig } from "./rig.ts";

/** As the names stood before there was a table of them. */
const stored = { a: "mpeg2video", b: "V_MPEG2", c: "mp4v", d: "V_MJPEG", e: "avc" };

async function check(rig: ReturnType<typeof openRig>): Promise<void> {
  const cases: [query: string, ids: string[]][] = [
    ["codec:mpeg2", ["a", "b"]],
    ["codec:mpeg2video", ["a", "b"]],
    ["codec:h262", ["a", "b"]],
    ["codec:mpeg4", ["c"]],
    ["codec:xvid|h264", ["c", "e"]],
    ["codec:mjpeg", ["d"]],
    ["-codec:mpeg2", ["c", "d", "e"]],
    ["audio:mp3", ["a", "b", "c", "d", "e"]],
  ];
  for (const [query, ids] of cases) deepStrictEqual(await rig.ids(query), ids, query);

  const { facets, hits } = await rig.find("", { facets: "codec,audio" });
  deepStrictEqual(
    facets!.facets["codec"]!.map(({ value, count }) => [value, count]),
    [["mpeg2video", 2], ["avc", 1], ["mjpeg", 1], ["mpeg4", 1]],
  );
  deepStrictEqual(facets!.facets["audio"]!.map(({ value, count }) => [value, count]), [["mp3", 5]]);
  deepStrictEqual(
    Object.fromEntries(hits.map(({ item }) => [item.id, item.media?.videoCodec])),
    { a: "mpeg2video", b: "mpeg2video", c: "mpeg4", d: "mjpeg", e: "avc" },
  );
}

Deno.test("a codec is found, counted and shown under one name", async () => {
  const rig = openRig();
  using _db = rig.db;
  for (const [id, codec] of Object.entries(stored)) {
    rig.add({ id, media: { video_codec: codec, audio_codec: "A_MPEG/L3" } });
  }
  rig.index();

  await check(rig);
});

Deno.test("a codec is found, counted and shown under one name where the index has others", async () => {
  const rig = openRig();
  using _db = rig.db;
  for (const [id, codec] of Object.entries(stored)) {
    rig.add({ id, media: { video_codec: codec, audio_codec: "A_MPEG/L3" } });
  }
  rig.index();
  // As an index was written that took the names as they stood.
  for (const [id, codec] of Object.entries(stored)) {
    rig.db.run("UPDATE item_facts SET video_codec = ? WHERE item_id = ?", codec, id);
    const { seq } = rig.db.get<{ seq: number }>("SELECT seq FROM items WHERE id = ?", id)!;
    const facts = ["e", "kvideo", `c${codec.toLowerCase().replace("_", "")}`, "aampegl3"];
    rig.db.run("DELETE FROM item_search WHERE rowid = ?", seq);
    rig.db.run(
      `INSERT INTO item_search (rowid, title, people, tags, notes, path, facts)
       VALUES (?, ?, '', '', '', '', ?)`,
      ...[seq, id, facts.map((it) => `\u{E000}${it}`).join(" ")],
    );
  }

  await check(rig);
});
