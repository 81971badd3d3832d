/**
 * The journal is written back while others write, and nobody waits for it.
 *
 * @module
 */
import { ok, strictEqual } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { JOURNAL_BYTES } from "../../../src/db/beside/checkpoints.ts";
import { openDatabase } from "../../../src/db/mod.ts";
import { say } from "../../helpers/say.ts";
import { tempDir } from "../../helpers/temp.ts";

const steps = ["CREATE TABLE films (id INTEGER PRIMARY KEY, title TEXT NOT NULL) STRICT;"];

Deno.test("a journal stays small while much is written, with all of it in the database", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/library.db`;
  const title = "x".repeat(4000);
  let largest = 0;
  let longest = 0;
  {
    using db = openDatabase(path, steps);
    for (let batch = 0; batch < 800; batch++) {
      const started = performance.now();
      db.transaction(() => {
        for (let row = 0; row < 50; row++) db.run("INSERT INTO films (title) VALUES (?)", title);
      });
      longest = Math.max(longest, performance.now() - started);
      largest = Math.max(largest, (await Deno.stat(`${path}-wal`)).size);
      await sleep(1);
    }
  }
  say(
    `Of 160 MB the journal had ${(largest / 1e6).toFixed()} MB at most; longest commit ${
      longest.toFixed(1)
    } ms`,
  );

  ok(largest > JOURNAL_BYTES, "there was something to write back");
  ok(largest < 6 * JOURNAL_BYTES, `${largest}`);
  using again = openDatabase(path, steps);
  strictEqual(again.get<{ count: number }>("SELECT count(*) AS count FROM films")!.count, 40_000);
  strictEqual(again.get<{ said: string }>("PRAGMA quick_check")!.said ?? "ok", "ok");
});

Deno.test("a database that is closed while its journal is written back is whole", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/library.db`;
  {
    using db = openDatabase(path, steps);
    for (let batch = 0; batch < 100; batch++) {
      db.transaction(() => {
        for (let row = 0; row < 50; row++) {
          db.run("INSERT INTO films (title) VALUES (?)", "y".repeat(4000));
        }
      });
    }
    await sleep(20);
  }

  using again = openDatabase(path, steps);
  strictEqual(again.get<{ count: number }>("SELECT count(*) AS count FROM films")!.count, 5000);
});
