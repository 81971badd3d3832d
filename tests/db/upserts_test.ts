/**
 * SQLite lets the conflict clause of a statement override those of the triggers that it fires: an
 * upsert makes an `INSERT OR IGNORE` of theirs fail.
 *
 * @module
 */
import { deepStrictEqual, ok } from "node:assert/strict";
import { migrations, openDatabase } from "../../src/db/mod.ts";

Deno.test("no upsert is into a table whose triggers have a way with conflicts", async () => {
  using db = openDatabase(":memory:", migrations.library);
  const triggers = db.all<{ table: string; sql: string }>(
    `SELECT tbl_name AS "table", sql FROM sqlite_schema WHERE type = 'trigger'`,
  );
  const guarded = new Set(
    triggers.filter(({ sql }) => /\b(INSERT|UPDATE) OR \w+|ON CONFLICT/.test(sql)).map((it) =>
      it.table
    ),
  );
  const found: string[] = [];
  let upserts = 0;
  for (const path of await stores(new URL("../../src/", import.meta.url))) {
    const text = await Deno.readTextFile(path);
    for (const [, statement = ""] of text.matchAll(/[`"](INSERT [^`"]*)/g)) {
      if (!/ON CONFLICT[^`]*DO UPDATE/.test(statement)) continue;
      upserts++;
      const table = /INTO (\w+)/.exec(statement)?.[1] ?? "";
      if (guarded.has(table)) found.push(`${path}: ${table}`);
    }
  }

  ok(guarded.has("notes") && guarded.has("ratings") && guarded.has("items"), [...guarded].join());
  ok(upserts > 5, `only ${upserts} upserts were found`);
  deepStrictEqual(found, []);
});

/** The files that have SQL for `library.db` in them. */
async function stores(folder: URL): Promise<URL[]> {
  const found: URL[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) found.push(...await stores(new URL(`${name}/`, folder)));
    else if (name === "store.ts") found.push(new URL(name, folder));
  }
  return found.filter(({ pathname }) => !pathname.includes("/src/edge/"));
}
