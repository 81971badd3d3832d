import { strictEqual } from "node:assert/strict";
import { waitLess } from "../../src/stream/retransmission.ts";

Deno.test("waitLess() waits as long as round trips take, between 0.4 s and what was asked", () => {
  const cases = [
    // measured round trip, its variation, what the library sets, what holds
    [0.001, 0.001, 1, 0.4],
    [0.3, 0.1, 1, 0.7],
    [0.8, 0.3, 2, 2],
    [undefined, undefined, 3, 3],
    [undefined, undefined, 1, 1],
  ] as const;

  for (const [srtt, rttvar, asked, expected] of cases) {
    const association = { rto: 3, srtt, rttvar };
    waitLess(association);
    strictEqual(association.rto, 3);

    association.rto = asked;

    strictEqual(Math.round(association.rto * 1000) / 1000, expected);
  }
});
