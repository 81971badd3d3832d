import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { asked } from "../../../../src/base/event_loop.ts";
import { inPieces } from "../../../../src/media/scan/record/in_pieces.ts";

/** Keeps what each transaction has stored, of work that takes `eachMs` for an item. */
function recorder(eachMs: number) {
  const transactions: number[][] = [];
  return {
    transactions,
    transaction: (work: () => void) => {
      transactions.push([]);
      work();
    },
    store: (item: number) => {
      const until = performance.now() + eachMs;
      while (performance.now() < until);
      transactions.at(-1)!.push(item);
    },
  };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

Deno.test("inPieces() stores all, in order, in transactions that end when their time is over", async () => {
  const { transactions, transaction, store } = recorder(3);
  let turns = 0;
  const ticking = setInterval(() => turns++);

  await inPieces(numbers(14), { transaction, least: 5 }, store).finally(() =>
    clearInterval(ticking)
  );

  deepStrictEqual(transactions.flat(), numbers(14));
  deepStrictEqual(transactions.map((it) => it.length), [5, 5, 4]); // 8 ms are over by the fifth
  ok(turns > 0, "others have turns in between");
});

Deno.test("inPieces() takes as many as fit in the time, and names the place of each", async () => {
  const { transactions, transaction, store } = recorder(0);

  const names = numbers(1000).map(String);
  await inPieces(names, { transaction, least: 1 }, (name, index) => {
    strictEqual(name, String(index));
    store(index);
  });
  deepStrictEqual(transactions.flat(), numbers(1000));
  ok(transactions.length < 500, `${transactions.length} transactions`);
  transactions.length = 0;

  await inPieces([], { transaction, least: 1 }, store);
  strictEqual(transactions.length, 0, "nothing needs no transaction");
});

Deno.test("inPieces() ends with the failure of a transaction", async () => {
  const { transactions, transaction } = recorder(0);
  const work = inPieces(numbers(9), { transaction, least: 9 }, (it) => {
    if (it === 2) throw new Error("full");
  });

  await rejects(work, /full/);
  strictEqual(transactions.length, 1);
});

Deno.test("inPieces() takes fewer at once while somebody waits for answers", async () => {
  const { transactions, transaction, store } = recorder(3);
  asked();

  await inPieces(numbers(10), { transaction, least: 10 }, store);

  deepStrictEqual(transactions.map((it) => it.length), [4, 4, 2]);
});
