/**
 * Writes that are kept together.
 *
 * @module
 */
import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { openDatabase, openSqliteState, type State } from "../../src/db/mod.ts";
import { Together } from "../../src/edge/server/together.ts";

const schema = "CREATE TABLE things (id TEXT PRIMARY KEY, size INTEGER NOT NULL)";

/** Tells how many transactions there were. */
function counted(state: State) {
  const told = { transactions: 0 };
  const transaction: State["transaction"] = (work) => {
    told.transactions++;
    return state.transaction(work);
  };
  return { told, together: new Together({ ...state, transaction }) };
}

Deno.test("what comes in one turn is kept in one transaction, each with its count", async () => {
  using db = openDatabase(":memory:", [schema]);
  const { told, together } = counted(openSqliteState(db));
  const add = (id: string) =>
    together.run("INSERT INTO things VALUES (?, 1) ON CONFLICT DO NOTHING", id);

  const first = await Promise.all([add("a"), add("b"), add("a")]);
  const grown = await together.run("UPDATE things SET size = 2");

  deepStrictEqual([...first, grown], [1, 1, 0, 2]);
  strictEqual(told.transactions, 1);
});

Deno.test("more than a transaction should have are all kept", async () => {
  using db = openDatabase(":memory:", [schema]);
  const { told, together } = counted(openSqliteState(db));

  await Promise.all(
    Array.from({ length: 250 }, (_, n) => together.run("INSERT INTO things VALUES (?, 1)", `${n}`)),
  );

  strictEqual(db.get<{ n: number }>("SELECT count(*) AS n FROM things")!.n, 250);
  strictEqual(told.transactions, 3);
});

Deno.test("a write that fails does not take the others with it", async () => {
  using db = openDatabase(":memory:", [schema]);
  const { together } = counted(openSqliteState(db));
  const add = (id: string | null) => together.run("INSERT INTO things VALUES (?, 1)", id);

  const [one, bad, other] = [add("a"), together.run("INSERT INTO nothing VALUES (1)"), add("b")];

  await rejects(bad, /nothing/);
  deepStrictEqual([await one, await other], [1, 1]);
  deepStrictEqual(db.all<{ id: string }>("SELECT id FROM things").map(({ id }) => id), ["a", "b"]);
});
