/** What searches find, in which order, and how pages of it are turned. @module */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { InvalidError } from "../../../src/base/errors.ts";
import { tempDir } from "../../helpers/temp.ts";
import { openRig } from "./rig.ts";

const DAY_MS = 86_400_000;

/** Films that differ in everything that can be asked for. */
function films() {
  const rig = openRig();
  rig.db.run(
    `INSERT INTO drives (id, name, model, size_bytes, kind, evidence, removable, present, first_seen_at,
       last_seen_at) VALUES ('drv-1', 'sda', 'Big Disk', 1, 'hdd', '', 0, 1, '', '')`,
  );
  rig.add({
    id: "runner",
    title: "Blade Runner",
    path: "scifi/Blade.Runner.1982.Final_Cut.mkv",
    media: {
      video_codec: "hevc",
      audio_codec: "dts",
      width: 3840,
      height: 1600,
      hdr: "HDR10",
      duration_ms: 117 * 60_000,
      size_bytes: 60e9,
      bitrate: 68e6,
      drive_ids: '["drv-1"]',
      identity: "aaa",
      volume_id: "vol-1",
      tracks: JSON.stringify([{ kind: "audio", codec: "dts", language: "eng" }, {
        kind: "subtitle",
        codec: "srt",
        language: "ger",
      }]),
    },
    item: {
      year: 1982,
      language: "eng",
      custom: '{"shelf":"Top left"}',
      sort_title: "blade runner",
    },
    tags: ["genre/sci-fi"],
    people: [["Ridley Scott", "director"], ["Harrison Ford"]],
    notes: "lend to Zoë",
  });
  rig.add({
    id: "alien",
    title: "Alien",
    media: {
      video_codec: "avc",
      audio_codec: "aac",
      width: 1920,
      height: 800,
      duration_ms: 90 * 60_000,
      size_bytes: 4e9,
      bitrate: 6e6,
      drive_ids: '["drv-2"]',
      offline_since: "2026-01-01",
      volume_id: "vol-2",
    },
    item: { year: 1979 },
    tags: ["genre/horror"],
    people: [["Ridley Scott", "director"], ["Sigourney Weaver"]],
  });
  rig.add({
    id: "amelie",
    title: "Le Fabuleux Destin d'Amélie Poulain",
    media: {
      video_codec: "av1",
      width: 1280,
      height: 720,
      duration_ms: 122 * 60_000,
      size_bytes: 2e9,
      status: "missing",
    },
    item: { year: 2001, original_title: "Amélie" },
    tags: ["genre"],
  });
  rig.add({
    id: "samurai",
    title: "七人の侍",
    media: { error: "cut off" },
    item: { year: 1954, original_title: "Shichinin no Samurai" },
  });
  rig.add({
    id: "wire",
    title: "The Detail",
    path: "tv/The.Wire/S01E02.mkv",
    item: { series: "The Wire", season: 1, episode: 2, kind: "video" },
  });
  rig.add({ id: "thai", title: "องค์บาก", item: { kind: "video" } });
  rig.db.run(
    "INSERT INTO tag_synonyms VALUES ('science-fiction', 'Science Fiction', 'tag-genre/sci-fi')",
  );
  rig.db.run(
    "INSERT INTO person_aliases VALUES ('sir ridley', 'Sir Ridley', 'person-ridley scott')",
  );
  rig.db.run(
    "INSERT INTO ratings VALUES ('alien', 'owner', 9, 1, ''), ('runner', 'owner', 7, 1, ''), ('wire', 'other', 10, 1, '')",
  );
  rig.db.run(
    "INSERT INTO watch_states (user, content_key, watched, favorite, updated_at) VALUES ('owner', 'aaa', 1, 0, ''), ('owner', 'item:wire', 0, 1, '')",
  );
  rig.db.run(
    `INSERT INTO assets (id, item_id, kind, label, origin, path, details, mime_type, generated_at, used_at) VALUES
     ('p', 'wire', 'poster', '', 'upload', 'x', '{}', 'image/jpeg', '', ''),
     ('q', 'alien', 'poster', 'original', 'cache', 'y', '{"origin":"frame"}', 'image/jpeg', '', ''),
     ('r', 'alien', 'poster', '640w.webp', 'cache', 'z', '{"of":"original"}', 'image/webp', '', ''),
     ('s', 'runner', 'poster', 'original', 'cache', 'w', '{"origin":"file"}', 'image/jpeg', '', '')`,
  );
  rig.db.run(
    'INSERT INTO media_details VALUES (\'alien\', \'{"chapters":[{"startMs":0}],"nfo":{"path":"a.nfo"}}\')',
  );
  rig.db.run(
    "INSERT INTO duplicate_groups (id, kind, key, files, reclaimable_bytes, found_at) VALUES ('g', 'exact', 'k', 2, 1, '')",
  );
  rig.db.run("INSERT INTO duplicate_members (group_id, media_id) VALUES ('g', 'alien')");
  rig.index();
  return rig;
}

