/**
 * One edge and its peers: how many it carries, and how many messages a second beside an edge as small
 * as it can be made with grpcio, the library of the original.
 *
 * @module
 */
import { say } from "../../scripts/run.ts";
import type { Program } from "./lines.ts";
import { median, tellMost, tellRatio } from "../ratios.ts";
import type { LoadTold } from "./load.ts";
import {
  type EdgeKind,
  measureScale,
  openEdgeProgram,
  openPeers,
  type ScaleTold,
  untilCount,
} from "./scale.ts";

export interface EdgeBench {
  folder: string;
  peers: number;
  holdSec: number;
  rounds: number;
  /** Whether python3-grpcio is there. */
  hasGrpcio: boolean;
}

/** Few: each edge waits for its peers now and then. Many: it always has something to do. */
const FLIGHTS = [64, 256];
const FLOOD_PEERS = 400;
/** Short turns and many of them: what else the machine does falls on all alike. */
const TURN_SEC = 1;
const TURNS = 8;
const WARM_UP_SEC = 2;

export async function benchEdge({ folder, peers, holdSec, ...more }: EdgeBench): Promise<void> {
  say(`\n${peers} peers on one edge, ${holdSec} s of heartbeats`);
  const beatSec = Math.min(30, holdSec / 2);
  const load = { rate: 500, rounds: 3, roundSec: 5 };
  tellScale(await measureScale(folder, { peers, holdSec, beatSec, ...load }), peers);
  await benchMessages(folder, more);
}

function tellScale(told: ScaleTold, peers: number): void {
  const whole = (name: string, count: number, of: number) =>
    say(`  ${name.padEnd(58)} ${count} of ${of}: ${count === of ? "reached" : "MISSED"}`);
  const kib = { unit: "KiB", atMost: 40 };
  const ms = { unit: "ms", atMost: 100 };
  tellMost("connected", [told.connectMs / 1000], { unit: "s", atMost: 60 });
  whole("stayed", told.connected, peers);
  whole("heartbeats answered", told.receipts, told.beats);
  tellMost("memory of an idle peer, as it is", [told.asIs / 1024], kib);
  tellMost("the same after V8 gave back what it did not need", [told.rss / 1024], kib);
  say(`  of that, V8's heap: ${(told.heap / 1024).toFixed(1)} KiB`);
  for (
    const [name, rounds] of [
      ["a command there and back, 500/s, p99", told.rounds],
      ["the same, each kept in SQLite first, p99", told.kept],
    ] as const
  ) {
    tellMost(name, rounds.map(({ p99 }) => p99), ms);
    say(`  p50 of it: ${median(rounds.map(({ p50 }) => p50))} ms`);
  }
}

/** As many commands as go, turn and turn about. A command is two messages. */
async function benchMessages(
  folder: string,
  { rounds, hasGrpcio }: Pick<EdgeBench, "rounds" | "hasGrpcio">,
): Promise<void> {
  const kinds: EdgeKind[] = hasGrpcio ? ["ours", "bare", "aio", "threads"] : ["ours", "bare"];
  await using open = new AsyncDisposableStack();
  const edges = new Map<EdgeKind, Program>();
  for (const kind of kinds) edges.set(kind, await openFlooded(kind, folder, open));
  for (const flights of FLIGHTS) {
    const told = new Map<EdgeKind, LoadTold[]>(kinds.map((kind) => [kind, []]));
    for (let turn = 0; turn < rounds * TURNS; turn++) {
      for (const kind of turn % 2 ? kinds.toReversed() : kinds) {
        const options = { flights, seconds: TURN_SEC };
        told.get(kind)!.push(await edges.get(kind)!.ask<LoadTold>("load", options));
      }
    }
    const seconds = (kind: EdgeKind) => told.get(kind)!.map((it) => it.seconds / it.done);
    const rate = (kind: EdgeKind) => Math.round(2 / median(seconds(kind)));
    say(`\nMessages of ${FLOOD_PEERS} published peers, ${flights} commands in flight`);
    const ours = seconds("ours");
    if (hasGrpcio) {
      const best = rate("aio") >= rate("threads") ? "aio" : "threads";
      tellRatio(`a minimal grpcio edge (${best})`, { ours, theirs: seconds(best), atLeast: 2 });
    }
    tellRatio("grpc-js and our codec alone", { ours, theirs: seconds("bare") });
    say(`  messages/s here and now: ${kinds.map((kind) => `${kind} ${rate(kind)}`).join(", ")}`);
  }
}

/** An edge with its peers, warm; both last as long as `open`. */
async function openFlooded(
  kind: EdgeKind,
  folder: string,
  open: AsyncDisposableStack,
): Promise<Program> {
  const { edge, port } = await openEdgeProgram(kind, await Deno.makeTempDir({ dir: folder }));
  open.use(edge);
  const peers = open.use(openPeers(port, FLOOD_PEERS, "peer", "published"));
  await peers.ask("connect");
  await untilCount(edge, FLOOD_PEERS);
  for (const flights of FLIGHTS) await edge.ask("load", { flights, seconds: WARM_UP_SEC });
  return edge;
}
