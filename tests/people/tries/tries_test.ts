/** How often one may try to sign in, over a real database. @module */
import { deepStrictEqual, doesNotReject, ok, rejects, strictEqual } from "node:assert/strict";
import { migrations, openDatabase, openSqliteState } from "../../../src/db/mod.ts";
import { createTries, TooManyTriesError } from "../../../src/people/mod.ts";

function rig(maxKeys?: number) {
  let nowMs = 1_000_000;
  const db = openDatabase(":memory:", migrations.edge);
  const state = openSqliteState(db);
  const open = () =>
    createTries({ state, now: () => nowMs, ...maxKeys !== undefined && { maxKeys } });
  const tries = open();
  /** How long one has to wait for the next try; it is counted when that is nothing. */
  const waitS = async (
    tried: { address?: string; account?: string },
    at = tries,
  ): Promise<number> => {
    try {
      await at.begin(tried);
      return 0;
    } catch (error) {
      if (error instanceof TooManyTriesError) return error.retryAfterS;
      throw error;
    }
  };
  return {
    state,
    tries,
    /** The tries of another edge on the same state. */
    open,
    waitS,
    pass: (ms: number) => void (nowMs += ms),
    [Symbol.dispose]: () => db[Symbol.dispose](),
  };
}

Deno.test("pauses double, to a quarter of an hour for an address and a minute for an account", async () => {
  for (const [who, last] of [[{ address: "192.0.2.1" }, 900], [{ account: "ann" }, 60]] as const) {
    using it = rig();
    const pauses: number[] = [];
    for (let count = 0; count < 40; count++) {
      const pause = await it.waitS(who);
      if (pause > 0) pauses.push(pause);
      it.pass(pause * 1000);
    }
    deepStrictEqual(pauses.slice(0, 4), [1, 2, 4, 8]);
    deepStrictEqual(pauses.at(-1), last);
  }
});

Deno.test("tries that begin at once are many, though none has ended", async () => {
  using it = rig();
  const waits = await Promise.all(
    Array.from({ length: 100 }, () => it.waitS({ address: "192.0.2.1", account: "ann" })),
  );

  deepStrictEqual(waits.filter((it) => it === 0).length, 8);
});

Deno.test("two edges on one state count together", async () => {
  using it = rig();
  const other = it.open();
  const who = { address: "192.0.2.1", account: "ann" };
  for (let count = 0; count < 4; count++) {
    strictEqual(await it.waitS(who), 0);
    strictEqual(await it.waitS(who, other), 0);
  }
  strictEqual(await it.waitS(who), 1);
  strictEqual(await it.waitS(who, other), 1);
  it.pass(1000);
  // At the same moment, at both.
  const both = await Promise.all([it.waitS(who), it.waitS(who, other)]);
  deepStrictEqual(both.filter((wait) => wait === 0).length, 1);

  // Who succeeds at one is free at the other.
  it.pass(60_000);
  await (await it.tries.begin(who))();
  strictEqual(await it.waitS({ account: "ann" }, other), 0);
});

Deno.test("who succeeds is free again, but an account of one's own does not free an address", async () => {
  using it = rig();
  for (let count = 0; count < 7; count++) await it.waitS({ address: "192.0.2.1", account: "ann" });
  const succeed = await it.tries.begin({ address: "192.0.2.1", account: "mine" });
  await succeed();

  await doesNotReject(it.tries.begin({ account: "mine" }));
  await doesNotReject(it.tries.begin({ address: "192.0.2.1" }));
  await rejects(it.tries.begin({ address: "192.0.2.1" }), TooManyTriesError);
});

Deno.test("one household has one IPv6 network; IPv4 in IPv6 is IPv4; an hour forgets", async () => {
  using it = rig();
  const { waitS } = it;
  for (let count = 0; count < 8; count++) await waitS({ address: `2001:db8:1:2::${count}` });
  ok(await waitS({ address: "2001:db8:1:2:ffff::1" }) > 0);
  ok(await waitS({ address: "2001:0db8:0001:0002:0::" }) > 0);
  ok(await waitS({ address: "2001:db8:1:3::1" }) === 0);
  for (let count = 0; count < 8; count++) await waitS({ address: "::ffff:192.0.2.7" });
  ok(await waitS({ address: "192.0.2.7" }) > 0);
  it.pass(3_600_000);
  ok(await waitS({ address: "192.0.2.7" }) === 0 && await waitS({ address: "192.0.2.7" }) === 0);
  await it.tries.forget();
  strictEqual((await rows(it)).length, 1);
});

Deno.test("what is known of tries is bounded, and is no password that was typed as a name", async () => {
  using it = rig(100);
  for (let count = 0; count < 8; count++) await it.waitS({ address: "first" });
  ok(await it.waitS({ address: "first" }) > 0);
  for (let count = 0; count < 300; count++) {
    it.pass(1);
    await it.waitS({ address: `192.0.2.${count}`, account: `correct horse ${count}` });
  }

  ok(await it.waitS({ address: "first" }) === 0, "it is the one seen longest ago");
  const all = await rows(it);
  ok(all.length <= 125, `${all.length} rows`);
  ok(all.every(({ key }) => !key.includes("horse")));
});

function rows({ state }: ReturnType<typeof rig>) {
  return state.all<{ key: string }>("SELECT key FROM sign_in_tries");
}
