/** What a scan stores of what it has learnt: columns, details, facts, and what the items hear. @module */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { samples, wav } from "../../helpers/clips.ts";
import { openRig } from "../rig.ts";

/** A PNG of one pixel; only its header is read. */
function png(width: number, height: number): Uint8Array {
  const bytes = Uint8Array.fromHex(
    "89504e470d0a1a0a0000000d494844520000000100000001080600000" +
      "01f15c4890000000d49444154789c6300010000000500010d0a2db40000000049454e44ae426082",
  );
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return bytes;
}

const NFO = `<movie><title>Colours</title><year>1999</year><plot>They are counted.</plot>
<genre>Drama</genre><actor><name>A</name><role>B</role></actor></movie>`;

Deno.test("a scan stores what a search asks for in columns, the rest as JSON, and facts go to the item", async () => {
  await using rig = await openRig();
  rig.settings.extensions = [".mp4", ".png", ".wav"];
  await rig.file("Counting.Colours.1998.1080p.mp4", await Deno.readFile(samples.mp4));
  await rig.file("Counting.Colours.1998.1080p.en.forced.srt", "1\n");
  await rig.file("Counting.Colours.1998.1080p.nfo", NFO);
  await rig.file("Show/Season 01/02 - Rain.mp4", await Deno.readFile(samples.mp4));
  await rig.file("Show/tvshow.nfo", "<tvshow><title>The Show</title></tvshow>");
  await rig.file("picture.png", png(640, 480));
  await rig.file("song.wav", wav(1));

  await rig.scan();

  const film = rig.find("Counting.Colours.1998.1080p.mp4");
  deepStrictEqual(
    [film.kind, film.videoCodec, film.audioCodec, film.width, film.height, film.hdr, film.error],
    ["video", "avc", "aac", 640, 360, undefined, undefined],
  );
  ok(film.bitrate! > 100_000, String(film.bitrate));
  const details = rig.library.detailsOf(film.id);
  deepStrictEqual(details.sidecars?.map(({ language, forced }) => [language, forced]), [[
    "en",
    true,
  ]]);
  deepStrictEqual(details.nfo?.actors, [{ name: "A", role: "B" }]);
  strictEqual(details.name?.year, 1998);

  const item = (id: string) =>
    rig.db.get(
      "SELECT title, year, series, season, episode, description, kind FROM items WHERE id = ?",
      id,
    );
  deepStrictEqual({ ...item(film.id) as object }, {
    title: "Colours",
    year: 1999,
    series: null,
    season: null,
    episode: null,
    description: "They are counted.",
    kind: "video",
  });
  deepStrictEqual({ ...item(rig.find("02 - Rain.mp4").id) as object }, {
    title: "Rain",
    year: null,
    series: "The Show",
    season: 1,
    episode: 2,
    description: null,
    kind: "video",
  });
  const picture = rig.find("picture.png");
  deepStrictEqual([picture.kind, picture.width, picture.height], ["image", 640, 480]);
  const song = rig.find("song.wav");
  deepStrictEqual([song.kind, song.audioCodec, song.videoCodec], ["audio", "pcm-u8", undefined]);

  const identities = rig.db.all<{ identity: string | null }>("SELECT identity FROM media");
  ok(identities.every(({ identity }) => /^[0-9a-f]{32}$/.test(identity ?? "")));
  match(rig.library.hashesOf(film.id).oshash);
});

function match(oshash: string | undefined): void {
  ok(/^[0-9a-f]{16}$/.test(oshash ?? ""), `${oshash}`);
}

Deno.test("what a person has said of a film, no scan changes", async () => {
  await using rig = await openRig();
  await rig.file("Film.1998.1080p.mp4", await Deno.readFile(samples.mp4));
  await rig.scan();
  const { id } = rig.find("Film.1998.1080p.mp4");
  rig.db.run(`UPDATE items SET title = 'Mine', own = '["title"]' WHERE id = ?`, id);

  rig.db.run("UPDATE media SET status = 'new', facts = NULL WHERE id = ?", id);
  await rig.scan();

  const { title, year } = rig.db.get<{ title: string; year: number }>(
    "SELECT title, year FROM items WHERE id = ?",
    id,
  )!;
  deepStrictEqual([title, year], ["Mine", 1998]);
});

Deno.test("a damaged file keeps its name's facts, its sidecars and its identity", async () => {
  await using rig = await openRig();
  const film = await Deno.readFile(samples.mp4);
  await rig.file("Film.1998.1080p.mp4", film.subarray(0, 1000));
  await rig.file("Film.1998.1080p.de.srt", "1\n");

  await rig.scan();

  const found = rig.find("Film.1998.1080p.mp4");
  ok(found.error?.startsWith("The content is damaged or cut off"), `${found.error}`);
  strictEqual(rig.library.detailsOf(found.id).sidecars?.[0]?.language, "de");
  const row = rig.db.get<{ identity: string; facts: string }>(
    "SELECT identity, facts FROM media WHERE id = ?",
    found.id,
  )!;
  ok(row.identity);
  deepStrictEqual(JSON.parse(row.facts), { title: "Film", year: 1998 });
});

Deno.test("a file is of the kind of its content, whatever its name says", async () => {
  await using rig = await openRig();
  rig.settings.extensions = [".mp4", ".png", ".wav"];
  await rig.file("lies.mp4", png(640, 480));
  await rig.file("film.png", await Deno.readFile(samples.mp4));
  await rig.file("song.mp4", wav(1));
  await rig.file("text.mp4", "No film.\n".repeat(100));

  await rig.scan();

  const kinds = rig.files().map((
    { relativePath, kind, container },
  ) => [relativePath, kind, container]);
  deepStrictEqual(kinds.sort(), [
    ["film.png", "video", "mp4"],
    ["lies.mp4", "image", "png"],
    ["song.mp4", "audio", "wav"],
    ["text.mp4", "video", "mp4"],
  ]);
  const items = rig.db.all<{ kind: string }>("SELECT kind FROM items ORDER BY title");
  deepStrictEqual(items.map(({ kind }) => kind), ["video", "image", "audio", "video"]);
});
