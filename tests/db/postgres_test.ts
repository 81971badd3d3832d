/**
 * A PostgreSQL that is away, comes back, hangs, or does not let us in.
 *
 * @module
 */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { FatalError, UnavailableError } from "../../src/base/errors.ts";
import { openPostgresState, type State } from "../../src/db/mod.ts";
import { numbered, translated } from "../../src/db/postgres/sql.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";

const schema = "CREATE TABLE things (id TEXT PRIMARY KEY, size INTEGER NOT NULL)";
const server = hasPostgres ? await startPostgres() : undefined;
const options = { ignore: !server };
const secret = /secret|tester:/;

const sizeOf = async (state: State) =>
  (await state.get<{ size: number }>("SELECT size FROM things"))?.size;

Deno.test("numbered() finds the question marks that are values", () => {
  strictEqual(numbered("a = ? AND b IN (?, ?)"), "a = $1 AND b IN ($2, $3)");
  strictEqual(numbered(`'?''?' "?" -- ?\n? /* ? */ ?`), `'?''?' "?" -- ?\n$1 /* ? */ $2`);
});

Deno.test("translated() names the types of columns only", () => {
  strictEqual(translated("a INTEGER, b BLOB -- REAL"), "a BIGINT, b BYTEA -- REAL");
  strictEqual(translated("c TEXT DEFAULT 'TEXT'"), `c TEXT COLLATE "C" DEFAULT 'TEXT'`);
});

Deno.test("a URL that is none is refused without being shown", async () => {
  for (
    const url of ["", "nonsense:secret", "mysql://tester:secret@host/db", "postgres://a b:secret"]
  ) {
    await rejects(openPostgresState(url, []), (error: FatalError) => {
      ok(error instanceof FatalError && !secret.test(error.message), error.message);
      return true;
    });
  }
});

Deno.test("nobody there: the failure says where, and what to check", async () => {
  const url = "postgres://tester:secret@127.0.0.1:1/db";
  await rejects(openPostgresState(url, [], { startMs: 200 }), {
    name: "UnavailableError",
    message: "Cannot reach PostgreSQL at 127.0.0.1:1: connection refused; check EDGE_DATABASE_URL",
  });
});

Deno.test("a database that is not there is said at once", options, async () => {
  const url = server!.url.replace(/\/postgres$/, "/nowhere");
  await rejects(openPostgresState(url, []), (error: UnavailableError) => {
    ok(error.message.includes(`127.0.0.1:${server!.port}: there is no such database; check`));
    return true;
  });
});

Deno.test("migrations go on from where they are, all or nothing", options, async () => {
  const url = await server!.database();
  const open = async (...steps: string[]) => {
    await using state = await openPostgresState(url, steps);
    return await state.all("SELECT * FROM things");
  };
  await open(schema);
  await rejects(open(schema, "ALTER TABLE things ADD COLUMN b TEXT", "NOT SQL"));
  await open(
    schema,
    "ALTER TABLE things ADD COLUMN b TEXT; INSERT INTO things VALUES ('a', 1, 'b')",
  );
  await rejects(open(schema), FatalError);
  const steps = [schema, "", "CREATE INDEX by_b ON things (b)"];
  deepStrictEqual((await open(...steps)).map((it) => it.b), ["b"]);
});

Deno.test("a restart in the middle of everything loses nothing", options, async () => {
  await using state = await openPostgresState(await server!.database(), [schema], {
    patienceMs: 20_000,
  });
  await state.run("INSERT INTO things VALUES ('counter', 0)");
  const stopping = new AbortController();
  let done = 0;
  const work = async () => {
    while (!stopping.signal.aborted) {
      try {
        await state.transaction(async (tx) => {
          const row = await tx.get<{ size: number }>("SELECT size FROM things");
          await tx.run("UPDATE things SET size = ?", row!.size + 1);
        });
        done++;
      } catch (error) {
        // The commit itself was under way: nobody knows. It may count once more.
        ok(error instanceof UnavailableError, String(error));
        unknown++;
      }
    }
  };
  let unknown = 0;
  const working = [work(), work(), work()];
  for (const how of ["INT", "QUIT"] as const) {
    const before = done;
    while (done < before + 20) await new Promise((resolve) => setTimeout(resolve, 5));
    await server!.stop(how);
    await server!.start();
  }
  const before = done;
  while (done < before + 20) await new Promise((resolve) => setTimeout(resolve, 5));
  stopping.abort();
  await Promise.all(working);

  const size = (await sizeOf(state))!;
  ok(size >= done && size <= done + unknown, `${size} of ${done} + ${unknown}`);
  ok(unknown <= 6, `${unknown} unknown`);
});

Deno.test("a server that hangs is given up in time, and used again", options, async () => {
  await using state = await openPostgresState(await server!.database(), [schema], {
    timeoutMs: 400,
    patienceMs: 100,
  });
  await state.run("INSERT INTO things VALUES ('one', 1)");
  await server!.signal("STOP");
  try {
    const started = Date.now();
    await rejects(sizeOf(state), (error: UnavailableError) => {
      ok(error.message.startsWith("Cannot reach PostgreSQL at 127.0.0.1:"), error.message);
      return true;
    });
    ok(Date.now() - started < 3000);
  } finally {
    await server!.signal("CONT");
  }
  strictEqual(await sizeOf(state), 1);
});

Deno.test("a statement that takes too long is ended", options, async () => {
  await using state = await openPostgresState(await server!.database(), [schema], {
    timeoutMs: 2000,
  });
  await rejects(state.all("SELECT pg_sleep(?)", 5), /it took too long; check/);
  strictEqual(await sizeOf(state), undefined);
});
