import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { ConflictError, InvalidError, UnavailableError } from "../../src/base/errors.ts";
import { holdName } from "../../src/base/files.ts";
import { backupDatabase, checkBackup, openDatabase, restoreDatabase } from "../../src/db/mod.ts";
import { canMountSmall, mountSmall } from "../helpers/mounts.ts";
import { noise, tempDir } from "../helpers/temp.ts";

const steps = ["CREATE TABLE films (id INTEGER PRIMARY KEY, title TEXT, twin INTEGER)"];
const options = { steps, table: "films" };

/** Two rows that are written together: a copy of one moment has both or none. */
function addTwins(db: ReturnType<typeof openDatabase>, count: number): void {
  db.transaction(() => {
    for (let index = 0; index < count; index++) {
      const { id } = db.get<{ id: number }>(
        "INSERT INTO films (title) VALUES (?) RETURNING id",
        "x".repeat(200),
      )!;
      db.run("INSERT INTO films (title, twin) VALUES ('twin', ?)", id);
    }
  });
}

const names = (path: string) => [...Deno.readDirSync(path)].map(({ name }) => name).sort();

Deno.test("a backup is of one moment, and holds no writer up", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/library.db`;
  using db = openDatabase(path, steps);
  for (let round = 0; round < 20; round++) addTwins(db, 5000);
  let writes = 0;
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    addTwins(db, 1);
    writes++;
    last = performance.now();
  }, 1);
  const progress: number[] = [];

  const bytes = await backupDatabase(path, `${dir.path}/copy.db`, {
    onProgress: (done, total) => progress.push(done / total),
  });
  clearInterval(timer);

  using copy = openDatabase(`${dir.path}/copy.db`, steps);
  const { n } = copy.get<{ n: number }>("SELECT count(*) AS n FROM films")!;
  const { alone } = copy.get<{ alone: number }>(
    "SELECT count(*) - 2 * count(twin) AS alone FROM films",
  )!;
  ok(writes > 20, `${writes} writes meanwhile`);
  ok(n >= 200_000 && n <= 200_000 + 2 * writes, `${n} rows`);
  strictEqual(alone, 0);
  ok(longest < 500, `${longest} ms without a turn`);
  ok(bytes > 20_000_000 && progress.length > 1 && progress.every((it) => it <= 1));
  strictEqual(copy.get("PRAGMA integrity_check")?.integrity_check, "ok");
});

Deno.test("a backup that is called off leaves nothing, and the one before as it was", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/library.db`;
  using db = openDatabase(path, steps);
  addTwins(db, 50_000);
  const copy = `${dir.path}/copy.db`;
  await Deno.writeTextFile(copy, "the one before");
  const controller = new AbortController();

  const copying = backupDatabase(path, copy, {
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });

  await rejects(copying, { name: "AbortError" });
  strictEqual(await Deno.readTextFile(copy), "the one before");
  deepStrictEqual(names(dir.path).filter((name) => name.includes("part")), []);
});

Deno.test("a backup that was killed leaves its half, and the next run of it goes on to a whole one", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/library.db`;
  const target = `${dir.path}/copy.db`;
  using db = openDatabase(path, steps);
  addTwins(db, 20_000);
  await Deno.writeTextFile(target, "the one before");
  const backup = new URL("../../src/db/backup.ts", import.meta.url);
  const code = `
    const { backupDatabase } = await import(${JSON.stringify(backup.href)});
    const onProgress = () => Deno.kill(Deno.pid, "SIGKILL");
    await backupDatabase(...${JSON.stringify([path, target])}, { onProgress });`;
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", "--quiet", code],
    stdout: "inherit",
    stderr: "inherit",
  }).output();

  const left = names(dir.path);
  const before = await Deno.readTextFile(target);
  await backupDatabase(path, target);

  strictEqual(success, false);
  ok(left.includes("copy.db.part"), String(left));
  strictEqual(before, "the one before");
  deepStrictEqual(checkBackup(target, steps, "films"), { version: 1 });
  deepStrictEqual(names(dir.path).filter((name) => name.includes("part")), []);
});

Deno.test("of two backups into one file at a time the second is refused, and spoils nothing", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/library.db`;
  const target = `${dir.path}/copy.db`;
  using db = openDatabase(path, steps);
  addTwins(db, 100);
  {
    await using _first = await holdName(`${target}.part-lock`);
    await dir.file("copy.db.part", "half of the first");

    await rejects(
      backupDatabase(path, target),
      (error) =>
        error instanceof ConflictError && /another one is being made there/.test(error.message),
    );

    strictEqual(await Deno.readTextFile(`${target}.part`), "half of the first");
  }
  await backupDatabase(path, target);

  deepStrictEqual(checkBackup(target, steps, "films"), { version: 1 });
  deepStrictEqual(names(dir.path).filter((name) => name.startsWith("copy")), ["copy.db"]);
});