Deno.test("each word, phrase and filter finds its films", async () => {
  using rig = films();
  rig.db.run(
    `INSERT INTO custom_fields (key, name, type, created_at, updated_at)
     VALUES ('shelf', 'Shelf', 'text', '', '')`,
  );
  const all = ["alien", "amelie", "runner", "samurai", "thai", "wire"];
  const cases: [string, string[]][] = [
    ["", all],
    ["blade runner", ["runner"]],
    ["runner blade", ["runner"]],
    ['"runner blade"', []],
    ["run", []],
    ["run*", ["runner"]],
    ["AMELIE", ["amelie"]],
    ["amélie", ["amelie"]],
    ["final cut", ["runner"]],
    ["ridley", ["alien", "runner"]],
    ['"sir ridley"', ["alien", "runner"]],
    ["zoe", ["runner"]],
    ["science fiction", ["runner"]],
    ["horror genre", ["alien"]],
    ["侍", ["samurai"]],
    ["七人", ["samurai"]],
    ["人七", []],
    ["บาก", ["thai"]],
    ["alien OR wire", ["alien", "wire"]],
    ["genre -horror", ["amelie", "runner"]],
    ["-genre", ["samurai", "thai", "wire"]],
    ["ridley (weaver OR ford) -alien", ["runner"]],
    ["blade !!!", ["runner"]],
    ["tag:genre", ["alien", "amelie", "runner"]],
    ["tag:genre/sci-fi", ["runner"]],
    ["tag:sci-fi", ["runner"]],
    ['tag:"Science Fiction"', ["runner"]],
    ["tag:nothing", []],
    ["-tag:genre", ["samurai", "thai", "wire"]],
    ['person:"Ridley Scott"', ["alien", "runner"]],
    ["person:scott", ["alien", "runner"]],
    ['person:"sir ridley"', ["alien", "runner"]],
    ["actor:scott", []],
    ["director:scott year<1980", ["alien"]],
    ["actor:weaver", ["alien"]],
    ["codec:x265", ["runner"]],
    ["codec:h265", ["runner"]],
    ["codec:h264|av1", ["alien", "amelie"]],
    ["-codec:hevc", ["alien", "amelie", "samurai", "thai", "wire"]],
    ["audio:dts", ["runner"]],
    ["hdr:yes", ["runner"]],
    ["hdr:HDR10", ["runner"]],
    ["hdr:HDR10+", []],
    ["resolution:4k|1080p", ["alien", "runner"]],
    ["width>1920", ["runner"]],
    ["width>=1920", ["alien", "runner"]],
    ["height:720", ["amelie"]],
    ["duration>90m", ["amelie", "runner"]],
    ["duration>=1h30m", ["alien", "amelie", "runner"]],
    ["duration<2h", ["alien", "runner"]],
    ["size>4GB", ["runner"]],
    ["size:1GB..4GB", ["alien", "amelie"]],
    ["bitrate>8M", ["runner"]],
    ["rating>=4", ["alien"]],
    ["rating:3.5", ["runner"]],
    ["rating<4", ["runner"]],
    ["-rating>=0.5", ["amelie", "samurai", "thai", "wire"]],
    ["year:1979..1982", ["alien", "runner"]],
    ["year<1980", ["alien", "samurai"]],
    ["year:1990..", ["amelie"]],
    ["-year:1979", ["amelie", "runner", "samurai", "thai", "wire"]],
    ['series:"the wire" season:1 episode:1..3', ["wire"]],
    ["season>1", []],
    ["kind:audio", []],
    ["drive:drv-1", ["runner"]],
    ['drive:"big disk"', ["runner"]],
    ["volume:vol-1", ["runner"]],
    ["offline:yes", ["alien"]],
    ["offline:no tag:genre", ["amelie", "runner"]],
    ["missing:yes", ["amelie"]],
    ["error:yes", ["samurai"]],
    ["duplicate:yes", ["alien"]],
    ["watched:yes", ["runner"]],
    ["watched:no tag:genre", ["alien", "amelie"]],
    ["favorite:yes", ["wire"]],
    ["favorite:no alien OR wire", ["alien", "wire"]],
    ["added>2025-12-31", all],
    ["added:2026-01", all],
    ["added<2026-01-01", []],
    ["path:scifi", ["runner"]],
    ["title:detail", ["wire"]],
    ["title:scott", []],
    ["notes:lend", ["runner"]],
    ["ext:mkv wire", ["wire"]],
    ["subtitle:ger", ["runner"]],
    ["language:eng", ["runner"]],
    ["has:subtitles", ["runner"]],
    ["has:chapters has:nfo", ["alien"]],
    ["has:poster", ["runner", "wire"]],
    ["-has:poster tag:genre/horror", ["alien"]],
    ['field.shelf:"top left"', ["runner"]],
    ["field.shelf:other", []],
    ["codec:hevc OR rating>=4", ["alien", "runner"]],
    ["(watched:yes OR year:2001) tag:genre", ["amelie", "runner"]],
    ["NOT (codec:hevc OR rating>=4) tag:genre", ["amelie"]],
  ];

  for (const [query, expected] of cases) deepStrictEqual(await rig.ids(query), expected, query);
  deepStrictEqual(await rig.ids("rating:5", { user: "other" }), ["wire"]);
  deepStrictEqual(await rig.ids("bla", { isTyping: true }), ["runner"]);
});

