import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { dirname, join } from "node:path";
import {
  ConflictError,
  DeniedError,
  InvalidError,
  NotFoundError,
  StaleError,
} from "../../../src/base/errors.ts";
import { silent } from "../../../src/base/log.ts";
import { backupDatabase, migrations, openDatabase, restoreDatabase } from "../../../src/db/mod.ts";
import { haltIngests, openIngestRoom } from "../../../src/items/ingest/mod.ts";
import { canMount, mountSmall } from "../../helpers/mounts.ts";
import { noise } from "../../helpers/temp.ts";
import { until, within } from "../../helpers/wait.ts";
import { openIngestRig } from "./rig.ts";

const unix = { ignore: Deno.build.os === "windows" };

Deno.test("a plan says where each file goes and what stays, and changes nothing", async () => {
  await using rig = await openIngestRig();
  const { put, told } = rig;
  await put("Heat.1995.mkv", "heat");
  await put("Heat.1995.en.srt", "hello");
  await put("Heat.1995-poster.jpg", "picture");
  await put("alone.srt", "nobody's");
  await put("notes.txt", "no media");
  await put("empty.mkv", "");
  await put("Show/show.s02e03.mkv", "episode");
  const before = await snapshot(rig.dir.path);

  const plan = await rig.plan({ policy: "by-title" });

  strictEqual(plan.state, "planned");
  deepStrictEqual(told(plan.id), {
    "Heat.1995.mkv": "Heat (1995)/Heat (1995).mkv",
    "Heat.1995.en.srt": "Heat (1995)/Heat (1995).en.srt",
    "Heat.1995-poster.jpg": "Heat (1995)/Heat (1995)-poster.jpg",
    "Show/show.s02e03.mkv": "show/Season 02/show - S02E03.mkv",
    "alone.srt": "No film of its name lies beside it",
    "notes.txt": '".txt" is not among the extensions of media',
    "empty.mkv": "The file is empty",
  });
  deepStrictEqual(await snapshot(rig.dir.path), before);
});

Deno.test("pictures of a film go along with it, also where pictures are media", async () => {
  await using rig = await openIngestRig();
  rig.settings.extensions = [".mkv", ".jpg"];
  await rig.put("one/Sidey (2003).mkv", "film");
  await rig.put("one/Sidey (2003)-poster.jpg", "poster");
  await rig.put("one/fanart.jpg", "fanart");
  await rig.put("two/A (2001).mkv", "a");
  await rig.put("two/B (2002).mkv", "b");
  await rig.put("two/B (2002)-thumb.jpg", "thumb");
  await rig.put("two/folder.jpg", "of both");
  await rig.put("three/beach.jpg", "photograph");

  const plan = await rig.plan({ policy: "by-title" });

  deepStrictEqual(rig.told(plan.id), {
    "one/Sidey (2003).mkv": "Sidey (2003)/Sidey (2003).mkv",
    "one/Sidey (2003)-poster.jpg": "Sidey (2003)/Sidey (2003)-poster.jpg",
    "one/fanart.jpg": "Sidey (2003)/Sidey (2003)-fanart.jpg",
    "two/A (2001).mkv": "A (2001)/A (2001).mkv",
    "two/B (2002).mkv": "B (2002)/B (2002).mkv",
    "two/B (2002)-thumb.jpg": "B (2002)/B (2002)-thumb.jpg",
    "two/folder.jpg": "No film of its name lies beside it",
    "three/beach.jpg": "beach/beach.jpg",
  });
});

