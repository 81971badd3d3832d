/**
 * The same cases on each engine that an edge may keep its state in.
 *
 * @module
 */
import { migrations, openDatabase, openPostgresState, openSqliteState } from "../../src/db/mod.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import { cases, schema } from "./state_contract.ts";

const server = hasPostgres ? await startPostgres() : undefined;

for (const [name, check] of Object.entries(cases)) {
  Deno.test(`SQLite: ${name}`, async () => {
    using db = openDatabase(":memory:", [schema]);
    await using state = openSqliteState(db);
    await check(state);
  });

  Deno.test(`PostgreSQL: ${name}`, { ignore: !server }, async () => {
    await using state = await openPostgresState(await server!.database(), [schema]);
    await check(state);
  });
}

Deno.test("the migrations of an edge are for both engines", { ignore: !server }, async () => {
  const url = await server!.database();
  // Three edges that start at once.
  const states = await Promise.all(
    Array.from({ length: 3 }, () => openPostgresState(url, migrations.edge)),
  );
  for (const state of states) await state[Symbol.asyncDispose]();
});
