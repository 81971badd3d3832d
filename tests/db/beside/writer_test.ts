/** Writing in a thread of its own. @module */
import { rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { openDatabase, openWriter } from "../../../src/db/mod.ts";
import { UnavailableError } from "../../../src/base/errors.ts";
import { tempDir } from "../../helpers/temp.ts";

const STEPS = ["CREATE TABLE numbers (n INTEGER PRIMARY KEY) STRICT"];
const MANY = `INSERT INTO numbers WITH RECURSIVE c (n) AS
  (SELECT ?1 UNION ALL SELECT n + 1 FROM c LIMIT ?2) SELECT n FROM c`;

for (const where of ["a file", "memory"]) {
  Deno.test(`a statement is written beside ${where}, and told how much it has changed`, async () => {
    await using dir = await tempDir();
    using db = openDatabase(where === "memory" ? ":memory:" : join(dir.path, "x.db"), STEPS);
    using writer = openWriter(db);

    const both = await Promise.all([writer.run(MANY, 1, 1000), writer.run(MANY, 2001, 50)]);

    strictEqual(both.join(), "1000,50");
    strictEqual(db.get<{ n: number }>("SELECT count(*) n FROM numbers")!.n, 1050);
    strictEqual(await writer.run("DELETE FROM numbers WHERE n < 0"), 0);
  });
}

Deno.test("the main thread goes on while it is written beside", async () => {
  await using dir = await tempDir();
  using db = openDatabase(join(dir.path, "x.db"), STEPS);
  using writer = openWriter(db);
  let turns = 0;
  const timer = setInterval(() => turns++, 1);

  await writer.run(MANY, 1, 1_000_000);
  clearInterval(timer);

  strictEqual(turns > 10, true, `${turns} turns`);
});

Deno.test("what fails says why, and the next one is written all the same", async () => {
  await using dir = await tempDir();
  using db = openDatabase(join(dir.path, "x.db"), STEPS);
  const writer = openWriter(db);

  await rejects(writer.run("INSERT INTO missing_table VALUES (1)"), /no such table/);
  strictEqual(await writer.run(MANY, 1, 3), 3);
  const begun = writer.run(MANY, 10, 5_000_000);
  writer[Symbol.dispose]();
  await rejects(begun, UnavailableError);
  await rejects(writer.run(MANY, 20, 1), /closed/);
});
