/**
 * Five thousand peers on one edge, each with a connection of its own: what the bench measures for ten
 * minutes, for half of one.
 *
 * @module
 */
import { ok, strictEqual } from "node:assert/strict";
import { measureScale } from "../../bench/edge/scale.ts";
import { tempDir } from "../helpers/temp.ts";

const PEERS = 5000;
const KIB = 1024;

Deno.test({
  name: "five thousand peers come, stay, cost little, and are told things quickly",
  // Connections are files, of which other systems give fewer.
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using dir = await tempDir();

    const told = await measureScale(dir.path, {
      peers: PEERS,
      holdSec: 30,
      beatSec: 15,
      rate: 500,
      // The quietest second: in the others somebody else had the processor.
      rounds: 20,
      roundSec: 1,
      enoughMs: 100,
    });

    strictEqual(told.connected, PEERS);
    ok(told.connectMs < 60_000, `connected in ${told.connectMs} ms`);
    ok(told.beats >= 2 * PEERS);
    strictEqual(told.receipts, told.beats);
    ok(told.rss < 40 * KIB, `${told.rss / KIB} KiB a peer`);
    ok(told.heap < 16 * KIB, `${told.heap / KIB} KiB of heap a peer`);
    for (const rounds of [told.rounds, told.kept]) {
      const p99 = rounds.map((it) => it.p99);
      ok(Math.min(...p99) <= 100, `p99 of ${p99} ms`);
      strictEqual(rounds.reduce((sum, it) => sum + it.failed, 0), 0);
    }
  },
});
