import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { InvalidError, UnavailableError } from "../../src/base/errors.ts";
import { type Database, inTime, openDatabase, openReaders } from "../../src/db/mod.ts";
import { tempDir } from "../helpers/temp.ts";

const TABLE = "CREATE TABLE numbers (n INTEGER PRIMARY KEY, square INTEGER) STRICT;";

/** Half a minute of work for SQLite, unless somebody asks for the time. */
const LONG = `SELECT count(*) n FROM numbers a, numbers b, numbers c
  WHERE a.square + b.square = c.square AND ${inTime("c.n")}`;

function fill(db: Database, rows: number): void {
  db.run(
    `WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT ?)
     INSERT INTO numbers SELECT n, n * n FROM c`,
    rows,
  );
}

Deno.test("a reader answers away from the main thread, and sees what was committed", async () => {
  await using dir = await tempDir();
  using db = openDatabase(join(dir.path, "a.db"), [TABLE]);
  fill(db, 1000);
  using reader = openReaders(db);

  const before = await reader.query<{ n: number }>("SELECT count(*) n FROM numbers");
  fill(db, 0);
  db.run("DELETE FROM numbers WHERE n > ?", 10);
  const after = await reader.query("SELECT n, square FROM numbers WHERE n > ? ORDER BY n", [8]);

  strictEqual(before[0]!.n, 1000);
  deepStrictEqual(after, [{ n: 9, square: 81 }, { n: 10, square: 100 }]);
});

Deno.test("a reader writes nothing, and tells what is wrong with a statement", async () => {
  await using dir = await tempDir();
  using db = openDatabase(join(dir.path, "a.db"), [TABLE]);
  using reader = openReaders(db);

  await rejects(reader.query("INSERT INTO numbers VALUES (1, 1)"), /read-?only/);
  await rejects(reader.query("SELECT no_such FROM numbers"), /no such column: no_such/);
  deepStrictEqual(await reader.query("SELECT count(*) n FROM numbers"), [{ n: 0 }]);
});

Deno.test("a question ends at its limit and by its signal, and the next one is answered", async () => {
  await using dir = await tempDir();
  using db = openDatabase(join(dir.path, "a.db"), [TABLE]);
  fill(db, 3000);
  using reader = openReaders(db, { workers: 1 });
  await reader.query("SELECT 1");
  const began = performance.now();
  const controller = new AbortController();

  await rejects(reader.query(LONG, [], { limitMs: 50 }), UnavailableError);
  const cancelled = reader.query(LONG, [], { signal: controller.signal });
  setTimeout(() => controller.abort(new DOMException("Enough", "AbortError")), 20);
  await rejects(cancelled, { name: "AbortError" });
  const answer = await reader.query("SELECT 1 AS one");

  deepStrictEqual(answer, [{ one: 1 }]);
  ok(performance.now() - began < 3000, "nobody waited for SQLite to finish by itself");
});

Deno.test("a statement that asks for no time is left alone, and others are answered", async () => {
  await using dir = await tempDir();
  using db = openDatabase(join(dir.path, "a.db"), [TABLE]);
  using reader = openReaders(db, { workers: 1 });
  await reader.query("SELECT 1");
  const deaf = `WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 8000000)
    SELECT count(*) n FROM c`;

  const first = rejects(reader.query(deaf, [], { limitMs: 10 }), UnavailableError);
  const second = reader.query("SELECT 2 AS two");

  await first;
  deepStrictEqual(await second, [{ two: 2 }]);
});

Deno.test("a reader refuses more questions than it can hold, and all once it is closed", async () => {
  await using dir = await tempDir();
  using db = openDatabase(join(dir.path, "a.db"), [TABLE]);
  const reader = openReaders(db, { workers: 1 });

  const asked = Array.from({ length: 70 }, () => reader.query("SELECT 1"));
  const answers = await Promise.allSettled(asked);
  const waiting = reader.query("SELECT 1");
  reader[Symbol.dispose]();

  const refused = answers.filter(({ status }) => status === "rejected");
  strictEqual(refused.length, 5, "one is being answered, 64 wait");
  await rejects(waiting, UnavailableError);
  await rejects(reader.query("SELECT 1"), UnavailableError);
});

Deno.test("a database in memory is read on the main thread", async () => {
  using db = openDatabase(":memory:", [TABLE]);
  fill(db, 100);
  using reader = openReaders(db);

  const rows = await reader.query<{ n: number }>(
    `SELECT count(*) n FROM numbers WHERE ${inTime("n")}`,
  );

  strictEqual(rows[0]!.n, 100);
  await rejects(reader.query("DELETE FROM numbers"), InvalidError);
});