Deno.test("a plan executed moves all, tells the library, and its report says so", async () => {
  await using rig = await openIngestRig();
  await rig.put("Heat.1995.mkv", "heat");
  await rig.put("Heat.1995.en.srt", "hello");
  await Deno.utime(join(rig.source, "Heat.1995.mkv"), 1000, 1_234_567);
  const plan = await rig.plan();

  const { state } = await rig.execute(plan.id);

  strictEqual(state, "done");
  const moved = join(rig.root, "Heat (1995)/Heat (1995).mkv");
  strictEqual(await Deno.readTextFile(moved), "heat");
  strictEqual((await Deno.stat(moved)).mtime!.getTime(), 1_234_567_000);
  deepStrictEqual(await snapshot(rig.source), []);
  deepStrictEqual(rig.files().map(({ relativePath }) => relativePath), [
    "Heat (1995)/Heat (1995).mkv",
  ]);
  const report = rig.ingest.report(plan.id);
  deepStrictEqual([report.files.moved, report.bytes.moved, report.planned], [2, 9, 2]);
  ok(report.startedAt && report.finishedAt);
  deepStrictEqual(rig.events.filter((it) => it.startsWith("ingest.changed")), [
    "ingest.changed planned",
    "ingest.changed running",
    "ingest.changed done",
  ]);
});

Deno.test("a medium that moves stays the same one, and is not hashed again", async () => {
  await using rig = await openIngestRig();
  await rig.file("incoming/Heat.1995.mkv", noise(5000));
  await rig.scan();
  const { id } = rig.find("Heat.1995.mkv");
  const sources = [join(rig.root, "incoming")];
  const plan = await rig.plan({ sources, target: rig.root });

  await rig.execute(plan.id);

  const file = rig.find("Heat (1995).mkv");
  strictEqual(file.id, id);
  strictEqual(rig.files().length, 1);
  strictEqual(file.status, "ready");
  ok("sha256" in rig.library.hashesOf(id) && "md5" in rig.library.hashesOf(id));

  const back = await rig.ingest.undo(plan.id, "owner");
  await rig.execute(back.id);

  strictEqual(rig.ingest.report(back.id).files.moved, 1);
  strictEqual(rig.find("Heat.1995.mkv").id, id);
  strictEqual(rig.find("Heat.1995.mkv").relativePath, "incoming/Heat.1995.mkv");
});

Deno.test("a medium keeps what is said of it where a missing one had its name before", async () => {
  await using rig = await openIngestRig();
  await rig.file("incoming/Heat.1995.mkv", noise(5000));
  await rig.file("Heat (1995)/Heat (1995).mkv", noise(6000, 2));
  await rig.scan();
  const [former, { id }] = [rig.find("Heat (1995).mkv"), rig.find("Heat.1995.mkv")];
  await Deno.remove(join(rig.root, former.relativePath));
  await rig.scan();
  const plan = await rig.plan({ sources: [join(rig.root, "incoming")], target: rig.root });
  const { ingest } = rig;
  rig.db.run("UPDATE media SET inode = NULL"); // as of another volume

  await ingest.execute(plan.id, { signal: rig.signal });

  const place = "SELECT id, status FROM media WHERE relative_path = ? AND root = ?";
  const there = () => rig.db.get(place, former.relativePath, rig.root);
  strictEqual(there()?.id, id);
  await rig.scan();
  strictEqual(there()?.id, id);
  strictEqual(rig.db.get("SELECT status FROM media WHERE id = ?", former.id)?.status, "missing");
});

Deno.test("what came from a drive that is away is not taken back to its mount point", async () => {
  await using rig = await openIngestRig();
  await rig.put("usb/films/Heat.1995.mkv", noise(9000, 3));
  const plan = await rig.plan({ sources: [join(rig.source, "usb/films")], policy: "flat" });
  await rig.execute(plan.id);
  await Deno.remove(join(rig.source, "usb/films"), { recursive: true }); // what is left of a mount

  const away = await rig.ingest.undo(plan.id, "owner");
  const [step] = rig.ingest.steps(away.id, { after: -1, limit: 1 });
  deepStrictEqual([step?.action, step?.state], ["skip", "skipped"]);
  match(step!.reason, /plug its drive in/);

  await Deno.mkdir(join(rig.source, "usb/films"));
  const back = await rig.ingest.undo(plan.id, "owner");
  await rig.execute(back.id);
  strictEqual(rig.ingest.report(back.id).files.moved, 1);
});

