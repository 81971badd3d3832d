/** Names of files as people and publishers write them. @module */
import { deepStrictEqual, ok } from "node:assert/strict";
import { titleOf } from "../../../src/media/media.ts";
import { openNameParser } from "../../../src/media/names/parse_name.ts";

const parseName = await openNameParser();

/** Path → title, then year, series and "season x episodes", where there are any. */
type Case = [
  path: string,
  title: string,
  year?: number | undefined,
  series?: string | undefined,
  number?: string,
];
const cases: Case[] = [
  // Published films.
  ["The.Matrix.1999.1080p.BluRay.x264-GRP.mkv", "The Matrix", 1999],
  ["Blade Runner 2049 (2017).mkv", "Blade Runner 2049", 2017],
  ["Se7en (1995).avi", "Se7en", 1995],
  ["2001.A.Space.Odyssey.1968.720p.mkv", "2001 A Space Odyssey", 1968],
  ["1917.2019.2160p.UHD.mkv", "1917", 2019],
  ["2012 (2009).mp4", "2012", 2009],
  ["12 Monkeys (1995).mp4", "12 Monkeys", 1995],
  ["Movie (1999) [tmdbid-603].mkv", "Movie", 1999],
  ["Le Fabuleux Destin d'Amélie Poulain (2001).mkv", "Le Fabuleux Destin d'Amélie Poulain", 2001],
  ["七人の侍 (1954).mkv", "七人の侍", 1954],
  ["Сталкер.1979.1080p.BluRay.mkv", "Сталкер", 1979],
  ["기생충 (2019).mp4", "기생충", 2019],
  ["Ça (2017).mkv", "Ça", 2017],
  ["Léon (1994).mkv", "Léon", 1994],
  ["Der Himmel über Berlin (1987).mkv", "Der Himmel über Berlin", 1987],
  ["Alien.Directors.Cut.1979.1080p.BluRay.mkv", "Alien", 1979],
  ["Spider-Man.No.Way.Home.2021.WEB-DL.mkv", "Spider-Man No Way Home", 2021],
  ["Film.FRENCH.1080p.mkv", "Film"],
  ["Monsters, Inc. (2001).mkv", "Monsters, Inc", 2001],
  ["WALL·E (2008).mkv", "WALL·E", 2008],
  ["Amadeus_1984_DVDRip.avi", "Amadeus", 1984],
  ["Metropolis.1927.mkv", "Metropolis", 1927],
  ["Nosferatu (1922) 1080p.mkv", "Nosferatu", 1922],
  ["www.site.com - Heat 1995 1080p.mkv", "Heat", 1995],
  ["[Group] Akira (1988) [BDRip].mkv", "Akira", 1988],
  ["3.10.to.Yuma.2007.720p.mkv", "3 10 to Yuma", 2007],
  ["Movie (1999)/movie.mkv", "Movie", 1999],
  ["Heat (1995)/Heat.mkv", "Heat", 1995],
  ["Heat (1995)/ht-1080p.mkv", "Heat", 1995],
  ["films/Heat (1995)/cd1.avi", "Heat", 1995],
  // Series.
  ["Mr. Robot S01E01.mkv", "Mr. Robot S01E01", undefined, "Mr. Robot", "1x1"],
  ["Show.Name.S01E02.The.Title.720p.HDTV.mkv", "The Title", undefined, "Show Name", "1x2"],
  [
    "The.Office.US.S03E04-E05.720p.mkv",
    "The Office US S03E04-E05",
    undefined,
    "The Office US",
    "3x4,5",
  ],
  ["Show S01E01E02E03.mkv", "Show S01E01-E02-E03", undefined, "Show", "1x1,2,3"],
  ["Show - 1x02 - The End.avi", "The End", undefined, "Show", "1x2"],
  ["Doctor Who (2005) - S01E01 - Rose.mkv", "Rose", 2005, "Doctor Who (2005)", "1x1"],
  ["Show/Season 01/02 - Name.mkv", "Name", undefined, "Show", "1x2"],
  ["Show/Season 1/Episode 7.mkv", "Show S01E07", undefined, "Show", "1x7"],
  ["Show/Specials/01 - Behind.mkv", "Behind", undefined, "Show", "0x1"],
  ["Dark/Staffel 2/S02E03.mkv", "Dark S02E03", undefined, "Dark", "2x3"],
  ["Show/S02/S02E10 Finale.mkv", "Finale", undefined, "Show", "2x10"],
  ["Show (2010)/Season 02/Show - s02e11 - Last [1080p].mkv", "Last", undefined, "Show", "2x11"],
  ["[SubsPlease] Frieren - 05 [1080p].mkv", "Frieren S01E05", undefined, "Frieren", "-x5"],
  ["進撃の巨人 S04E16 空と大地.mkv", "空と大地", undefined, "進撃の巨人", "4x16"],
  ["Show.S2024E05.mkv", "Show S2024E05", undefined, "Show", "2024x5"],
  ["S01E05.mkv", "S01E05", undefined, undefined, "1x5"],
  // What people record themselves, and names that are no releases.
  ["IMG_1234.MOV", "IMG 1234"],
  ["VID_20200101_123456.mp4", "VID 20200101 123456", 2020],
  ["PXL_20230704_101530123.mp4", "PXL 20230704 101530123", 2023],
  ["DSC01234.mp4", "DSC01234"],
  ["GOPR0042.MP4", "GOPR0042"],
  ["MVI_0001.avi", "MVI 0001"],
  ["C0001.MP4", "C0001"],
  ["2019-07-04 15.30.12.mp4", "2019-07-04 15.30.12", 2019],
  ["WhatsApp Video 2021-03-04 at 10.11.12.mp4", "WhatsApp Video 2021-03-04 at 10.11.12", 2021],
  ["Screen Recording 2022-01-31 at 9.00.00.mov", "Screen Recording 2022-01-31 at 9.00.00", 2022],
  ["Summer holiday 2019.mp4", "Summer holiday 2019", 2019],
  ["Oma 80. Geburtstag.mp4", "Oma 80. Geburtstag"],
  ["Big.Buck_Bunny.mp4", "Big Buck Bunny"],
  ["🎬 film – été.mkv", "🎬 film – été"],
  ["300.mkv", "300"],
  ["1984.mkv", "1984"],
  ["Home.mkv", "Home"],
  ["x264 test.mkv", "x264 test"],
  ["1080p.mkv", "1080p"],
  ["vacation part 1.mp4", "vacation part 1"],
  ["Meeting 640x480.mp4", "Meeting 640x480"],
  ["birthday/IMG_0001.mp4", "IMG 0001"],
  [".mp4", ".mp4"],
  ["....mp4", "....mp4"],
  ["line\nbreak.mp4", "line break"],
  ["M.A.S.H.1970.DVDRip.avi", "M.A.S.H.", 1970],
  ["01 - Song (Live 1999).mp3", "01 - Song (Live 1999)"],
  ["photo (2019).jpg", "photo (2019)"],
  ["مسلسل الحلقة ١.mp4", "مسلسل الحلقة ١"],
  ["a".repeat(290) + ".mkv", "a".repeat(290)],
];

