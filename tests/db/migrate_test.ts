import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { FatalError } from "../../src/base/errors.ts";
import { CorruptError, migrations, openDatabase } from "../../src/db/mod.ts";
import { tempDir } from "../helpers/temp.ts";

const folder = new URL("../../src/db/sql/", import.meta.url);

Deno.test("migrations is every file of src/db/sql, in the order of their numbers", async () => {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) names.push(name);
  names.sort();

  for (const [database, steps] of Object.entries(migrations)) {
    const files = names.filter((name) => name.startsWith(`${database}_`));
    const texts = await Promise.all(files.map((it) => Deno.readTextFile(new URL(it, folder))));
    deepStrictEqual(steps, texts);
    for (const [index, file] of files.entries()) {
      ok(file.startsWith(`${database}_${String(index + 1).padStart(4, "0")}_`), file);
    }
  }

  const counts = Object.values(migrations).reduce((sum, steps) => sum + steps.length, 0);
  strictEqual(names.length, counts, "a file belongs to no database");
});

Deno.test("each database is built from nothing, and opens again as it is", async () => {
  await using dir = await tempDir();

  for (const [name, steps] of Object.entries(migrations)) {
    const path = `${dir.path}/${name}.db`;
    using first = openDatabase(path, steps);
    const tables = "SELECT name, sql FROM sqlite_schema ORDER BY name";
    const built = first.all(tables);
    first[Symbol.dispose]();

    using again = openDatabase(path, steps);
    deepStrictEqual(again.all(tables), built);
    strictEqual(again.get("PRAGMA user_version")?.user_version, steps.length);
    strictEqual(again.get("PRAGMA journal_mode")?.journal_mode, "wal");
    strictEqual(again.get("PRAGMA foreign_keys")?.foreign_keys, 1);
  }
});

Deno.test("a database goes on from the version it has", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/old.db`;
  const steps = ["CREATE TABLE films (title TEXT)", "ALTER TABLE films ADD COLUMN year INTEGER"];
  openDatabase(path, steps.slice(0, 1))[Symbol.dispose]();

  using db = openDatabase(path, steps);

  strictEqual(db.run("INSERT INTO films VALUES ('Metropolis', 1927)"), 1);
});

Deno.test("a step that fails leaves the database at the version before it", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/half.db`;
  const good = "CREATE TABLE films (title TEXT)";

  throws(() => openDatabase(path, [good, "CREATE TABLE people (name TEXT); NOT SQL"]));

  using db = openDatabase(path, [good]);
  deepStrictEqual(db.all<{ name: string }>("SELECT name FROM sqlite_schema").map((it) => it.name), [
    "films",
  ]);
});

Deno.test("a database of a newer program is refused, and left as it is", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/library.db`;
  openDatabase(path, [...migrations.library, "CREATE TABLE future (x)"])[Symbol.dispose]();
  const before = await Deno.readFile(path);

  throws(() => openDatabase(path, migrations.library), (error: FatalError) => {
    ok(error instanceof FatalError && !(error instanceof CorruptError));
    ok(error.message.includes("Start the newer giggityflix, or another DATA_DIR"));
    return true;
  });
  deepStrictEqual(await Deno.readFile(path), before);
  await rejects(Deno.stat(`${path}-wal`));
});