Deno.test("what the library has already stays, by all of its bytes", async () => {
  await using rig = await openIngestRig();
  const film = noise(300_000, 1);
  const other = film.slice();
  other[150_000]! ^= 1; // the same size, and the same at both ends
  await rig.file("known.mkv", film);
  await rig.scan();
  await rig.put("same.mkv", film);
  await rig.put("other.mkv", other);
  await rig.put("other again.mkv", other);

  const plan = await rig.plan({ policy: "flat" });

  deepStrictEqual(rig.told(plan.id), {
    "same.mkv": `The library has the same content in "${join(rig.root, "known.mkv")}"`,
    "other again.mkv": "other again.mkv",
    "other.mkv": `The source has the same content in "${join(rig.source, "other again.mkv")}"`,
  });
  const { files } = rig.ingest.report(plan.id);
  deepStrictEqual([files.duplicate, files.waiting], [2, 1]);
});

Deno.test("a duplicate that comes after the plan is found when it is executed", async () => {
  await using rig = await openIngestRig();
  await rig.put("film.mkv", noise(200_000, 2));
  const plan = await rig.plan({ policy: "flat" });
  await rig.file("meanwhile.mkv", noise(200_000, 2));
  await rig.scan();

  await rig.execute(plan.id);

  const [step] = rig.ingest.steps(plan.id, { after: -1, limit: 1 });
  strictEqual(step!.state, "duplicate");
  strictEqual(step!.duplicateOf, join(rig.root, "meanwhile.mkv"));
  deepStrictEqual(await snapshot(rig.source), ["film.mkv"]);
});

Deno.test("links are told and not followed, hard links are one file", unix, async () => {
  await using rig = await openIngestRig();
  const film = await rig.put("film.mkv", "film");
  await Deno.link(film, join(rig.source, "second name.mkv"));
  await Deno.symlink(film, join(rig.source, "link.mkv"));
  await Deno.symlink("/etc", join(rig.source, "folder"));

  const plan = await rig.plan({ policy: "flat" });

  const told = rig.told(plan.id);
  match(told["link.mkv"]!, /links are not followed/);
  match(told["folder"]!, /links are not followed/);
  strictEqual(told["second name.mkv"], `A hard link: "${film}" is the same file`);
  const [step] = rig.ingest.steps(plan.id, { after: -1, limit: 10 })
    .filter(({ source }) => source === film);
  match(step!.reason, /the file has 2 names \(hard links\)/);
  await rejects(rig.plan({ sources: [join(rig.source, "link.mkv")] }), /it is a link/);
});

Deno.test(
  "a name that is no UTF-8 is told in words",
  { ignore: Deno.build.os !== "linux" },
  async () => {
    await using rig = await openIngestRig();
    await rig.put("film.mkv", "film");
    const script = 'cd "$1" && printf x > "$(printf "odd\\377.mkv")"';
    await new Deno.Command("sh", { args: ["-c", script, "sh", rig.source] }).output();

    const plan = await rig.plan({ policy: "flat" });

    const [, told] = Object.entries(rig.told(plan.id)).find(([name]) => name.startsWith("odd"))!;
    match(told!, /its name is not valid UTF-8$/);
  },
);

Deno.test("a source that becomes a link before its turn is left", unix, async () => {
  await using rig = await openIngestRig();
  const film = await rig.put("film.mkv", "film");
  const secret = await rig.dir.file("secret", "not for the library");
  const plan = await rig.plan({ policy: "flat" });
  await Deno.remove(film);
  await Deno.symlink(secret, film);

  await rig.execute(plan.id);

  const [step] = rig.ingest.steps(plan.id, { after: -1, limit: 1 });
  strictEqual(step!.state, "failed");
  match(step!.error!, /is a link now/);
  deepStrictEqual(await snapshot(rig.root), []);
});

