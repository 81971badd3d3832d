/**
 * Many peers on one edge over loopback, the edge in one process and the peers in two others: how long
 * they take to come, what each costs, whether they stay, and how long a command takes.
 *
 * @module
 */
import { join } from "node:path";
import { V8_FLAGS } from "../../scripts/compile.ts";
import { Program } from "./lines.ts";
import type { LoadTold } from "./load.ts";

export type EdgeKind = "ours" | "bare" | "aio" | "threads";
export type PeerKind = "ours" | "published";

export interface ScaleOptions {
  peers: number;
  /** Seconds with nothing but heartbeats. */
  holdSec: number;
  /** Seconds between heartbeats of one peer. */
  beatSec: number;
  /** Commands a second, so many times for so many seconds. */
  rate: number;
  rounds: number;
  roundSec: number;
  /** One round with such a p99 is enough; all rounds unless said. */
  enoughMs?: number;
}

export interface ScaleTold {
  connectMs: number;
  /** Of one idle peer, bytes: with what V8 has not collected yet, without, and its heap alone. */
  asIs: number;
  rss: number;
  heap: number;
  /** Heartbeats that were sent, and those that the edge has answered. */
  beats: number;
  receipts: number;
  /** Those who are still there at the end. */
  connected: number;
  rounds: LoadTold[];
  /** The same by the desk that keeps each command in the state. */
  kept: LoadTold[];
}

interface Memory {
  asIs: number;
  rss: number;
  heapUsed: number;
}

const WARM_UP = 200;

/** An edge in a process of its own, with the memory that the executable lets itself have. */
export async function openEdgeProgram(
  kind: EdgeKind,
  folder: string,
): Promise<{ edge: Program; port: number }> {
  const here = (name: string) => join(import.meta.dirname!, name);
  const deno = (name: string) => {
    const flags = `--v8-flags=--expose-gc,${V8_FLAGS}`;
    const args = ["run", "--allow-all", "--no-check", flags, here(name), folder];
    return new Program(Deno.execPath(), args);
  };
  const python = () => new Program("/usr/bin/python3", ["-B", here("grpcio_edge.py"), kind]);
  const edge = kind === "ours"
    ? deno("our_edge.ts")
    : kind === "bare"
    ? deno("bare_edge.ts")
    : python();
  const { port } = await edge.hear<{ port: number }>();
  return { edge, port };
}

export function openPeers(port: number, count: number, prefix: string, kind: PeerKind): Program {
  const path = join(import.meta.dirname!, "peers.ts");
  const args = ["run", "--allow-all", "--no-check", path, `${port}`, `${count}`, prefix, kind];
  return new Program(Deno.execPath(), args);
}

/** Waits until the edge has just so many. */
export async function untilCount(edge: Program, wanted: number): Promise<void> {
  for (let n = 0; n < 600; n++) {
    const { count } = await edge.ask<{ count: number }>("count");
    if (count === wanted) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The edge does not have ${wanted} peers`);
}

export async function measureScale(folder: string, options: ScaleOptions): Promise<ScaleTold> {
  const { peers, holdSec, beatSec, rate, rounds, roundSec, enoughMs = -1 } = options;
  const opened = await openEdgeProgram("ours", folder);
  await using edge = opened.edge;
  const { port } = opened;
  {
    // What is made once is not a peer's.
    await using few = openPeers(port, WARM_UP, "first", "ours");
    await few.ask("connect");
  }
  await untilCount(edge, 0);
  const before = await edge.ask<Memory>("memory");

  await using one = openPeers(port, peers >> 1, "one", "ours");
  await using other = openPeers(port, peers - (peers >> 1), "other", "ours");
  const both = <Told>(op: string, more = {}) =>
    Promise.all([one.ask<Told>(op, more), other.ask<Told>(op, more)]);
  const started = performance.now();
  await both("connect");
  await untilCount(edge, peers);
  const connectMs = performance.now() - started;

  let beats = 0;
  for (const end = performance.now() + holdSec * 1000; performance.now() < end;) {
    const told = await both<{ beats: number }>("beat", { overSec: beatSec });
    for (const it of told) beats += it.beats;
  }
  const after = await edge.ask<Memory>("memory");
  const load = async (kept: boolean) => {
    const told: LoadTold[] = [];
    while (told.length < rounds) {
      const round = await edge.ask<LoadTold>("load", { rate, seconds: roundSec, kept });
      told.push(round);
      if (round.p99 <= enoughMs) break;
    }
    return told;
  };
  const told = { rounds: await load(false), kept: await load(true) };
  const states = await both<{ connected: number; receipts: number }>("state");
  const sum = (name: "connected" | "receipts") => states[0]![name] + states[1]![name];
  return {
    connectMs,
    asIs: (after.asIs - before.rss) / peers,
    rss: (after.rss - before.rss) / peers,
    heap: (after.heapUsed - before.heapUsed) / peers,
    beats,
    receipts: sum("receipts"),
    connected: sum("connected"),
    ...told,
  };
}
