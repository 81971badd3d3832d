/** @module */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { openDatabase, openSqliteState, type State } from "../../src/db/mod.ts";

const schema = "CREATE TABLE things (id TEXT PRIMARY KEY, size INTEGER NOT NULL) STRICT";

function open(): { state: State } & Disposable {
  const db = openDatabase(":memory:", [schema]);
  return { state: openSqliteState(db), [Symbol.dispose]: () => db[Symbol.dispose]() };
}

Deno.test("a state's transaction is all or nothing", async () => {
  using rig = open();
  const { state } = rig;
  await state.run("INSERT INTO things VALUES (?, ?)", "one", 1);
  await rejects(
    state.transaction(async (tx) => {
      await tx.run("INSERT INTO things VALUES (?, ?)", "two", 2);
      throw new Error("no");
    }),
    /no/,
  );
  deepStrictEqual((await state.all("SELECT id FROM things")).map((it) => it.id), ["one"]);
});

Deno.test("who comes while a transaction runs waits for its end", async () => {
  using rig = open();
  const { state } = rig;
  const { promise: middle, resolve: goOn } = Promise.withResolvers<void>();
  const first = state.transaction(async (tx) => {
    await tx.run("INSERT INTO things VALUES (?, ?)", "one", 1);
    await middle;
    await tx.run("UPDATE things SET size = 2 WHERE id = ?", "one");
  });
  const second = state.transaction((tx) => tx.run("UPDATE things SET size = size + 1"));
  const seen = state.get<{ size: number }>("SELECT size FROM things WHERE id = ?", "one");
  goOn();
  await Promise.all([first, second]);

  ok([2, 3].includes((await seen)!.size), "never what is between");
  strictEqual((await state.get<{ size: number }>("SELECT size FROM things"))?.size, 3);
});

Deno.test("a JSON list stands for the values of IN", async () => {
  using rig = open();
  const { state } = rig;
  for (const id of ["one", "two", "three"]) {
    await state.run("INSERT INTO things VALUES (?, ?)", id, id.length);
  }
  const some = JSON.stringify(["one", "three", "nobody"]);
  const ids = await state.all(`SELECT id FROM things WHERE id IN ${state.each} ORDER BY id`, some);
  deepStrictEqual(ids.map((it) => it.id), ["one", "three"]);
});