Deno.test("a song is found by its artist and album, which say why", async () => {
  using rig = openRig();
  rig.add({ id: "song", title: "Halo", path: "01.flac" });
  rig.add({ id: "other", title: "Halo", path: "02.flac" });
  const tags = { artist: "Beyoncé", albumArtist: "The Carters", album: "Lemonade" };
  rig.index();
  rig.db.run("INSERT INTO media_details VALUES ('song', ?)", JSON.stringify({ tags }));
  rig.index();

  for (const query of ["beyonce", "carters halo", "lemonade", "lem*"]) {
    deepStrictEqual(await rig.ids(query), ["song"], query);
  }
  const { hits } = await rig.find("beyonce lemonade");
  deepStrictEqual(hits[0]?.highlights.map(({ field, text }) => [field, text]), [
    ["people", "Beyoncé, The Carters"],
    ["tags", "Lemonade"],
  ]);
});

Deno.test("an age counts back from now", async () => {
  using rig = openRig();
  const ago = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();
  for (const [id, days] of [["new", 2], ["old", 30], ["ancient", 4000]] as const) {
    rig.add({ id, item: { created_at: ago(days) } });
  }
  rig.index();

  deepStrictEqual(await rig.ids("added<7d"), ["new"]);
  deepStrictEqual(await rig.ids("added<2m"), ["new", "old"]);
  deepStrictEqual(await rig.ids("added>1y"), ["ancient"]);
});

Deno.test("the best match comes first, then what is in the title, then the rest", async () => {
  using rig = openRig();
  rig.add({ id: "note", title: "Something long", notes: "the alien one" });
  rig.add({ id: "long", title: "Alien against the whole rest of the world" });
  rig.add({ id: "exact", title: "Alien" });
  rig.add({ id: "path", title: "Else", path: "alien/else.mkv" });
  rig.index();

  const ids = await rig.ids("alien", { sort: "relevance" });

  deepStrictEqual(ids.slice(0, 2), ["exact", "long"]);
  deepStrictEqual(ids.length, 4);
});

