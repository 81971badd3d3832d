import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { UnavailableError } from "../../src/base/errors.ts";
import { CorruptError, type Database, openDatabase, setAsideCorrupt } from "../../src/db/mod.ts";
import { noise, type TempDir, tempDir } from "../helpers/temp.ts";

const steps = ["CREATE TABLE films (title TEXT UNIQUE NOT NULL, plot TEXT) STRICT"];

Deno.test("transaction() keeps all or nothing", () => {
  using db = openDatabase(":memory:", steps);

  const count = db.transaction(() => {
    add(db, "Metropolis");
    return add(db, "Nosferatu");
  });
  throws(() =>
    db.transaction(() => {
      add(db, "Faust");
      throw new Error("enough");
    }), /enough/);
  throws(() =>
    db.transaction(() => {
      add(db, "Faust");
      add(db, "Metropolis"); // is there already
    }), /UNIQUE/);

  strictEqual(count, 1);
  deepStrictEqual(titles(db), ["Metropolis", "Nosferatu"]);
});

Deno.test("a transaction inside another joins it", () => {
  using db = openDatabase(":memory:", steps);

  throws(() =>
    db.transaction(() => {
      db.transaction(() => add(db, "Metropolis"));
      throw new Error("enough");
    })
  );
  db.transaction(() => {
    db.transaction(() => add(db, "Nosferatu"));
    add(db, "Faust");
  });

  deepStrictEqual(titles(db), ["Faust", "Nosferatu"]);
});

Deno.test("a database that another program holds is unavailable, not broken", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/library.db`;
  using one = openDatabase(path, steps);
  using other = openDatabase(path, steps);
  other.run("PRAGMA busy_timeout = 10");

  const error = one.transaction(() => {
    add(one, "Metropolis");
    return thrownBy(() => add(other, "Nosferatu"));
  });

  ok(error instanceof UnavailableError);
  strictEqual(error.message, `Cannot use the database "${path}": another program holds it`);
  add(other, "Nosferatu");
  strictEqual(titles(one).length, 2);
});

Deno.test("a file that is no database is corrupt, and set aside whole", async () => {
  await using dir = await tempDir();
  const text = noise(10_000);
  const path = await dir.file("library.db", text);

  throws(() => openDatabase(path, steps), (error: CorruptError) => {
    ok(error instanceof CorruptError);
    ok(error.message.includes("not a database"));
    return true;
  });

  const aside = setAsideCorrupt(path);
  deepStrictEqual(await Deno.readFile(aside), new Uint8Array(text));
  using fresh = openDatabase(path, steps);
  deepStrictEqual(titles(fresh), []);
});

Deno.test("a database that was cut off or overwritten is corrupt, and set aside with its journals", async () => {
  const damages: Record<string, (bytes: Uint8Array) => Uint8Array> = {
    "cut in half": (bytes) => bytes.subarray(0, bytes.length / 2),
    "cut in its header": (bytes) => bytes.subarray(0, 50),
    "last page lost": (bytes) => bytes.subarray(0, bytes.length - 4096),
    "middle overwritten": (bytes) => {
      bytes.set(noise(8192), Math.floor(bytes.length / 8192) * 4096);
      return bytes;
    },
    "schema overwritten": (bytes) => {
      bytes.set(noise(3900), 100);
      return bytes;
    },
  };

  for (const [what, damage] of Object.entries(damages)) {
    await using dir = await tempDir();
    const path = await filled(dir);
    const damaged = damage(await Deno.readFile(path)).slice();
    await Deno.writeFile(path, damaged);
    await Deno.writeTextFile(`${path}-wal`, "the journal");

    const error = thrownBy(() => openDatabase(path, steps), what);
    ok(error instanceof CorruptError, `${what}: ${error}`);

    const now = new Date("2026-01-05T10:00:00.000Z");
    const aside = setAsideCorrupt(path, now);
    strictEqual(aside, `${path}.corrupt-2026-01-05T10-00-00-000Z`);
    deepStrictEqual(await Deno.readFile(aside), damaged, what);
    openDatabase(path, steps)[Symbol.dispose]();
  }
});

Deno.test("setAsideCorrupt() keeps the journals too, and what is not there is no failure", async () => {
  await using dir = await tempDir();
  const path = await dir.file("library.db", "x");
  await dir.file("library.db-wal", "y");

  const aside = setAsideCorrupt(path);

  strictEqual(await Deno.readTextFile(aside), "x");
  strictEqual(await Deno.readTextFile(`${aside}-wal`), "y");
  await rejects(Deno.stat(path), Deno.errors.NotFound);
});

Deno.test("a folder without rights, or none at all, says that the file cannot be opened", async () => {
  await using dir = await tempDir();

  for (const path of [`${dir.path}/none/library.db`, dir.path]) {
    const error = thrownBy(() => openDatabase(path, steps));
    ok(error instanceof UnavailableError, String(error));
    ok(error.message.includes("cannot be opened: check the folder's rights"), error.message);
  }
});

async function filled(dir: TempDir): Promise<string> {
  const path = `${dir.path}/library.db`;
  using db = openDatabase(path, steps);
  db.transaction(() => {
    for (let count = 0; count < 500; count++) add(db, `Film ${count}`, "plot ".repeat(50));
  });
  db[Symbol.dispose]();
  return await Promise.resolve(path);
}

function add(db: Database, title: string, plot = ""): number {
  return db.run("INSERT INTO films VALUES (?, ?)", title, plot);
}

function titles(db: Database): string[] {
  return db.all<{ title: string }>("SELECT title FROM films ORDER BY title")
    .map(({ title }) => title);
}

function thrownBy(work: () => unknown, what = ""): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error(`Nothing was thrown: ${what}`);
}

Deno.test({
  name: "a database is its owner's alone, its journals too",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using folder = await tempDir();
    const path = `${folder.path}/own.db`;
    using db = openDatabase(path, ["CREATE TABLE things (id TEXT)"]);
    db.run("INSERT INTO things VALUES ('one')");
    for (const suffix of ["", "-wal", "-shm"]) {
      strictEqual((await Deno.stat(path + suffix)).mode! & 0o077, 0, suffix);
    }
  },
});
