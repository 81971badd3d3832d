/**
 * How duplicates are found: by content, by what is seen, by name.
 *
 * @module
 */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { LOOK_JOB } from "../../../src/items/duplicates/mod.ts";
import { wav } from "../../helpers/clips.ts";
import { say } from "../../helpers/say.ts";
import { namesOf, openDuplicatesRig } from "./rig.ts";

type Rig = Awaited<ReturnType<typeof openDuplicatesRig>>;

const hash = (rig: Rig, name: string, algorithm: string, digest: string) =>
  rig.db.run(
    "INSERT OR REPLACE INTO hashes VALUES (?, ?, ?)",
    ...[rig.find(name).id, algorithm, digest],
  );
const item = (rig: Rig, name: string, fields: Record<string, string | number>) => {
  for (const [field, value] of Object.entries(fields)) {
    rig.db.run(`UPDATE items SET ${field} = ? WHERE id = ?`, value, rig.find(name).id);
  }
};
const last = (rig: Rig, name: string, durationMs: number) =>
  rig.db.run("UPDATE media SET duration_ms = ? WHERE id = ?", durationMs, rig.find(name).id);
const kinds = (groups: Awaited<ReturnType<Rig["look"]>>) =>
  groups.map((group) => [group.kind, ...namesOf(group)]).sort();

/** Noise of another seed each: nothing else makes them duplicates. */
const films = (...names: string[]) =>
  Object.fromEntries(names.map((name, index) => [name, wav(100 + index, 800 + index)]));

Deno.test("files of the same bytes are a group, empty ones and CRC-32 are no sign", async () => {
  await using rig = await openDuplicatesRig({
    "a.wav": wav(1),
    "b.wav": wav(1),
    "c.wav": wav(2),
    "empty1.wav": "",
    "empty2.wav": "",
  });
  hash(rig, "c.wav", "crc32", "00000001");
  hash(rig, "a.wav", "crc32", "00000001");

  strictEqual(rig.room.isDue(), true);
  const [group, ...others] = await rig.look();

  deepStrictEqual([others, group && namesOf(group)], [[], ["a.wav", "b.wav"]]);
  deepStrictEqual(
    [group?.kind, group?.files, group?.reclaimableBytes, group?.state],
    ["exact", 2, wav(1).length, "open"],
  );
  ok(group?.suggestion.keep, "and it says which to keep");
});

Deno.test("files are told apart by the strongest hash that both have", async () => {
  await using rig = await openDuplicatesRig({ "a.wav": wav(1), "b.wav": wav(1), "c.wav": wav(1) });
  // As if somebody had made two files for MD5.
  hash(rig, "a.wav", "sha256", "aa");
  hash(rig, "b.wav", "sha256", "bb");

  // The third, of which only MD5 is known, is a copy of whichever comes first.
  const [[kind, one, other] = [], ...others] = kinds(await rig.look(true));
  deepStrictEqual([kind, others], ["exact", []]);
  ok([one, other].includes("c.wav"), `${one}, ${other}`);

  hash(rig, "b.wav", "sha256", "aa");
  const [group] = await rig.look(true);

  deepStrictEqual(group && namesOf(group), ["a.wav", "b.wav", "c.wav"]);
});

Deno.test("a group stays the same one when files and hashes join, and what is dismissed stays so", async () => {
  await using rig = await openDuplicatesRig({ "a.wav": wav(1), "b.wav": wav(1) });
  const [group] = await rig.look();
  const dismissed = rig.room.setState(group!.id, "dismissed", group!.version);
  strictEqual(dismissed.state, "dismissed");
  await rig.file("c.wav", wav(1));
  rig.settings.algorithms = ["md5", "sha256"];
  await rig.scan();

  const groups = await rig.look();

  deepStrictEqual(groups.map(({ id, state, files }) => [id, state, files]), [
    [group!.id, "dismissed", 3],
  ]);
  deepStrictEqual(rig.room.list({ state: "open", limit: 10 }), []);
  strictEqual(rig.room.setState(group!.id, "open").state, "open");
});

Deno.test("an edit from an old version is refused, and so is one of what is dealt with", async () => {
  await using rig = await openDuplicatesRig({ "a.wav": wav(1), "b.wav": wav(1) });
  const [group] = await rig.look();
  rig.room.setState(group!.id, "dismissed", 1);

  await rejects(async () => await rig.room.setState(group!.id, "open", 1), { name: "StaleError" });
  await rejects(async () => await rig.room.find("dup-none"), { name: "NotFoundError" });

  rig.room.setState(group!.id, "open");
  await rig.resolve(group!, "a.wav", ["b.wav"]);
  await rejects(async () => await rig.room.setState(group!.id, "dismissed"), {
    name: "ConflictError",
  });
});

