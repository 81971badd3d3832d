/** A first scan looks into files while it walks; what it stores is what any other scan would. @module */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { samples, wav } from "../../helpers/clips.ts";
import { within } from "../../helpers/wait.ts";
import { openRig } from "../rig.ts";

type Rig = Awaited<ReturnType<typeof openRig>>;

/** Of each kind enough for several batches, and a few that are wrong in some way. */
const EACH = 60;

async function fill({ file }: Pick<Rig, "file">): Promise<number> {
  const mp4 = await Deno.readFile(samples.mp4);
  const avi = await Deno.readFile(samples.avi);
  for (let number = 0; number < EACH; number++) {
    await file(`Show/Season 01/${number + 1} - Rain.mp4`, mp4);
    await file(`The.Film.${1950 + number}.1080p.wav`, wav(number));
    await file(`sub/A clip ${number}.avi`, avi);
  }
  await file("Show/Season 01/1 - Rain.en.srt", "1\n");
  await file("Show/tvshow.nfo", "<tvshow><title>The Show</title></tvshow>");
  await file("a/empty.mp4", new Uint8Array());
  await file("a/cut.mp4", mp4.subarray(0, 3000));
  await file("a/noise.mkv", Uint8Array.from({ length: 5000 }, (_, index) => index * 31));
  return 3 * EACH + 3;
}

/** All that is stored, but for names and times of its own. */
function stored({ db }: Rig) {
  const own = ["id", "media_id", "inode", "added_at", "updated_at", "created_at", "seq", "root"];
  // Whether a scan has stored an item once or twice is nobody's business.
  const without = (row: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(row).filter(([name]) => ![...own, "version", "modified_ms"].includes(name)),
    );
  const ordered = (sql: string) => db.all<Record<string, unknown>>(sql).map(without);
  return {
    media: ordered("SELECT * FROM media WHERE relative_path <> 'first.wav' ORDER BY relative_path"),
    items: ordered(
      `SELECT items.* FROM items JOIN media ON media.id = items.media_id
       WHERE relative_path <> 'first.wav' ORDER BY relative_path`,
    ),
    hashes: ordered(
      `SELECT relative_path, algorithm, digest FROM hashes JOIN media ON media.id = media_id
       WHERE relative_path <> 'first.wav' ORDER BY 1, 2`,
    ),
    details: ordered(
      `SELECT relative_path, json_remove(details, '$.nfo.modifiedMs', '$.seriesNfo.modifiedMs') it
       FROM media_details JOIN media ON media.id = media_id
       WHERE relative_path <> 'first.wav' ORDER BY 1`,
    ).map((row) => ({ ...row, it: String(row.it).replaceAll(/"modifiedMs":\d+/g, "") })),
    tally: ordered("SELECT status, is_offline, files - (status = 'ready') files FROM media_tally"),
    beside: ordered("SELECT folder, drive_ids FROM beside ORDER BY folder"),
  };
}

Deno.test("a first scan stores what a scan stores that walks first", async () => {
  await using early = await openRig();
  await using late = await openRig();
  await early.file("first.wav", wav(1000));
  await late.file("first.wav", wav(1000));
  await late.scan(); // from now on it has something
  const files = await fill(early);
  await fill(late);

  const report = await within("the first scan", early.scan(), 60_000);
  const other = await within("the other scan", late.scan(), 60_000);

  deepStrictEqual(stored(early), stored(late));
  deepStrictEqual([report.new, report.files, other.new], [files + 1, files + 1, files]);
  deepStrictEqual([report.errors, report.moved], [other.errors, 0]);
  // What was taken at once is no work of the job for the rest.
  const [before, after] = [early, late].map(({ jobs }) => jobs.get("probe:disk").done);
  ok(before! < after! && before! > 0, `${before} of ${after}`);
  const { walk, probe, hash } = report.phases;
  ok(Math.abs(walk + probe + hash - report.seconds) < 0.1 * report.seconds);
  // Another scan finds nothing to do.
  const again = await early.scan();
  deepStrictEqual([again.new, again.changed, again.moved, again.bytesRead], [0, 0, 0, 0]);
});

Deno.test("a disk that serves one reader is walked first", async () => {
  await using rig = await openRig({ kind: "hdd" });
  for (let number = 0; number < 2 * EACH; number++) await rig.file(`${number}.wav`, wav(number));

  const { files } = await rig.scan();

  deepStrictEqual([files, rig.jobs.get("probe:disk").done], [2 * EACH, 2 * EACH]);
});

Deno.test("files of one path below two folders have two names on the wire, also at first", async () => {
  await using rig = await openRig();
  const second = `${rig.dir.path}/second`;
  for (let number = 0; number < 2 * EACH; number++) {
    await rig.file(`${number}.wav`, wav(number));
    await rig.dir.file(`second/${number}.wav`, wav(number + 1000));
  }
  rig.settings.roots = [rig.root, second];

  const report = await rig.scan();

  const names = rig.db.all<{ wire: string }>("SELECT wire_path AS wire FROM media");
  strictEqual(new Set(names.map(({ wire }) => wire)).size, 4 * EACH);
  // Which of the two has its folder in front is settled by which comes first.
  strictEqual(names.filter(({ wire }) => /^(films|second)\//.test(wire)).length, 2 * EACH);
  deepStrictEqual([report.new, report.files, report.errors], [4 * EACH, 4 * EACH, 0]);
  ok(rig.files().every(({ status }) => status === "ready"));
});

Deno.test("a film that begins while files are looked into holds up no first scan", async () => {
  await using rig = await openRig({
    deps: () => ({ heldUpMs: 100 }),
    onPublish: (type, { phase, files }) => {
      if (type === "scan.progress" && phase === "walk" && Number(files) === 0) {
        rig.lanes.openStream(["disk"]);
      }
    },
  });
  for (let number = 0; number < 3 * EACH; number++) await rig.file(`${number}.wav`, wav(number));

  const first = await within("the scan", rig.scan(), 60_000);
  const left = first.left.reduce((sum, { files }) => sum + files, 0);
  const stored = rig.files().length;
  await within("the next scan", rig.scan(), 60_000);

  ok(stored === 3 * EACH, `${stored} are stored, ${left} are left`);
});
