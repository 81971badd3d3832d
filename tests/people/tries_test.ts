/** @module */
import { deepStrictEqual, doesNotThrow, ok, throws } from "node:assert/strict";
import { createTries, TooManyTriesError } from "../../src/people/mod.ts";

function rig(maxKeys?: number) {
  let nowMs = 1_000_000;
  const tries = createTries({ now: () => nowMs, ...maxKeys !== undefined && { maxKeys } });
  /** How long one has to wait for the next try; it is counted when that is nothing. */
  const waitS = (tried: { address?: string; account?: string }): number => {
    try {
      tries.begin(tried);
      return 0;
    } catch (error) {
      if (error instanceof TooManyTriesError) return error.retryAfterS;
      throw error;
    }
  };
  return { tries, waitS, pass: (ms: number) => void (nowMs += ms) };
}

Deno.test("pauses double, to a quarter of an hour for an address and a minute for an account", () => {
  for (const [who, last] of [[{ address: "192.0.2.1" }, 900], [{ account: "ann" }, 60]] as const) {
    const { waitS, pass } = rig();
    const pauses: number[] = [];
    for (let count = 0; count < 40; count++) {
      const pause = waitS(who);
      if (pause > 0) pauses.push(pause);
      pass(pause * 1000);
    }
    deepStrictEqual(pauses.slice(0, 4), [1, 2, 4, 8]);
    deepStrictEqual(pauses.at(-1), last);
  }
});

Deno.test("tries that begin at once are many, though none has ended", () => {
  const { waitS } = rig();
  const waits = Array.from({ length: 100 }, () => waitS({ address: "192.0.2.1", account: "ann" }));

  deepStrictEqual(waits.filter((it) => it === 0).length, 8);
});

Deno.test("who succeeds is free again, but an account of one's own does not free an address", () => {
  const { tries, waitS } = rig();
  for (let count = 0; count < 7; count++) waitS({ address: "192.0.2.1", account: "ann" });
  const succeed = tries.begin({ address: "192.0.2.1", account: "mine" });
  succeed();

  doesNotThrow(() => tries.begin({ account: "mine" }));
  doesNotThrow(() => tries.begin({ address: "192.0.2.1" }));
  throws(() => tries.begin({ address: "192.0.2.1" }), TooManyTriesError);
});

Deno.test("one household has one IPv6 network; IPv4 in IPv6 is IPv4; an hour forgets", () => {
  const { waitS, pass } = rig();
  for (let count = 0; count < 8; count++) waitS({ address: `2001:db8:1:2::${count}` });
  ok(waitS({ address: "2001:db8:1:2:ffff::1" }) > 0);
  ok(waitS({ address: "2001:0db8:0001:0002:0::" }) > 0);
  ok(waitS({ address: "2001:db8:1:3::1" }) === 0);
  for (let count = 0; count < 8; count++) waitS({ address: "::ffff:192.0.2.7" });
  ok(waitS({ address: "192.0.2.7" }) > 0);
  pass(3_600_000);
  ok(waitS({ address: "192.0.2.7" }) === 0 && waitS({ address: "192.0.2.7" }) === 0);
});

Deno.test("what is known of tries is bounded", () => {
  const { waitS } = rig(100);
  for (let count = 0; count < 8; count++) waitS({ address: "first" });
  ok(waitS({ address: "first" }) > 0);
  for (let count = 0; count < 100; count++) waitS({ address: `192.0.2.${count}` });

  ok(waitS({ address: "first" }) === 0, "it is the one seen longest ago");
});