Deno.test("a group goes when its files do, and a look is a job that there is one of", async () => {
  await using rig = await openDuplicatesRig({ "a.wav": wav(1), "b.wav": wav(1) });
  strictEqual((await rig.look()).length, 1);
  await Deno.remove(rig.path("b.wav"));
  await rig.file("filler.wav", wav(5));
  await rig.scan();
  rig.db.run("UPDATE media SET status = 'missing' WHERE relative_path = 'b.wav'");

  deepStrictEqual(await rig.look(), []);

  strictEqual(rig.room.isDue(), false);
  const both = await Promise.allSettled([rig.look(), rig.look()]);
  deepStrictEqual(both.map(({ status }) => status), ["fulfilled", "rejected"]);
  strictEqual(rig.jobs.get(LOOK_JOB).state, "done");
});

Deno.test("an incremental look finds what a full one does", async () => {
  await using rig = await openDuplicatesRig({ "a.wav": wav(1), "b.wav": wav(1), "c.wav": wav(2) });
  await rig.look();
  await rig.file("d.wav", wav(2));
  await rig.file("e.wav", wav(3));
  await rig.scan();

  const some = kinds(await rig.look());
  const all = kinds(await rig.look(true));

  deepStrictEqual(some, [["exact", "a.wav", "b.wav"], ["exact", "c.wav", "d.wav"]]);
  deepStrictEqual(all, some);
});

/** 32 hashes, of which a part is another's. */
function frames(seed: number, likeSeed = seed, likePart = 0): Uint8Array {
  const make = (seed: number) => {
    const words = new Uint32Array(64);
    let state = seed * 2654435761 >>> 0 || 1;
    for (let at = 0; at < words.length; at++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      words[at] = state;
    }
    return new Uint8Array(words.buffer);
  };
  const own = make(seed);
  own.set(make(likeSeed).subarray(0, Math.round(likePart * own.length)));
  return own;
}

const fingerprint = (
  rig: Rig,
  name: string,
  frames: Uint8Array,
  durationMs: number | null,
  kind = "video",
) => {
  rig.db.run(
    `INSERT INTO fingerprints (media_id, kind, frames, duration_ms, made_of, made_at)
     VALUES (?, ?, ?, ?, 'x', '2026') ON CONFLICT (media_id) DO UPDATE SET frames = excluded.frames`,
    ...[rig.find(name).id, kind, frames, durationMs],
  );
  if (durationMs !== null) last(rig, name, durationMs);
};

Deno.test("films that look alike and last alike are a group, with how far each is away", async () => {
  await using rig = await openDuplicatesRig(
    films("film.wav", "small.wav", "other.wav", "long.wav", "pic1.wav", "pic2.wav"),
  );
  fingerprint(rig, "film.wav", frames(1), 3_600_000);
  fingerprint(rig, "small.wav", frames(2, 1, 0.5), 3_620_000);
  fingerprint(rig, "other.wav", frames(3), 3_600_000);
  fingerprint(rig, "long.wav", frames(1), 4_000_000);
  fingerprint(rig, "pic1.wav", frames(7).slice(0, 8), null, "image");
  fingerprint(rig, "pic2.wav", frames(7).slice(0, 8), null, "image");

  const groups = await rig.look();

  deepStrictEqual(kinds(groups), [
    ["similar", "film.wav", "small.wav"],
    ["similar", "pic1.wav", "pic2.wav"],
  ]);
  const film = groups.find((group) => namesOf(group).includes("film.wav"))!;
  const away = film.members.map(({ distance }) => distance).sort();
  strictEqual(away[0], 0);
  ok(away[1]! <= 0.6, `${away[1]}`);

  fingerprint(rig, "small.wav", frames(9), 3_620_000);
  deepStrictEqual(kinds(await rig.look()), [["similar", "pic1.wav", "pic2.wav"]]);
});

Deno.test("episodes that are numbered differently are no duplicates, however alike they look", async () => {
  const names = ["e1.wav", "e1-small.wav", "e2.wav", "e3.wav", "e4.wav", "e5.wav", "clip.wav"];
  await using rig = await openDuplicatesRig(films(...names));
  const number = (name: string, season: number | null, episode: number, series = "The Show") =>
    item(rig, name, { series, episode, ...season !== null && { season } });
  const hour = 3_600_000;
  // Half of what they show is the first one's, but for these bits of each picture.
  const alike = (seed: number, bits: number) => {
    const some = frames(seed, 1, 0.5);
    for (let at = 0; at < 128; at += 8) some[at]! ^= bits;
    return some;
  };
  fingerprint(rig, "e1.wav", frames(1), hour);
  fingerprint(rig, "e1-small.wav", alike(2, 0b111), hour);
  fingerprint(rig, "e2.wav", alike(3, 0b111000), hour);
  fingerprint(rig, "e3.wav", frames(30), 2 * hour);
  fingerprint(rig, "e4.wav", frames(30), 2 * hour);
  fingerprint(rig, "e5.wav", frames(50), 3 * hour);
  fingerprint(rig, "clip.wav", alike(4, 0b1), hour);
  number("e1.wav", 1, 1);
  number("e1-small.wav", 1, 1, "Show");
  number("e2.wav", 1, 2);
  number("e3.wav", 1, 3);
  number("e4.wav", 1, 4);
  const similar = async () =>
    kinds((await rig.look()).filter(({ kind }) => kind === "similar"))
      .map(([_kind, ...names]) => names);

  // What is not numbered is near both, and brings no two episodes together; 3 and 4 are the same.
  deepStrictEqual(await similar(), [
    ["clip.wav", "e1-small.wav", "e1.wav"],
    ["e3.wav", "e4.wav"],
  ]);

  // Counted right through it may be the other's second season.
  rig.db.run("DELETE FROM fingerprints WHERE media_id = ?", rig.find("clip.wav").id);
  deepStrictEqual(await similar(), [["e1-small.wav", "e1.wav"], ["e3.wav", "e4.wav"]]);
  rig.db.run("UPDATE items SET season = NULL WHERE id = ?", rig.find("e2.wav").id);
  deepStrictEqual((await similar())[0], ["e1-small.wav", "e1.wav", "e2.wav"]);
});