Deno.test("names that clash are told; numbered where that is asked", async () => {
  await using rig = await openIngestRig();
  await rig.file("film.mkv", "there already");
  await rig.put("a/Film.mkv", "one");
  await rig.put("b/film.mkv", "two");
  await rig.put("b/film.srt", "of two");

  const skip = await rig.plan({ policy: "flat" });
  const number = await rig.plan({ policy: "flat", options: { onClash: "number" } });

  match(rig.told(skip.id)["a/Film.mkv"]!, /Another file of this name is there already, spelled/);
  match(rig.told(skip.id)["b/film.mkv"]!, /Another file of this name is there already/);
  match(rig.told(skip.id)["b/film.srt"]!, /Its film is left/);
  deepStrictEqual(rig.told(number.id), {
    "a/Film.mkv": "Film (2).mkv",
    "b/film.mkv": "film (3).mkv",
    "b/film.srt": "film (3).srt",
  });
});

Deno.test("a name that is taken after the plan was made is left to who took it", async () => {
  await using rig = await openIngestRig();
  await rig.put("film.mkv", "mine");
  const plan = await rig.plan({ policy: "flat" });
  await rig.file("film.mkv", "another's");

  const { state } = await rig.execute(plan.id);

  const [step] = rig.ingest.steps(plan.id, { after: -1, limit: 1 });
  strictEqual(state, "stopped");
  match(step!.error!, /Another file has this name/);
  strictEqual(await Deno.readTextFile(join(rig.root, "film.mkv")), "another's");
  deepStrictEqual(await snapshot(rig.source), ["film.mkv"]);
});

Deno.test("what asks from elsewhere may take only what it may see", async () => {
  await using rig = await openIngestRig();
  await rig.put("film.mkv", "film");
  await rig.file("incoming/film.mkv", "in a media folder");
  const sources = [join(rig.root, "incoming")];

  await rejects(rig.plan({}, { isLocal: false }), (error) => {
    ok(error instanceof DeniedError);
    match(error.message, /neither in a media folder nor in INGEST_DIRS/);
    return true;
  });
  strictEqual(
    (await rig.plan({ sources, target: join(rig.root, "new") }, { isLocal: false })).state,
    "planned",
  );
  rig.ingestDirs.push(rig.source);
  strictEqual((await rig.plan({}, { isLocal: false })).state, "planned");
  await rejects(
    rig.plan({ sources: [`${rig.source}/../secret`] }, { isLocal: false }),
    NotFoundError,
  );
});

Deno.test(
  "a target outside of the media folders, or inside the source, is refused",
  unix,
  async () => {
    await using rig = await openIngestRig();
    await rig.put("film.mkv", "film");
    const outside = join(rig.dir.path, "outside");
    await Deno.mkdir(outside);
    await Deno.symlink(outside, join(rig.root, "door"));

    await rejects(rig.plan({ target: outside }), DeniedError);
    await rejects(rig.plan({ target: join(rig.root, "door") }), DeniedError);
    await rejects(rig.plan({ target: join(rig.root, "door", "new") }), DeniedError);
    await rejects(rig.plan({ target: "films" }), InvalidError);
    await rejects(
      rig.plan({ sources: [rig.root], target: rig.root }),
      /the target is in the source/,
    );
    await rejects(
      rig.plan({ sources: [rig.dir.path], target: rig.root }),
      /target is in the source/,
    );
    await rejects(rig.plan({ sources: ["in"] }), InvalidError);
    deepStrictEqual(rig.ingest.list({ before: "", limit: 10 }), []);
  },
);

