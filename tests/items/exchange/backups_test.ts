import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { ConflictError, NotFoundError } from "../../../src/base/errors.ts";
import { migrations, openDatabase } from "../../../src/db/mod.ts";
import { openBackups } from "../../../src/items/exchange/mod.ts";
import { tempDir } from "../../helpers/temp.ts";
import { openRig as openMediaRig } from "../../media/rig.ts";

const signal = new AbortController().signal;

async function openRig({ keep = 2 } = {}) {
  await using held = new AsyncDisposableStack();
  const dir = held.use(await tempDir());
  const db = held.use(openDatabase(`${dir.path}/library.db`, migrations.library));
  const media = held.use(await openMediaRig({ db }));
  const events: string[] = [];
  const backups = openBackups({
    db,
    jobs: media.jobs,
    publish: (type) => void events.push(type),
    backupFolder: `${dir.path}/backups`,
    backupKeep: () => keep,
  });
  const stack = held.move();
  return { dir, db, media, events, backups, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test("a backup of a library that a scan writes to is whole", async () => {
  await using rig = await openRig();
  for (let index = 0; index < 300; index++) {
    await rig.media.file(`film-${index}.mkv`, `no film at all ${index}`);
  }

  const scanning = rig.media.scan();
  const made = await rig.backups.create(signal);
  await scanning;
  const later = await rig.backups.create(signal);

  const count = (name: string) => {
    using copy = openDatabase(`${rig.dir.path}/backups/${name}`, migrations.library);
    strictEqual(copy.get("PRAGMA integrity_check")?.integrity_check, "ok");
    const { n } = copy.get<{ n: number }>("SELECT count(*) AS n FROM media")!;
    strictEqual(copy.get<{ n: number }>("SELECT count(*) AS n FROM items")!.n, n);
    return n;
  };
  ok(count(made.name) <= 300);
  strictEqual(count(later.name), 300);
  deepStrictEqual(rig.events, ["backup.finished", "backup.finished"]);
});

Deno.test("backups are listed, the newest first, and the oldest go", async () => {
  await using rig = await openRig({ keep: 2 });
  const empty = await rig.backups.list();
  for (const day of [3, 1, 2]) {
    await rig.backups.create(signal, new Date(Date.UTC(2026, 0, day)));
  }
  await Deno.writeTextFile(`${rig.dir.path}/backups/mine.txt`, "not a backup");

  const found = await rig.backups.list();
  await rig.backups.remove(found[0]!.name);

  deepStrictEqual(empty, []);
  deepStrictEqual(found.map((it) => it.createdAt), [
    "2026-01-03T00:00:00.000Z",
    "2026-01-02T00:00:00.000Z",
  ]);
  strictEqual((await rig.backups.list()).length, 1);
  await rejects(rig.backups.remove(found[0]!.name), NotFoundError);
  await rejects(rig.backups.remove("../library.db"), NotFoundError);
  await rejects(rig.backups.open("mine.txt"), NotFoundError);
});

Deno.test("only one backup is made at once, and one that fails says so", async () => {
  await using rig = await openRig();

  const first = rig.backups.create(signal, new Date(Date.UTC(2026, 0, 1)));
  await rejects(rig.backups.create(signal, new Date(Date.UTC(2026, 0, 2))), ConflictError);
  await first;
  await rejects(rig.backups.backupTo(`${rig.dir.path}/none/x.db`, signal));

  deepStrictEqual(rig.events, ["backup.finished", "backup.failed"]);
});

Deno.test("halves of backups that were killed go with the next one", async () => {
  await using rig = await openRig();
  const folder = `${rig.dir.path}/backups`;
  await Deno.mkdir(folder);
  const half = "library-2026-01-01T00-00-00-000Z.db.part";
  for (const name of [half, `${half}-journal`, "mine.part", "library-mine.db.part"]) {
    await Deno.writeTextFile(`${folder}/${name}`, "half");
  }

  const { name } = await rig.backups.create(signal);

  const names = (await Array.fromAsync(Deno.readDir(folder), (it) => it.name)).sort();
  deepStrictEqual(names, [name, "library-mine.db.part", "mine.part"].sort());
});
