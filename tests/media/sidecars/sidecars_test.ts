/** Subtitles and NFO files beside a film. @module */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { findNfo } from "../../../src/media/nfo/find_nfo.ts";
import { openListings } from "../../../src/media/sidecars/folders.ts";
import { subtitlesBeside } from "../../../src/media/sidecars/subtitles.ts";
import { wav } from "../../helpers/clips.ts";
import { tempDir } from "../../helpers/temp.ts";
import { openRig } from "../rig.ts";

Deno.test("subtitlesBeside() reads language and purpose out of names", () => {
  const names = [
    "Film.srt",
    "Film.en.srt",
    "Film.de.forced.ass",
    "Film.pt-BR.sdh.vtt",
    "Film.eng.Director.srt",
    "Film.German.sub",
    "Film.zh_Hans.default.ssa",
    "Film.forced.srt",
    "Film 2.en.srt",
    "Filmed.srt",
    "Other.srt",
  ].sort();

  const found = Object.fromEntries(
    subtitlesBeside("Film", names).map(({ name, kind: _, ...rest }) => [name, rest]),
  );

  deepStrictEqual(found, {
    "Film.srt": { format: "srt" },
    "Film.en.srt": { format: "srt", language: "en" },
    "Film.de.forced.ass": { format: "ass", language: "de", forced: true },
    "Film.pt-BR.sdh.vtt": { format: "vtt", language: "pt-BR", hearingImpaired: true },
    "Film.eng.Director.srt": { format: "srt", language: "eng", title: "Director" },
    "Film.German.sub": { format: "sub", language: "de" },
    "Film.zh_Hans.default.ssa": { format: "ssa", language: "zh-Hans", default: true },
    "Film.forced.srt": { format: "srt", forced: true },
  });
});

Deno.test("A folder of many films and subtitles costs each film little", () => {
  const names = Array.from({ length: 50_000 }, (_, index) => `Film ${index}.en.srt`).sort();
  const began = performance.now();

  for (let index = 0; index < 50_000; index++) {
    strictEqual(subtitlesBeside(`Film ${index}`, names).length, 1);
  }

  ok(performance.now() - began < 2000);
});

Deno.test("A folder is listed once while it stays as it is, and anew after a while", async () => {
  await using dir = await tempDir();
  await dir.file("a.srt", "");
  const stamp = (seconds: number) => Deno.utime(dir.path, seconds, seconds);
  let now = 0;
  const list = openListings(() => now);

  await stamp(1000);
  deepStrictEqual(list(dir.path).subtitles, ["a.srt"]);
  await dir.file("b.SRT", "");
  await stamp(1000);
  deepStrictEqual(list(dir.path).subtitles, ["a.srt"]);
  await stamp(1001);
  now = 99;
  deepStrictEqual(list(dir.path).subtitles, ["a.srt"], "nobody looks at its time all the while");
  now = 100;
  deepStrictEqual(list(dir.path).subtitles, ["a.srt", "b.SRT"]);
  await dir.file("c.ass", "");
  await stamp(1001);
  now = 11_000;
  deepStrictEqual(list(dir.path).subtitles, ["a.srt", "b.SRT", "c.ass"]);
  await dir.file("d.vtt", "");
  list.forget(dir.path);
  strictEqual(list(dir.path).subtitles.length, 4);
  strictEqual(list(`${dir.path}/none`).films, 0);
});

Deno.test("findNfo() takes the film's own, the folder's where there is one film, and the series'", async () => {
  await using dir = await tempDir();
  for (
    const name of [
      "one/Film.mkv",
      "one/movie.nfo",
      "two/A.mkv",
      "two/B.mkv",
      "two/B.NFO",
      "two/movie.nfo",
      "Show/tvshow.nfo",
      "Show/Season 1/01.mkv",
      "Show/Season 1/01.nfo",
    ]
  ) await dir.file(name, "");
  const find = (folder: string, stem: string, depth = 1) => {
    const { own, series } = findNfo(
      { folder: `${dir.path}/${folder}`, stem, depth },
      openListings(),
    );
    return [own?.name, series?.name];
  };

  deepStrictEqual(find("one", "Film"), ["movie.nfo", undefined]);
  deepStrictEqual(find("two", "A"), [undefined, undefined]);
  deepStrictEqual(find("two", "B"), ["B.NFO", undefined]);
  deepStrictEqual(find("Show/Season 1", "01", 2), ["01.nfo", "../tvshow.nfo"]);
  deepStrictEqual(find("Show/Season 1", "01", 0), ["01.nfo", undefined]);
});

Deno.test("subtitles and an NFO that come later are noticed by the next scan, and nothing else is read", async () => {
  await using rig = await openRig();
  await rig.file("one/Film.wav", wav(1));
  await rig.file("one/Other.wav", wav(2));
  await rig.file("two/Third.wav", wav(3));
  await rig.file("Fourth.wav", wav(4));
  await rig.scan();
  const { bytesRead, ...first } = await rig.scan();
  deepStrictEqual([bytesRead, first.new, first.changed], [0, 0, 0]);
  const before = rig.library.hashesOf(rig.find("Film.wav").id);

  await rig.file("one/Film.de.srt", "1\n");
  const second = await rig.scan();

  const sidecars = (name: string) =>
    rig.library.detailsOf(rig.find(name).id).sidecars?.map(({ name }) => name);
  deepStrictEqual(sidecars("Film.wav"), ["Film.de.srt"]);
  ok(second.bytesRead > 0 && second.bytesRead < 2000, `only Film.wav: ${second.bytesRead}`);
  strictEqual(rig.find("Film.wav").status, "ready");
  deepStrictEqual(rig.library.hashesOf(rig.find("Film.wav").id), before);

  await rig.file("two/Third.nfo", "<movie><title>First</title></movie>");
  await rig.scan();
  strictEqual(rig.library.detailsOf(rig.find("Third.wav").id).nfo?.title, "First");
  // The folder stays as it was: only the file in it is another.
  await rig.file("two/Third.nfo", "<movie><title>The second</title></movie>");
  await rig.scan();
  strictEqual(rig.library.detailsOf(rig.find("Third.wav").id).nfo?.title, "The second");

  await rig.file("Fourth.nfo", "<movie><title>In no folder</title></movie>");
  await rig.scan();
  strictEqual(rig.library.detailsOf(rig.find("Fourth.wav").id).nfo?.title, "In no folder");

  await Deno.remove(`${rig.root}/one/Film.de.srt`);
  await rig.scan();
  strictEqual(sidecars("Film.wav"), undefined);
  strictEqual((await rig.scan()).bytesRead, 0);
});