Deno.test("what is dealt with of films that are alike is thrown away, never linked", async () => {
  await using rig = await openDuplicatesRig(films("film.wav", "small.wav"));
  fingerprint(rig, "film.wav", frames(1), 3_600_000);
  fingerprint(rig, "small.wav", frames(1), 3_600_000);
  const [group] = await rig.look();

  await rejects(rig.resolve(group!, "film.wav", ["small.wav"], "hardlink"), {
    name: "InvalidError",
    message: /only alike/,
  });
  const { outcomes } = await rig.resolve(group!, "film.wav", ["small.wav"]);

  strictEqual(outcomes[0]?.done, "trashed");
  const bulk = { how: "trash", dryRun: true, limit: 10, user: "o", signal: rig.signal } as const;
  strictEqual((await rig.room.resolveAll(bulk)).steps.length, 0, "a person decides");
});

Deno.test("files are the same title by name, year and episode, whatever signs and accents", async () => {
  await using rig = await openDuplicatesRig(films(
    ...["1.wav", "2.wav", "3.wav", "4.wav", "5.wav", "6.wav", "7.wav", "8.wav", "9.wav"],
  ));
  item(rig, "1.wav", { title: "Amélie", year: 2001 });
  item(rig, "2.wav", { title: "AME\u0301LIE!", year: 2001 });
  item(rig, "3.wav", { title: "Amelie", year: 2019 });
  item(rig, "4.wav", { title: "Pilot", series: "The Show", season: 1, episode: 1 });
  item(rig, "5.wav", { title: "Show s01e01", series: "Show", season: 1, episode: 1 });
  item(rig, "6.wav", { title: "Show s01e02", series: "Show", season: 1, episode: 2 });
  for (const name of ["7.wav", "8.wav", "9.wav"]) item(rig, name, { title: "Holiday" });
  last(rig, "7.wav", 60_000);
  last(rig, "8.wav", 61_000);
  last(rig, "9.wav", 90_000);

  deepStrictEqual(kinds(await rig.look()), [
    ["title", "1.wav", "2.wav"],
    ["title", "4.wav", "5.wav"],
    ["title", "7.wav", "8.wav"],
  ]);
});

Deno.test("names of one file count once, and there is nothing to reclaim", async () => {
  await using rig = await openDuplicatesRig({ "a.wav": wav(1) });
  await Deno.link(rig.path("a.wav"), rig.path("b.wav"));
  await rig.scan();
  rig.db.run("UPDATE media SET volume_id = 'v', inode = '77'");

  const [group] = await rig.look();

  deepStrictEqual([group?.files, group?.reclaimableBytes], [2, 0]);
  const plan = await rig.room.resolveAll({
    how: "delete",
    dryRun: false,
    limit: 10,
    user: "owner",
    signal: rig.signal,
  });
  deepStrictEqual([plan.files, plan.steps[0]?.problem], [
    0,
    "nothing to reclaim: the others are offline or links",
  ]);
});

Deno.test("100,000 files are looked through in short steps", async () => {
  await using rig = await openDuplicatesRig();
  const { db } = rig;
  const files = 100_000;
  // Each twentieth is a copy of the next.
  db.run(
    `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ? - 1)
     INSERT INTO media (id, root, relative_path, wire_path, size_bytes, modified_ms, status, title,
       added_at, updated_at)
     SELECT 'm-' || i, '/films', i, i, 1000 + i + (i % 20 = 0), 1, 'ready', 'Film ' || (i % 95000),
       '2026', '2026' FROM n`,
    files,
  );
  db.run("INSERT INTO hashes SELECT id, 'md5', printf('%032x', size_bytes) FROM media");
  db.run("UPDATE items SET year = 2000");

  const began = performance.now();
  const report = await rig.room.look({ signal: AbortSignal.timeout(200_000) });
  const ms = Math.round(performance.now() - began);

  deepStrictEqual(report.kinds.exact?.groups, files / 20);
  deepStrictEqual(report.kinds.title?.groups, files / 20);
  const { steps, slowSteps, longestStepMs } = report;
  say(
    `100,000 files: ${ms} ms, ${steps} steps, ${slowSteps} over 50 ms, the longest ` +
      `${longestStepMs.toFixed(1)} ms`,
  );
  ok(steps > 500, "it is done in many steps");
  // On a machine that does other things, too, some steps wait for the disk.
  ok(slowSteps < steps / 20, `${slowSteps} of ${steps} steps took over 50 ms`);
});
