/**
 * A thousand peers on one edge, each with a connection of its own. The bench has more of them, and
 * for longer; here the limits leave room for a machine that does other things.
 *
 * @module
 */
import { ok, strictEqual } from "node:assert/strict";
import { measureScale } from "../../bench/edge/scale.ts";
import { tempDir } from "../helpers/temp.ts";

const PEERS = 1000;
const KIB = 1024;

Deno.test({
  name: "a thousand peers come, stay, cost little, and are told things quickly",
  // Connections are files, of which other systems give fewer.
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using dir = await tempDir();

    const told = await measureScale(dir.path, {
      peers: PEERS,
      holdSec: 6,
      beatSec: 2,
      rate: 200,
      rounds: 4,
      roundSec: 1,
    });

    strictEqual(told.connected, PEERS);
    ok(told.connectMs < 20_000, `connected in ${told.connectMs} ms`);
    ok(told.beats >= 3 * PEERS);
    strictEqual(told.receipts, told.beats);
    ok(told.rss < 48 * KIB, `${told.rss / KIB} KiB a peer`);
    ok(told.heap < 20 * KIB, `${told.heap / KIB} KiB of heap a peer`);
    // The quietest second: in the others somebody else had the processor.
    const p99 = Math.min(...told.rounds.map((it) => it.p99));
    ok(p99 <= 100, `p99 of ${told.rounds.map((it) => it.p99)} ms`);
    strictEqual(told.rounds.reduce((sum, it) => sum + it.failed, told.kept.failed), 0);
  },
});
