/** A language is found by any of its codes, and by its name. @module */
import { deepStrictEqual } from "node:assert/strict";
import { openRig } from "./rig.ts";

const sidecar = (language: string) =>
  JSON.stringify({ sidecars: [{ kind: "subtitle", language }] });
const track = (kind: string, language: string) => JSON.stringify([{ kind, codec: "x", language }]);

Deno.test("languages of sound, subtitles and items are found by every code they have", async () => {
  const rig = openRig();
  using _db = rig.db;
  rig.add({ id: "beside" });
  rig.db.run("INSERT INTO media_details VALUES (?, ?)", "beside", sidecar("de"));
  rig.add({ id: "brazil" });
  rig.db.run("INSERT INTO media_details VALUES (?, ?)", "brazil", sidecar("pt-BR"));
  rig.add({ id: "inside", media: { tracks: track("subtitle", "deu") } });
  rig.add({ id: "sound", media: { tracks: track("audio", "ger") } });
  rig.add({ id: "said", item: { language: "German" } });
  rig.add({ id: "odd", media: { tracks: track("audio", "tlh") } });
  rig.index();

  const cases: [query: string, ids: string[]][] = [
    ...["ger", "deu", "de", "German", "DE"].flatMap((it): [string, string[]][] => [
      [`subtitle:${it}`, ["beside", "inside"]],
      [`language:${it}`, ["said", "sound"]],
    ]),
    ["subtitle:por", ["brazil"]],
    ["subtitle:pt", ["brazil"]],
    ["subtitle:pt-BR", ["brazil"]],
    ["subtitle:por_br", ["brazil"]],
    ["subtitle:pt-PT", []],
    ["language:tlh", ["odd"]],
    ["language:fr|ger", ["said", "sound"]],
  ];
  for (const [query, ids] of cases) deepStrictEqual(await rig.ids(query), ids, query);
});

Deno.test("a language is found in an index that has it as it was written", async () => {
  const rig = openRig();
  using _db = rig.db;
  rig.add({ id: "old" });
  rig.index();
  const { seq } = rig.db.get<{ seq: number }>("SELECT seq FROM items WHERE id = 'old'")!;
  rig.db.run("DELETE FROM item_search WHERE rowid = ?", seq);
  rig.db.run(
    `INSERT INTO item_search (rowid, title, people, tags, notes, path, facts)
     VALUES (?, 'old', '', '', '', '', ?)`,
    ...[seq, "\u{E000}e \u{E000}lger \u{E000}ucze"],
  );

  deepStrictEqual(await rig.ids("language:de"), ["old"]);
  deepStrictEqual(await rig.ids("subtitle:cs"), ["old"]);
});