Deno.test("of two who change a plan the slower one is told", async () => {
  await using rig = await openIngestRig();
  await rig.put("one.mkv", "one");
  await rig.put("one.srt", "of one");
  await rig.put("two.mkv", "two");
  const plan = await rig.plan({ policy: "flat" });
  const { ingest } = rig;

  const edited = await ingest.edit(plan.id, 0, { action: "skip" }, plan.version);
  await rejects(ingest.edit(plan.id, 2, { target: "Two/2.mkv" }, plan.version), StaleError);
  const again = await ingest.edit(plan.id, 2, { target: "Two/2.mkv" }, edited.version);

  deepStrictEqual(rig.told(plan.id), {
    "one.mkv": "Dropped by a person",
    "one.srt": "Dropped by a person",
    "two.mkv": "Two/2.mkv",
  });
  const edit = (target: string) => ingest.edit(plan.id, 2, { target });
  await rejects(edit("../outside.mkv"), DeniedError);
  await rejects(edit("a:b.mkv"), InvalidError);
  await rejects(edit("folder/"), InvalidError);
  await ingest.edit(plan.id, 0, { action: "take" });
  await rejects(edit("one.mkv"), ConflictError);
  await rejects(
    ingest.execute(plan.id, { signal: rig.signal, expected: again.version }),
    StaleError,
  );
});

Deno.test("a plan that needs more room than there is, is executed only by force", async () => {
  await using rig = await openIngestRig();
  await rig.put("film.mkv", "film");
  const plan = await rig.plan({ policy: "flat", mode: "copy" });
  strictEqual(plan.room.neededBytes, 4);
  ok(plan.room.enough && plan.room.freeBytes! > 0);
  rig.db.run(
    "UPDATE ingest_plans SET room = ?",
    JSON.stringify({ ...plan.room, neededBytes: 1e15, enough: false }),
  );

  await rejects(rig.execute(plan.id), /needs 1000000000000000 bytes, and \d+ are free/);
  await rig.ingest.execute(plan.id, { signal: rig.signal, force: true });

  strictEqual(rig.ingest.report(plan.id).files.copied, 1);
  deepStrictEqual([await snapshot(rig.source), await snapshot(rig.root)], [["film.mkv"], [
    "film.mkv",
  ]]);
});

Deno.test("a hard link leaves the source, and both names are one file", unix, async () => {
  await using rig = await openIngestRig();
  const film = await rig.put("film.mkv", "film");
  const plan = await rig.plan({ policy: "flat", mode: "hardlink" });

  await rig.execute(plan.id);

  const [one, other] = [await Deno.stat(film), await Deno.stat(join(rig.root, "film.mkv"))];
  strictEqual(one.ino, other.ino);
  strictEqual(rig.ingest.report(plan.id).files.linked, 1);
});

Deno.test("the service executes what was begun; it is paused and cancelled as a job", async () => {
  await using rig = await openIngestRig({ kind: "hdd" });
  for (let index = 0; index < 30; index++) await rig.put(`film ${index}.mkv`, `film ${index}`);
  const plan = await rig.plan({ policy: "flat" });
  const stop = new AbortController();
  const running = rig.ingest.service(stop.signal);
  running.catch(() => {}); // of a test that has failed
  const disk = await rig.lanes.acquire(["disk"], { priority: "playback" });
  const job = () => rig.jobs.find(`ingest:${plan.id}`);

  rig.ingest.begin(plan.id);
  await until("its job", () => job()?.state === "waiting");
  rig.jobs.pause(`ingest:${plan.id}`);
  disk[Symbol.dispose]();
  strictEqual(job()?.state, "paused");
  await rejects(rig.ingest.remove(plan.id), ConflictError);
  const cancelled = await within("its end", rig.ingest.cancel(plan.id, rig.signal));

  strictEqual(cancelled.state, "cancelled");
  const { moved, waiting, under_way } = rig.ingest.report(plan.id).files;
  strictEqual(moved + waiting, 30);
  strictEqual(under_way, 0);
  strictEqual((await snapshot(rig.root)).length, moved);
  strictEqual((await snapshot(rig.source)).length, waiting);
  await rejects(rig.execute(plan.id), /it was cancelled/);
  await rig.ingest.remove(plan.id);
  await rejects(rig.ingest.cancel(plan.id, rig.signal), NotFoundError);

  const second = await rig.plan({ policy: "flat" });
  rig.ingest.begin(second.id);
  await until("the second plan's end", () => rig.ingest.get(second.id).state === "done");
  stop.abort();
  await within("the service's end", running);
});

