import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import {
  cleanName,
  fitName,
  keyOf,
  randomSlug,
  refusedIn,
} from "../../../../src/items/ingest/plan/names.ts";
import { byStem, ownerOf } from "../../../../src/items/ingest/plan/sidecars.ts";
import { createNames } from "../../../../src/items/ingest/plan/taken.ts";

Deno.test("cleanName() puts otherwise what Windows and exFAT refuse", () => {
  const cases: Record<string, string> = {
    "Alien: Resurrection": "Alien - Resurrection",
    "12:30": "12-30",
    'Who? <What> "Why" *|': "Who What 'Why' -",
    "AC/DC\\Live": "AC-DC-Live",
    "CON": "_CON",
    "nul.something": "_nul.something",
    "Console": "Console",
    "trailing. . ": "trailing",
    ".hidden": "hidden",
    "..": "",
    "a\u0000b\u001fc\u200bd": "abcd",
    "e\u0301": "\u00e9",
    "  two   spaces  ": "two spaces",
    "🎬 Film 👨‍👩‍👧": "🎬 Film 👨‍👩‍👧",
  };
  for (const [name, expected] of Object.entries(cases)) {
    strictEqual(cleanName(name), expected, name);
  }
});

Deno.test("whatever a name was, cleaned and fitted it is refused by nobody", () => {
  const anything = fc.string({ unit: "binary", maxLength: 400 });
  fc.assert(fc.property(anything, (name) => {
    const clean = fitName(cleanName(name), ".mkv");
    strictEqual(refusedIn(clean), undefined);
    ok(!clean.startsWith("."));
    ok(new TextEncoder().encode(`${clean}.mkv`).length <= 255);
    strictEqual(clean, clean.normalize("NFC"));
  }));
});

Deno.test("fitName() cuts between letters, not in them", () => {
  const family = "👨‍👩‍👧";
  const cut = fitName(family.repeat(40), ".mkv");

  strictEqual(cut.length % family.length, 0);
  strictEqual(cut, family.repeat(cut.length / family.length));
});

Deno.test("refusedIn() says what is wrong with a name", () => {
  match(refusedIn("a:b")!, /":" is refused by Windows/);
  match(refusedIn("a.")!, /point or a space at the end/);
  match(refusedIn("aux.mkv")!, /device on Windows/);
  match(refusedIn("x".repeat(256))!, /longer than 255/);
  strictEqual(refusedIn("Film (1999).mkv"), undefined);
});

Deno.test("keyOf() is the same for names that some file system takes for one", () => {
  for (const [one, other] of [["Film", "fILM"], ["\u00e9", "E\u0301"], ["Straße", "STRASSE"]]) {
    strictEqual(keyOf(one!), keyOf(other!), `${one} and ${other}`);
  }
  ok(keyOf("Film 1") !== keyOf("Film 2"));
});

Deno.test("slugs are letters, and no two are the same", () => {
  const slugs = Array.from({ length: 1000 }, () => randomSlug());

  strictEqual(new Set(slugs).size, 1000);
  for (const slug of slugs) match(slug, /^[a-z]{12}$/);
});

const folders: Record<string, string[]> = {
  "/films": ["Heat (1995)/", "a file.mkv"],
  "/films/Heat (1995)": ["Heat (1995).mkv"],
};
const list = (folder: string) =>
  Promise.resolve((folders[folder] ?? []).map((it) => ({
    name: it.replace(/\/$/, ""),
    isDirectory: it.endsWith("/"),
  })));

Deno.test("a name is taken by the target's files, also where it is spelled otherwise", async () => {
  const names = createNames("/films", list);
  const take = (path: string, by = "/in/x.mkv") => names.take(path.split("/"), by);
  const reason = (it: Awaited<ReturnType<typeof take>>) => "reason" in it ? it.reason : "free";

  match(reason(await take("Heat (1995)/Heat (1995).mkv")), /Another file of this name is there/);
  match(reason(await take("heat (1995)/HEAT (1995).mkv")), /spelled "Heat \(1995\)\.mkv"/);
  match(reason(await take("A File.mkv")), /spelled "a file\.mkv"/);
  match(reason(await take("a file.mkv/Film.mkv")), /A file is where a folder would be/);
  match(reason(await take("heat (1995)")), /A folder of this name/);
  // A folder that is there keeps its spelling.
  deepStrictEqual(await take("HEAT (1995)/Other.mkv"), { path: "/films/Heat (1995)/Other.mkv" });
});

Deno.test("a name is taken by what the plan has given it to", async () => {
  const names = createNames("/films", list);

  deepStrictEqual(await names.take(["The Wire", "One.mkv"], "/in/1.mkv"), {
    path: "/films/The Wire/One.mkv",
  });
  deepStrictEqual(await names.take(["the wire", "Two.mkv"], "/in/2.mkv"), {
    path: "/films/The Wire/Two.mkv",
  });
  const third = await names.take(["The Wire", "ONE.MKV"], "/in/3.mkv");

  match(
    "reason" in third ? third.reason : "",
    /given this name, spelled "One.mkv" to "\/in\/1.mkv"/,
  );
});

Deno.test("a path that is too long as a whole is refused, though its names are not", async () => {
  const names = createNames("/films", list);
  const deep = [...Array.from({ length: 20 }, () => "x".repeat(250)), "film.mkv"];

  const taken = await names.take(deep, "/in/1.mkv");

  match("reason" in taken ? taken.reason : "", /whole path would be too long/);
});

Deno.test("ownerOf() prefers the film that is spelt like the sidecar, and takes another one too", () => {
  const films = byStem(["Movie.0.mkv", "movie.0.mkv", "Other.mkv"]);

  strictEqual(ownerOf("Movie.0.en.srt", films), "Movie.0.mkv");
  strictEqual(ownerOf("movie.0.en.srt", films), "movie.0.mkv");
  strictEqual(ownerOf("OTHER.nfo", films), "Other.mkv");
  strictEqual(ownerOf("poster.jpg", films), undefined, "of which of them?");
  strictEqual(ownerOf("poster.jpg", byStem(["Movie.0.mkv"])), "Movie.0.mkv");
});
