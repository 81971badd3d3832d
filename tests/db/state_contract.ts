/**
 * What holds for every state, whatever engine is behind it.
 *
 * @module
 */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { InvalidError } from "../../src/base/errors.ts";
import type { State } from "../../src/db/mod.ts";

export const schema = `
-- Isn't it? A comment with a quote, and with INTEGER.
CREATE TABLE things (
  id TEXT PRIMARY KEY, -- what's its name
  size INTEGER NOT NULL DEFAULT 0,
  weight REAL,
  picture BLOB
);
CREATE INDEX things_by_size ON things (size) WHERE size > 0;`;

const names = (rows: Record<string, unknown>[]) => rows.map((it) => it.id);

/** Each gets a state of its own, built with `schema`. */
export const cases: Record<string, (state: State) => Promise<void>> = {
  "values come back as they went in": async (state) => {
    const picture = new Uint8Array([0, 255, 39, 92]);
    const name = 'it\'s "ä" \\ 🎬 ? $1\n%_';
    const size = Number.MAX_SAFE_INTEGER;
    await state.run("INSERT INTO things VALUES (?, ?, ?, ?)", name, size, 0.1, picture);
    await state.run("INSERT INTO things (id, size) VALUES (?, ?)", "", -5);

    const [other, row] = await state.all("SELECT * FROM things ORDER BY size");
    const seen = row as { id: string; size: number; weight: number; picture: Uint8Array };
    deepStrictEqual([seen.id, seen.size, seen.weight], [name, size, 0.1]);
    deepStrictEqual(new Uint8Array(seen.picture), picture);
    deepStrictEqual({ ...other }, { id: "", size: -5, weight: null, picture: null });
    strictEqual(await state.get("SELECT 1 FROM things WHERE id = ?", "nobody"), undefined);
    strictEqual(
      (await state.get<{ n: number }>("SELECT count(*) AS n, sum(size) AS s FROM things"))?.n,
      2,
    );
  },

  "a text with NUL is refused, and what it was to be done with": async (state) => {
    const add = "INSERT INTO things (id) VALUES (?)";
    await rejects(state.run(add, "a\0b"), InvalidError);
    await rejects(state.get("SELECT 1 FROM things WHERE id = ?", "\0"), InvalidError);
    await rejects(state.all("SELECT 1 FROM things WHERE id = ?", "\0"), InvalidError);
    const both = state.transaction(async (tx) => {
      await tx.run(add, "good");
      await tx.run(add, "\0");
    });
    await rejects(both, InvalidError);

    deepStrictEqual(names(await state.all("SELECT id FROM things")), []);
    await state.run(add, "good");
    deepStrictEqual(names(await state.all("SELECT id FROM things")), ["good"]);
  },

  "a question mark in a text or a comment is none": async (state) => {
    await state.run("INSERT INTO things (id) VALUES ('what?')");
    const row = await state.get(
      `SELECT id, 'it''s?' AS "theQuestion?" FROM things -- which?
       WHERE /* this? */ id = ?`,
      "what?",
    );
    deepStrictEqual({ ...row }, { id: "what?", "theQuestion?": "it's?" });
  },

  "run() counts the rows that it changed": async (state) => {
    const add = "INSERT INTO things (id, size) VALUES (?, ?) ON CONFLICT (id) DO NOTHING";
    strictEqual(await state.run(add, "one", 1), 1);
    strictEqual(await state.run(add, "one", 2), 0);
    strictEqual(await state.run(add, "two", 2), 1);
    strictEqual(await state.run("UPDATE things SET size = size + 1"), 2);
    strictEqual(await state.run("DELETE FROM things WHERE size > ?", 5), 0);
    const changed = await state.all<{ size: number }>(
      "UPDATE things SET size = 7 WHERE id = ? RETURNING size",
      "one",
    );
    strictEqual(changed[0]?.size, 7);
  },

  "texts are in the order of their bytes": async (state) => {
    for (const id of ["b", "a", "Z", "é", "a b", "ab", "\u{1f3ac}", "\uffee", "_"]) {
      await state.run("INSERT INTO things (id) VALUES (?)", id);
    }
    const ordered = ["Z", "_", "a", "a b", "ab", "b", "é", "\uffee", "\u{1f3ac}"];
    deepStrictEqual(names(await state.all("SELECT id FROM things ORDER BY id")), ordered);
    const after = await state.all("SELECT id FROM things WHERE (id, size) > (?, ?)", "b", -1);
    deepStrictEqual(names(after).sort(), ["b", "é", "\uffee", "\u{1f3ac}"].sort());
  },

  "a JSON list stands for the values of IN": async (state) => {
    for (const id of ["one", "two", "it's"]) {
      await state.run("INSERT INTO things VALUES (?, ?, NULL, NULL)", id, id.length);
    }
    const some = JSON.stringify(["one", "it's", "nobody"]);
    const ids = await state.all(
      `SELECT id FROM things WHERE id IN ${state.each} ORDER BY id`,
      some,
    );
    deepStrictEqual(names(ids), ["it's", "one"]);
    deepStrictEqual(await state.all(`SELECT id FROM things WHERE id IN ${state.each}`, "[]"), []);
  },

  "a transaction is all or nothing": async (state) => {
    await state.run("INSERT INTO things VALUES (?, ?, NULL, NULL)", "one", 1);
    const failing = state.transaction(async (tx) => {
      await tx.run("INSERT INTO things (id) VALUES (?)", "two");
      strictEqual((await tx.all("SELECT id FROM things")).length, 2);
      throw new Error("no");
    });
    await rejects(failing, /no/);
    await rejects(state.transaction(async (tx) => {
      await tx.run("INSERT INTO things (id) VALUES (?)", "two");
      await tx.run("INSERT INTO things (id) VALUES (?)", "one");
    }));
    deepStrictEqual(names(await state.all("SELECT id FROM things")), ["one"]);
    strictEqual(await state.transaction((tx) => tx.run("UPDATE things SET size = 2")), 1);
  },

  "what others see of a transaction is before or after it": async (state) => {
    await state.run("INSERT INTO things (id, size) VALUES (?, ?)", "one", 0);
    const { promise: middle, resolve: goOn } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const first = state.transaction(async (tx) => {
      await tx.run("UPDATE things SET size = 1 WHERE id = ?", "one");
      begin();
      await middle;
      await tx.run("UPDATE things SET size = 2 WHERE id = ?", "one");
    });
    await begun;
    const seen = state.get<{ size: number }>("SELECT size FROM things WHERE id = ?", "one");
    const second = state.transaction((tx) => tx.run("UPDATE things SET size = size + 10"));
    goOn();
    await Promise.all([first, second]);

    ok([0, 2, 12].includes((await seen)!.size), "never what is between");
    strictEqual((await state.get<{ size: number }>("SELECT size FROM things"))?.size, 12);
  },

  "transactions in each other's way are done one after the other": async (state) => {
    await state.run("INSERT INTO things (id, size) VALUES (?, ?)", "counter", 0);
    const count = () =>
      state.transaction(async (tx) => {
        const row = await tx.get<{ size: number }>("SELECT size FROM things WHERE id = 'counter'");
        await tx.run("UPDATE things SET size = ? WHERE id = 'counter'", row!.size + 1);
      });
    await Promise.all(Array.from({ length: 12 }, count));
    strictEqual((await state.get<{ size: number }>("SELECT size FROM things"))?.size, 12);
  },

  "a wrong statement is an error, and the state goes on": async (state) => {
    await rejects(state.run("INSERT INTO nothing VALUES (?)", 1));
    await rejects(state.all("SELEC 1"));
    deepStrictEqual(await state.all("SELECT id FROM things"), []);
  },
};
