/** A line, or a value of it, that cannot be taken in is told once and is in nobody's way. @module */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { Log } from "../../../src/base/log.ts";
import { takeIn } from "../../../src/items/exchange/mod.ts";
import { addFilm, openRig, signal } from "./rig.ts";

const owner = { user: "owner" };

/** An export of two films, one of which has a value that is no choice any more. */
async function exported(): Promise<Record<string, unknown>[]> {
  await using one = openRig();
  addFilm(one.db, "a", { identity: "one" });
  addFilm(one.db, "b", { identity: "two" });
  const field = { key: "cond", name: "Condition", type: "choice" as const };
  one.customFields.create({ ...field, choices: ["a", "b"] }, owner);
  one.items.edit("a", { title: "Alien", custom: { cond: "a" } }, owner);
  one.items.edit("b", { title: "Heat", custom: { cond: "b" } }, owner);
  one.ratings.rate("a", 4, owner);
  one.customFields.edit("cond", { choices: ["b"] }, owner);
  return await one.lines();
}

function addSame(db: Parameters<typeof addFilm>[0]): void {
  addFilm(db, "x", { path: "a.mkv", identity: "one" });
  addFilm(db, "y", { path: "b.mkv", identity: "two" });
}

Deno.test("an import leaves a bad value out, tells it, and takes the rest of its line", async () => {
  await using other = openRig();
  addSame(other.db);

  const report = await other.take(await exported());

  strictEqual(report.errors, 1);
  match(
    report.problems[0]!.problem,
    /"custom.cond": expected one of its choices.*rest of the line/,
  );
  const alien = other.items.find("x", "owner");
  deepStrictEqual([alien.title, alien.mine.rating, alien.custom], ["Alien", 4, {}]);
  deepStrictEqual(other.items.find("y", "owner").custom, { cond: "b" });
});

Deno.test("a waiting line with a bad value is taken without it, told once, and tried again", async () => {
  await using other = openRig();
  await other.take(await exported());
  addSame(other.db);
  const told: string[] = [];
  const scan = () => other.exchange.takeWaiting(signal, (problem) => told.push(problem));

  const counts = [await scan(), await scan()];
  const bad = other.exchange.bad();
  const lines = await other.lines();
  other.customFields.edit("cond", { choices: ["a", "b"] }, owner);
  const mended = await scan();

  deepStrictEqual(counts, [2, 0]);
  deepStrictEqual([told.length, bad.count, bad.problem], [1, 1, told[0]]);
  match(told[0]!, /Line about a\.mkv: Cannot set "custom\.cond"/);
  strictEqual(other.items.find("y", "owner").title, "Heat");
  strictEqual(lines.filter(({ type }) => type === "item").length, 2, "each film once");
  deepStrictEqual([mended, other.exchange.bad().count], [1, 0]);
  deepStrictEqual(other.items.find("x", "owner").custom, { cond: "a" });
});

Deno.test("a line that nobody can read stays, and those behind it are taken", async () => {
  await using other = openRig();
  await other.take(await exported());
  other.db.run("UPDATE import_waiting SET line = '{\"media\":1}' WHERE key = 'a'");
  addSame(other.db);
  const logged: string[] = [];
  const log = new Log(({ level, message }) => void (level === "warn" && logged.push(message)));
  const items = { nfos: { take: () => Promise.resolve(0) }, exchange: other.exchange };

  for (let scans = 0; scans < 2; scans++) await takeIn(items, log, signal);

  strictEqual(other.items.find("y", "owner").title, "Heat");
  deepStrictEqual([logged.length, other.exchange.bad().count], [1, 1]);
});
