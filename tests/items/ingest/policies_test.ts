import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { openNameParser } from "../../../src/media/mod.ts";
import { type PolicyName, policyNames } from "../../../src/items/ingest/policies.ts";
import { createBuckets } from "../../../src/items/ingest/plan/buckets.ts";
import { numbered, placeFilm } from "../../../src/items/ingest/plan/facts.ts";
import type { Found } from "../../../src/items/ingest/plan/survey.ts";

const parse = await openNameParser();
const MODIFIED_MS = new Date(2026, 10, 21, 12).getTime();

const file = (path: string): Found => ({
  path,
  sizeBytes: 1,
  modifiedMs: MODIFIED_MS,
  device: 1,
  links: 1,
});

const place = (path: string, policy: PolicyName, sidecars: string[] = []) =>
  placeFilm({ file: file(path), sidecars: sidecars.map(file) }, policy, {
    parse,
    slug: "abcdefghijkl",
    bucket: "07",
  });

/** File → where each policy puts it. */
const table: Record<string, Record<PolicyName, string>> = {
  "/in/Big.Buck.Bunny.2008.1080p.BluRay.x264-GRP.mkv": {
    "by-title": "Big Buck Bunny (2008)/Big Buck Bunny (2008).mkv",
    "by-year": "2008/Big Buck Bunny (2008).mkv",
    "by-date": "2026/2026-11-21/Big.Buck.Bunny.2008.1080p.BluRay.x264-GRP.mkv",
    flat: "Big.Buck.Bunny.2008.1080p.BluRay.x264-GRP.mkv",
    hexmedia: "07/abcdefghijkl/abcdefghijkl.mkv",
  },
  "/in/The.Wire.S01E02.The.Detail.720p.MKV": {
    "by-title": "The Wire/Season 01/The Wire - S01E02 - The Detail.mkv",
    "by-year": "Unknown Year/The Wire - S01E02 - The Detail.mkv",
    "by-date": "2026/2026-11-21/The.Wire.S01E02.The.Detail.720p.mkv",
    flat: "The.Wire.S01E02.The.Detail.720p.mkv",
    hexmedia: "07/abcdefghijkl/abcdefghijkl.mkv",
  },
  "/in/VID_20190704_101112.mp4": {
    "by-title": "VID_20190704_101112/VID_20190704_101112.mp4",
    "by-year": "2019/VID_20190704_101112.mp4",
    "by-date": "2019/2019-07-04/VID_20190704_101112.mp4",
    flat: "VID_20190704_101112.mp4",
    hexmedia: "07/abcdefghijkl/abcdefghijkl.mp4",
  },
  "/in/Holidays in Spain 2019.mkv": {
    "by-title": "Holidays in Spain 2019/Holidays in Spain 2019.mkv",
    "by-year": "2019/Holidays in Spain 2019.mkv",
    "by-date": "2026/2026-11-21/Holidays in Spain 2019.mkv",
    flat: "Holidays in Spain 2019.mkv",
    hexmedia: "07/abcdefghijkl/abcdefghijkl.mkv",
  },
  "/in/....mkv": {
    "by-title": "abcdefghijkl/abcdefghijkl.mkv",
    "by-year": "Unknown Year/abcdefghijkl.mkv",
    "by-date": "2026/2026-11-21/abcdefghijkl.mkv",
    flat: "abcdefghijkl.mkv",
    hexmedia: "07/abcdefghijkl/abcdefghijkl.mkv",
  },
  "/in/???.mkv": {
    "by-title": "abcdefghijkl/abcdefghijkl.mkv",
    "by-year": "Unknown Year/abcdefghijkl.mkv",
    "by-date": "2026/2026-11-21/abcdefghijkl.mkv",
    flat: "abcdefghijkl.mkv",
    hexmedia: "07/abcdefghijkl/abcdefghijkl.mkv",
  },
};

for (const [path, expected] of Object.entries(table)) {
  Deno.test(`each policy places ${path}`, () => {
    const placed = Object.fromEntries(
      policyNames.map((policy) => [policy, place(path, policy).segments.join("/")]),
    );

    deepStrictEqual(placed, expected);
  });
}

Deno.test("a name of which nothing is left is told of, by every policy that takes names", () => {
  for (const policy of policyNames.filter((it) => it !== "hexmedia")) {
    for (const name of ["....mkv", "???.mkv"]) {
      const { reason } = place(`/in/${name}`, policy);
      match(reason, /; no name is left of "[^"]+"$/, `${policy} ${name}`);
    }
  }
});

Deno.test("an episode of several parts has the first and the last number", () => {
  const { segments } = place("/in/Show S02E03E04E05.mkv", "by-title");

  strictEqual(segments.join("/"), "Show/Season 02/Show - S02E03-E05.mkv");
});

Deno.test("what goes along keeps what follows the film's name", () => {
  const sidecars = ["/in/Heat.1995.en.forced.srt", "/in/Heat.1995-poster.jpg", "/in/Heat.1995.nfo"];

  const placed = place("/in/Heat.1995.mkv", "by-title", sidecars);

  deepStrictEqual(placed.sidecars.map(({ name }) => name), [
    "Heat (1995).en.forced.srt",
    "Heat (1995)-poster.jpg",
    "Heat (1995).nfo",
  ]);
  deepStrictEqual(numbered(placed, 2).sidecars.map(({ name }) => name), [
    "Heat (1995) (2).en.forced.srt",
    "Heat (1995) (2)-poster.jpg",
    "Heat (1995) (2).nfo",
  ]);
});

Deno.test("a name is cut where the longest name beside it would be too long", () => {
  const stem = "é".repeat(120) + "x"; // 241 bytes
  const placed = place(`/in/${stem}.mkv`, "flat", [`/in/${stem}.english.forced.srt`]);

  for (const name of [placed.segments[0]!, placed.sidecars[0]!.name]) {
    strictEqual(new TextEncoder().encode(name).length <= 255, true, name);
  }
  strictEqual(placed.sidecars[0]!.name.endsWith("é.english.forced.srt"), true);
});

Deno.test("why a file goes there is told, and what had to be changed in its name", () => {
  const reason = (path: string, policy: PolicyName) => place(path, policy).reason;

  strictEqual(reason("/in/Heat (1995).mkv", "by-title"), 'by-title: the film "Heat"');
  strictEqual(reason("/in/notes.mkv", "by-year"), "by-year: its name tells no year");
  strictEqual(
    reason("/in/a?b.mkv", "flat"),
    'flat: under its own name; renamed, for "?" is refused by Windows and exFAT',
  );
});

Deno.test("a bucket is the one with the fewest, the first of equals", () => {
  const next = createBuckets(new Map([["00", 2], ["01", 1], ["99", 0]]));
  const all = Array.from({ length: 101 }, next);

  deepStrictEqual(all.slice(0, 3), ["02", "03", "04"]);
  deepStrictEqual(all.slice(97), ["99", "01", "02", "03"]);
});