Deno.test("each order sorts, both ways, and a seed always shuffles alike", async () => {
  using rig = films();
  const years = await rig.ids("tag:genre", { sort: "year" });

  deepStrictEqual(years, ["alien", "runner", "amelie"]);
  deepStrictEqual(await rig.ids("tag:genre", { sort: "-year" }), years.toReversed());
  deepStrictEqual(await rig.ids("tag:genre", { sort: "title" }), ["alien", "runner", "amelie"]);
  deepStrictEqual(await rig.ids("tag:genre", { sort: "-size" }), ["runner", "alien", "amelie"]);
  deepStrictEqual(await rig.ids("tag:genre", { sort: "duration" }), ["alien", "runner", "amelie"]);
  deepStrictEqual(await rig.ids("tag:genre", { sort: "-added" }), ["amelie", "alien", "runner"]);
  for (const sort of ["year", "-year", "duration", "-duration"]) {
    // Of "The Detail" neither is known.
    strictEqual((await rig.ids('tag:genre OR series:"The Wire"', { sort })).at(-1), "wire", sort);
  }
  deepStrictEqual(await rig.ids("tag:genre", { sort: "-rating" }), ["alien", "runner", "amelie"]);
  const shuffled = await rig.ids("", { sort: "random:3" });
  deepStrictEqual(await rig.ids("", { sort: "random:3" }), shuffled);
  const orders = await Promise.all(
    [1, 2, 4, 5, 6].map((seed) => rig.ids("", { sort: `random:${seed}` })),
  );
  ok(orders.some((ids) => ids.join() !== shuffled.join()), "another seed, another order");
  await rejects(rig.ids("", { sort: "colour" }), /there are relevance, title/);
  await rejects(rig.ids("", { sort: "-relevance" }), InvalidError);
});

Deno.test("highlights say where the words stand, in pieces of long texts", async () => {
  using rig = openRig();
  rig.add({
    id: "a",
    title: "Amélie goes out",
    notes: `${"much ado ".repeat(50)}amelie ${"more ".repeat(50)}`,
  });
  rig.add({ id: "b", title: "七人の侍" });
  rig.index();

  const { hits: [hit] } = await rig.find("amelie much");
  const { hits: [own] } = await rig.find("amelie");
  const { hits: [samurai] } = await rig.find("侍");

  const marked = hit!.highlights.map((
    { field, text, ranges },
  ) => [field, ...ranges.map(([from, to]) => text.slice(from, to))]);
  deepStrictEqual(marked[0], ["title", "Amélie"]);
  strictEqual(marked[1]![0], "notes", "its title does not say where both words are");
  deepStrictEqual(own!.highlights.map(({ field }) => field), ["title"], "its title says it all");
  ok(hit!.highlights[1]!.text.length <= 160);
  deepStrictEqual(samurai!.highlights[0]!.ranges, [[3, 4]]);
});

Deno.test("later pages say where the words stand too, and not by texts of long ago", async () => {
  using rig = openRig();
  for (let n = 0; n < 12; n++) rig.add({ id: `film ${n}`, notes: `a heist, ${n}` });
  rig.index();
  const texts = ({ hits }: Awaited<ReturnType<typeof rig.find>>) =>
    hits.map(({ highlights }) => highlights.map(({ text }) => text).join());
  const turn = (cursor?: string) => rig.find("heist", { sort: "added", limit: 3, cursor });

  const first = await turn();
  const second = await turn(first.nextCursor);
  const third = await turn(second.nextCursor);
  rig.db.run("UPDATE notes SET text = 'heist again'");
  const now = performance.now.bind(performance);
  performance.now = () => now() + 60_000;
  const last = await turn(third.nextCursor).finally(() => performance.now = now);

  deepStrictEqual(texts(second), ["a heist, 3", "a heist, 4", "a heist, 5"]);
  deepStrictEqual(texts(third), ["a heist, 6", "a heist, 7", "a heist, 8"]);
  deepStrictEqual(texts(last), ["heist again", "heist again", "heist again"]);
});

