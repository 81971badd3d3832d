/** What lies beside a film as assets, and the kinds that there are. @module */
import { deepStrictEqual, ok, throws } from "node:assert/strict";
import { InvalidError } from "../../../src/base/errors.ts";
import { migrations, openDatabase } from "../../../src/db/mod.ts";
import { createAssets } from "../../../src/items/assets/assets.ts";
import { createAssetStore } from "../../../src/items/assets/store.ts";
import { openRig } from "../../media/rig.ts";
import { wav } from "../../helpers/clips.ts";

Deno.test("what lies beside a film has the size that a scan has seen", async () => {
  await using rig = await openRig();
  const assets = createAssets({ db: rig.db, publish() {} });
  await rig.file("top.wav", wav(1));
  await rig.file("top.nfo", "<movie><title>Top</title></movie>");
  await rig.file("deep/er/film.wav", wav(2));
  await rig.file("deep/er/film.en.srt", "1\n00:00:00,000 --> 00:00:01,000\nHello\n");
  await rig.scan();
  const beside = (name: string) =>
    assets.list({ itemId: rig.find(name).id }, "", 10).map(({ kind, sizeBytes }) => [
      kind,
      sizeBytes,
    ]);

  const before = [beside("top.wav"), beside("film.wav")];
  await rig.file("deep/er/film.en.srt", "1\n");
  await rig.scan();

  deepStrictEqual(before, [[["nfo", 33]], [["subtitle", 38]]]);
  deepStrictEqual(beside("film.wav"), [["subtitle", 2]], "as it is after another scan");
});

Deno.test("a kind that no asset has is refused with those that there are", async () => {
  await using rig = await openRig();
  const assets = createAssets({ db: rig.db, publish() {} });
  await rig.file("film.wav", wav(1));
  await rig.scan();
  rig.db.run(
    `INSERT INTO assets (id, item_id, kind, origin, path, mime_type, generated_at, used_at)
     VALUES ('a', ?, 'fanart', 'upload', 'x', 'image/png', '', '')`,
    rig.find("film.wav").id,
  );

  const kinds = "poster, thumbnail, screenshot, sprite, subtitle, nfo, fanart";
  throws(() => assets.list({ kind: "bogus" }, "", 10), {
    constructor: InvalidError,
    message: `Cannot list assets of kind "bogus": there are ${kinds}`,
  });
  deepStrictEqual(assets.list({ kind: "fanart" }, "", 10).map(({ id }) => id), ["a"]);
  deepStrictEqual(assets.list({ kind: "poster" }, "", 10), []);
});

Deno.test("neither a kind nor its assets are looked for among all assets", () => {
  using db = openDatabase(":memory:", migrations.library);
  const plans: string[] = [];
  const all = db.all.bind(db);
  db.all = <T>(sql: string, ...values: (string | number | null)[]) => {
    const steps = all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...values);
    plans.push(...steps.map(({ detail }) => detail));
    return all<T>(sql, ...values);
  };

  const store = createAssetStore(db);
  store.kinds();
  store.list({ kind: "poster" }, "", 10);

  ok(plans.filter((it) => it.includes("assets_by_kind (kind")).length >= 2, plans.join("; "));
  deepStrictEqual(plans.filter((it) => it.startsWith("SCAN assets")), []);
});