Deno.test("what was begun when the program ended goes on by itself", async () => {
  await using rig = await openIngestRig();
  await rig.put("film.mkv", "film");
  const plan = await rig.plan({ policy: "flat" });
  rig.ingest.begin(plan.id); // and the program ends
  const stop = new AbortController();

  const running = rig.ingest.service(stop.signal);
  await until("its end", () => rig.ingest.get(plan.id).state === "done");
  stop.abort();
  await within("the service's end", running);

  deepStrictEqual(await snapshot(rig.root), ["film.mkv"]);
});

Deno.test("what was under way in a library that is restored waits for a person's word", async () => {
  await using rig = await openIngestRig();
  await rig.put("old.mkv", "of that time");
  const { id, version } = await rig.plan({ policy: "flat" });
  rig.ingest.begin(id);
  const [copy, path] = ["copy.db", "restored.db"].map((it) => join(rig.dir.path, it));
  await backupDatabase(rig.db.path, copy!);
  let halted = 0;
  const halts = [
    { ...haltIngests, onHalted: (plans: number) => halted += plans },
    { table: "of_a_newer_library", sql: "SELECT 1 FROM of_a_newer_library" },
  ];
  await restoreDatabase(copy!, path!, { steps: migrations.library, table: "media", halts });
  using db = openDatabase(path!, migrations.library);
  const restored = openIngestRoom({
    ...rig,
    db,
    ingestDirs: () => [],
    publish: () => {},
    log: silent,
  });
  const stop = new AbortController();
  const running = restored.service(stop.signal);
  const newer = await rig.dir.file("in/new/new.mkv", "of today");
  const second = await restored.plan({ sources: [dirname(newer)], policy: "flat" }, {
    user: "owner",
    isLocal: true,
    signal: rig.signal,
  });

  restored.begin(second.id);
  await until("the end of the other", () => restored.get(second.id).state === "done");
  stop.abort();
  await within("the service's end", running);

  const waiting = restored.get(id);
  deepStrictEqual([halted, waiting.state, waiting.version > version], [1, "stopped", true]);
  match(waiting.reason!, /restored from a backup.*execute it again, or cancel it$/);
  ok(!Number.isNaN(Date.parse(waiting.finishedAt!)));
  deepStrictEqual(await snapshot(rig.source), ["old.mkv"]);
  strictEqual((await restored.execute(id, { signal: rig.signal })).state, "done");
  deepStrictEqual(await snapshot(rig.root), ["new.mkv", "old.mkv"]);
});

Deno.test("another volume at the target's place is not written to", async () => {
  const mounted = { placeId: "vol-films" };
  await using rig = await openIngestRig({
    deps: () => ({
      locate: () => Promise.resolve({ driveIds: ["disk"], ...mounted, pathInVolume: "/films" }),
    }),
  });
  await rig.put("film.mkv", "film");
  const plan = await rig.plan({ policy: "flat" });
  mounted.placeId = "vol-system";

  const stopped = await rig.execute(plan.id);
  mounted.placeId = "vol-films";
  const done = await rig.execute(plan.id);

  strictEqual(stopped.state, "stopped");
  match(stopped.reason!, /is on another volume now \(vol-system\): mount vol-films there/);
  strictEqual(done.state, "done");
});