Deno.test("parseName() says what a name says, and no more", () => {
  ok(cases.length >= 60, `${cases.length} names`);
  const found = cases.map(([path]) => {
    const { title, year, series, season, episode, episodes } = parseName(path);
    const numbers = episode && `${season ?? "-"}x${episodes ?? episode}`;
    return [path, title, year, series, numbers];
  });

  deepStrictEqual(found, cases.map((it) => Array.from({ length: 5 }, (_, index) => it[index])));
});

Deno.test("No name is without a title, nor loses letters that are no words of publishers", () => {
  const scripts = [
    "Ночь",
    "夜",
    "ليل",
    "רמז",
    "Νύχτα",
    "रात",
    "밤",
    "Noć",
    "Ночь.в.лесу",
    "été_à_la_mer",
  ];
  for (const name of scripts) {
    for (
      const path of [`${name}.mp4`, `x/${name}.mkv`, `${name} (2001).mkv`, `${name}.2001.720p.mkv`]
    ) {
      const { title } = parseName(path);

      ok(title.startsWith(titleOf(`${name}.mp4`)), `${path}: ${title}`);
    }
  }
  for (
    const path of [
      "-.mkv",
      "().mkv",
      "_.mp4",
      "[].mkv",
      "(2001).mkv",
      "[1080p].mkv",
      "S01E01/x.mkv",
    ]
  ) {
    ok(parseName(path).title.trim().length > 0, path);
  }
});

Deno.test("parseName() is quick over names that are made to be slow", () => {
  const slow = [
    "1x".repeat(140),
    "s1e".repeat(95),
    "2001 ".repeat(58),
    "((((".repeat(70),
    "[a]".repeat(95),
    "a.".repeat(145),
    "-".repeat(290),
    "Season ".repeat(40),
    "1080p.".repeat(48),
    "A.B.C.".repeat(48),
  ];
  for (const stem of slow) {
    const began = performance.now();
    parseName(`${stem}.mkv`);
    parseName(`${stem}/Season 1/${stem}.mkv`);

    const tookMs = performance.now() - began;
    ok(tookMs < 250, `${stem.slice(0, 20)}: ${tookMs} ms`);
  }
});