Deno.test("a backup to where nothing can be written says so", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/library.db`;
  using _db = openDatabase(path, steps);

  await rejects(backupDatabase(path, `${dir.path}/none/copy.db`), UnavailableError);
});

Deno.test({
  name: "a backup to a full disk says so, and leaves nothing there",
  ignore: !await canMountSmall(),
}, async () => {
  await using dir = await tempDir();
  await using full = await tempDir();
  await using _mounted = await mountSmall(full.path, "1m");
  const path = `${dir.path}/library.db`;
  using db = openDatabase(path, steps);
  addTwins(db, 20_000);

  await rejects(backupDatabase(path, `${full.path}/copy.db`), (error: UnavailableError) => {
    ok(error instanceof UnavailableError, String(error));
    ok(/full/.test(error.message), error.message);
    return true;
  });

  deepStrictEqual(names(full.path), []);
});

Deno.test("a restored database is the backup, and the former one is kept with all of its journal", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/library.db`;
  const copy = `${dir.path}/copy.db`;
  {
    using db = openDatabase(path, steps);
    addTwins(db, 1);
    await backupDatabase(path, copy);
    addTwins(db, 1);
  }
  // As a killed program leaves it: the last writes only in the journal.
  const killed = new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `import { DatabaseSync } from "node:sqlite";
       const db = new DatabaseSync(${JSON.stringify(path)});
       db.exec("PRAGMA wal_autocheckpoint = 0; INSERT INTO films (title) VALUES ('late')");
       Deno.kill(Deno.pid, "SIGKILL");`,
    ],
  });
  await killed.output();
  const before = names(dir.path);

  const aside = await restoreDatabase(copy, path, options);

  ok(before.includes("library.db-wal"));
  using restored = openDatabase(path, steps);
  using kept = openDatabase(aside!, steps);
  strictEqual(restored.all("SELECT 1 FROM films").length, 2);
  strictEqual(kept.all("SELECT 1 FROM films").length, 5);
  ok(!names(dir.path).some((name) => name.includes("restoring")));
});

Deno.test("what is no whole library of this program is not restored", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/library.db`;
  using db = openDatabase(path, steps);
  addTwins(db, 2000);
  const good = `${dir.path}/good.db`;
  await backupDatabase(path, good);
  const bytes = await Deno.readFile(good);
  const damaged = Uint8Array.from(bytes);
  damaged.set(noise(50_000), 20_000);
  await dir.file("damaged.db", damaged);
  await dir.file("half.db", bytes.subarray(0, bytes.length / 2));
  await dir.file("text.db", "no database at all, but quite long a text about one");
  using _newer = openDatabase(`${dir.path}/newer.db`, [...steps, "CREATE TABLE more (a)"]);
  await backupDatabase(`${dir.path}/newer.db`, `${dir.path}/newer-copy.db`);
  using _other = openDatabase(`${dir.path}/other.db`, ["CREATE TABLE cats (a)"]);
  await backupDatabase(`${dir.path}/other.db`, `${dir.path}/other-copy.db`);
  await Deno.mkdir(`${dir.path}/folder.db`);
  const files = names(dir.path);

  for (
    const name of [
      "damaged",
      "half",
      "text",
      "newer-copy",
      "other-copy",
      "nothing",
      "library",
      "folder",
    ]
  ) {
    await rejects(
      restoreDatabase(`${dir.path}/${name}.db`, path, options),
      (error) => error instanceof InvalidError && error.message.includes(`/${name}.db"`),
      name,
    );
  }

  deepStrictEqual(checkBackup(good, steps, "films"), { version: 1 });
  deepStrictEqual(names(dir.path), files);
});