Deno.test("a scan does not see a part file", async () => {
  await using rig = await openIngestRig();
  await rig.file(".giggityflix-0mi8x2k4a-qwertyui-3.part", "half a film");

  await rig.scan();

  deepStrictEqual(rig.files(), []);
});

/** Paths of all files below a folder. */
async function snapshot(folder: string, below = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(folder, below))) {
    const path = below ? `${below}/${name}` : name;
    if (isDirectory) found.push(...await snapshot(folder, path));
    else found.push(path);
  }
  return found.sort();
}

const mountable = { ignore: !canMount };

Deno.test(
  "by force as many go as there is room for, and the others once there is more",
  mountable,
  async () => {
    await using rig = await openIngestRig();
    await using small = await mountSmall(rig.root, "11m");
    for (let seed = 1; seed <= 4; seed++) await rig.put(`${seed}.mkv`, noise(4_000_000, seed));
    await rig.put("small.mkv", "small");
    const { id } = await rig.plan({ policy: "by-title" });

    const first = await rig.ingest.execute(id, { signal: rig.signal, force: true });
    const { files } = rig.ingest.report(id);
    const unroomed = rig.ingest.steps(id, { after: -1, limit: 9 })
      .find(({ error }) => error)?.error;
    const there = await snapshot(rig.root);
    const folders = await Array.fromAsync(Deno.readDir(rig.root));
    const again = await rig.execute(id);
    await small.resize("40m");
    const last = await rig.execute(id);

    deepStrictEqual([first.state, again.state, last.state], ["stopped", "stopped", "done"]);
    match(first.reason!, /No room for 2 files \(8\.0 MB\): free some/);
    deepStrictEqual([files.moved, files.failed, files.under_way], [3, 2, 0]);
    match(
      unroomed!,
      /^No room: it needs 4\.0 MB, \d\.\d MB are free, and 0\.\d MB of them are left/,
    );
    strictEqual(there.filter((it) => it.endsWith(".mkv")).length, 3);
    strictEqual(there.length, 3, "no part file");
    strictEqual(folders.length, 3, "no empty folder");
    deepStrictEqual(await snapshot(rig.source), []);
  },
);

Deno.test(
  "where blocks cannot be shared the plan says so, and nothing is left of the try",
  mountable,
  async () => {
    await using rig = await openIngestRig();
    await using _small = await mountSmall(rig.root, "12m");
    const source = join(rig.root, "in");
    await Deno.mkdir(source);
    await Deno.writeTextFile(join(source, "film.mkv"), "film");
    await rig.put("other.mkv", "on another volume");

    const { id } = await rig.plan({
      sources: [source, rig.source],
      target: join(rig.root, "to"),
      mode: "reflink",
      policy: "flat",
    });

    const reasons = rig.ingest.steps(id, { after: -1, limit: 9 }).map(({ reason }) => reason)
      .sort();
    match(reasons[0]!, /cannot be shared with another volume/);
    match(reasons[1]!, /file system does not share blocks/);
    deepStrictEqual(await snapshot(rig.root), ["in/film.mkv"]);
  },
);

Deno.test("what fails leaves no empty folder, and its plan is not done", unix, async () => {
  await using rig = await openIngestRig();
  const film = await rig.put("Film (1999).mkv", "film");
  await rig.put("Other (2001).mkv", "other");
  const plan = await rig.plan({ policy: "by-title" });
  const [step] = rig.ingest.steps(plan.id, { after: -1, limit: 1 });
  await Deno.mkdir(step!.target!, { recursive: true });
  await Deno.remove(join(rig.source, "Other (2001).mkv"));

  const { state, reason } = await rig.execute(plan.id);

  strictEqual(state, "stopped");
  match(reason!, /2 files could not be taken: the report says why/);
  strictEqual(await Deno.readTextFile(film), "film");
  const left = (await Array.fromAsync(Deno.readDir(rig.root))).map(({ name }) => name);
  deepStrictEqual(left, ["Film (1999)"]);
});