Deno.test("facets count what the result is made of", async () => {
  using rig = films();

  const { facets } = await rig.find("tag:genre", { facets: "all" });
  const counts = (name: string) =>
    Object.fromEntries(facets!.facets[name]!.map(({ value, count }) => [value, count]));

  deepStrictEqual([facets!.counted, facets!.isExact], [3, true]);
  deepStrictEqual(counts("codec"), { hevc: 1, avc: 1, av1: 1 });
  deepStrictEqual(counts("decade"), { "1970..1979": 1, "1980..1989": 1, "2000..2009": 1 });
  deepStrictEqual(counts("drive"), { "drv-1": 1, "drv-2": 1 });
  deepStrictEqual(counts("tag"), { genre: 1, "genre/horror": 1, "genre/sci-fi": 1 });
  deepStrictEqual(counts("person"), {
    "Ridley Scott": 2,
    "Harrison Ford": 1,
    "Sigourney Weaver": 1,
  });
  deepStrictEqual(counts("rating"), { "4.5": 1, "3.5": 1 });
  const some = await rig.find("tag:genre", { facets: "kind,year" });
  deepStrictEqual(Object.keys(some.facets!.facets), ["kind", "year"]);
  await rejects(rig.find("", { facets: "colour" }), InvalidError);
});

Deno.test("pages stay as they are while items come and go, also after a restart", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "library.db");
  using rig = openRig(path);
  for (let n = 100; n < 400; n++) {
    rig.add({ id: `f${n}`, title: `film ${n}`, item: { year: 2000 - n % 7 } });
  }
  rig.index();

  for (const sort of ["title", "-year", "relevance", "random:9", "-added"]) {
    const whole = await rig.ids("film", { sort });
    strictEqual(whole.length, 300);
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let turn = 0; turn === 0 || cursor; turn++) {
      const page = await rig.find("film", { sort, limit: 40, cursor });
      seen.push(...page.hits.map(({ item }) => item.id));
      cursor = page.nextCursor;
      deepStrictEqual([page.total.value, page.total.isExact], [300, true]);
      if (turn !== 1) continue;
      rig.add({ id: `late-${sort}`, title: "film 000", item: { year: 2030 } });
      rig.index();
    }
    deepStrictEqual(seen, whole, sort);
    // Another program knows nothing of the lists of this one.
    const first = await rig.find("film", { sort, limit: 40 });
    using again = openRig(path);
    const second = await again.find("film", { sort, limit: 40, cursor: first.nextCursor });
    const direct = await rig.find("film", { sort, limit: 40, cursor: first.nextCursor });
    deepStrictEqual(
      second.hits.map(({ item }) => item.id),
      direct.hits.map(({ item }) => item.id),
      sort,
    );
    rig.db.run("DELETE FROM items WHERE id LIKE 'late-%'");
    rig.db.run("DELETE FROM media WHERE id LIKE 'late-%'");
    rig.index();
  }
  const { nextCursor } = await rig.find("film", { limit: 10 });
  await rejects(rig.find("other", { limit: 10, cursor: nextCursor }), InvalidError);
  await rejects(rig.find("film", { cursor: "[1,2" }), InvalidError);
});

Deno.test("resolveIds() gives all that fit, up to a limit", async () => {
  using rig = openRig();
  for (let n = 0; n < 200; n++) rig.add({ id: `f${n}`, title: `film ${n % 2 ? "odd" : "even"}` });
  rig.index();

  const odd = await rig.search.resolveIds("odd", "owner", 10_000);

  deepStrictEqual([odd.length, odd[0], odd.at(-1)], [100, "f199", "f1"]);
  strictEqual((await rig.search.resolveIds("film", "owner", 30)).length, 30);
});

Deno.test("a range that is turned round and a field that there is not are refused, not empty", async () => {
  using rig = openRig();
  rig.add({ id: "a", title: "Alien" });
  rig.index();

  await rejects(rig.find("year:1999..1990"), /end of the range is before its begin/);
  await rejects(rig.find("field.nope:a"), /there is no custom field "nope"/);
});
