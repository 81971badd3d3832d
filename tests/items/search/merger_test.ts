/** What was written piecemeal becomes one piece, while items come and go. @module */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { openRig } from "./rig.ts";

const MANY = 4000;

function openMany() {
  const rig = openRig();
  rig.db.transaction(() => {
    for (let n = 0; n < MANY; n++) rig.add({ id: `f${n}`, title: `film ${n}` });
  });
  while (rig.search.indexSome(2) > 0);
  const pieces = () =>
    rig.db.get<{ n: number }>("SELECT count(DISTINCT segid) n FROM item_search_idx")!.n;
  return { ...rig, pieces, [Symbol.dispose]: () => rig[Symbol.dispose]() };
}

Deno.test("the index becomes one piece, and then nothing more is written", async () => {
  using rig = openMany();
  const before = rig.pieces();

  let steps = 0;
  while (await rig.search.mergeSome()) steps++;
  const after = rig.pieces();
  const changes = () => rig.db.get<{ n: number }>("SELECT total_changes() n")!.n;
  const written = changes();

  ok(before > 4, `${before} pieces`);
  strictEqual(after, 1);
  ok(steps > 3, `in ${steps} steps`);
  strictEqual(await rig.search.mergeSome(), false);
  strictEqual(changes(), written);
  strictEqual((await rig.find("film")).total.value, 2000);
  deepStrictEqual(await rig.ids("3999"), ["f3999"]);
});

Deno.test("items that come, change and go meanwhile are found as they are", async () => {
  using rig = openMany();

  for (let n = 0; await rig.search.mergeSome(); n++) {
    rig.add({ id: `new${n}`, title: `late ${n}` });
    rig.set("items", "id", `f${n}`, { title: `changed ${n}` });
    rig.set("items", "id", `f${n + 1000}`, { deleted_at: "2026-01-01T00:00:00.000Z" });
    rig.index();
  }

  ok(rig.pieces() < 8, "what came meanwhile is beside the one");
  deepStrictEqual(await rig.ids('"late 2"'), ["new2"]);
  deepStrictEqual(await rig.ids('"changed 2"'), ["f2"]);
  deepStrictEqual(await rig.ids('"film 2"'), []);
  deepStrictEqual(await rig.ids('"film 1002"'), []);
  deepStrictEqual(await rig.ids('"film 2002"'), ["f2002"]);
});

Deno.test("a merge that was cut off goes on after a restart", async () => {
  using rig = openMany();
  for (let n = 0; n < 3; n++) strictEqual(await rig.search.mergeSome(), true);

  using again = rig.reopen();
  while (await again.mergeSome());

  strictEqual(rig.pieces(), 1);
});

Deno.test("of few changes nothing is written anew", async () => {
  using rig = openMany();
  while (await rig.search.mergeSome());
  for (let n = 0; n < 500; n++) rig.set("items", "id", `f${n}`, { title: `changed ${n}` });
  rig.index();

  strictEqual(await rig.search.mergeSome(), false);
});
