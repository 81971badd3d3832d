/**
 * A scan of a hard disk by a model (tests/helpers/slow_disk.ts says which), through the real lanes,
 * queues and order of reading: what it reaches of one reader that has the disk for itself, and how
 * long a film beside it waits. In virtual time: the same on every machine.
 *
 * @module
 */
import { say } from "../scripts/run.ts";
import {
  FILM_PIECE_BYTES,
  MIB,
  openSlowScan,
  percentile,
  type SlowScanOptions,
} from "../tests/helpers/slow_scan.ts";

const FILES = 200;
const SIZE = 8 * MIB;
/** Two minutes at 20 Mbit/s. */
const PIECES = 1200;

const files = { sizeBytes: SIZE, status: "probed" } as const;

export async function benchSlowDisk(): Promise<void> {
  say(`\nA hard disk by a model, ${FILES} files of ${SIZE / MIB} MiB`);
  const { one, four, ours } = await hashing();
  tell("hashing beside other work, of one reader's MB/s", ours / one, { atLeast: 0.8 });
  tell("four naive readers, of one reader's MB/s", four / one, { atMost: 0.3 });
  say(`  MB/s: one reader ${round(one)}, hashing ${round(ours)}, four naive ${round(four)}`);

  const both = await rate({ disks: ["disk1", "disk2"], filesPerDisk: FILES / 2, ...files });
  const single = await rate({ filesPerDisk: FILES / 2, ...files });
  tell("two disks, times as fast as one", both / single, { atLeast: 1.8 });

  for (const burst of [1, 4]) {
    const { took, mbPerS, probed } = await playing(burst);
    const how = burst === 1 ? "evenly" : `in bursts of ${burst} reads`;
    tell(`a film ${how}: p99 of its reads, ms`, percentile(took, 99), { atMost: 50 });
    const beside = `${probed} files probed, ${round(mbPerS)} MB/s`;
    say(`  longest ${round(Math.max(...took))} ms; scan and hash beside it: ${beside}`);
  }
}

async function hashing() {
  await using scan = openSlowScan({ filesPerDisk: FILES, ...files });
  const { clock, counts } = scan;
  const one = await clock.run(scan.oneReader("disk"));
  const four = await clock.run(scan.naiveReaders("disk", 4));
  const began = clock.now();
  const isDone = () => counts.hashed === FILES;
  const others = [scan.housekeep("disk", isDone), scan.lookAround("disk", 500, isDone)];
  await clock.run(scan.drain("hash"));
  const ours = FILES * SIZE / 1000 / (clock.now() - began);
  await clock.run(Promise.all(others));
  return { one, four, ours };
}

async function rate(options: SlowScanOptions): Promise<number> {
  await using scan = openSlowScan(options);
  await scan.clock.run(scan.drain("hash"));
  return scan.counts.hashed * SIZE / 1000 / scan.clock.now();
}

async function playing(burst: number) {
  await using scan = openSlowScan({ filesPerDisk: FILES, ...files });
  scan.addFiles("new", FILES / 2);
  const { clock, counts, drives, stop } = scan;
  const work = [scan.drain("hash"), scan.drain("probe")].map((it) => it.catch(() => {}));
  const took = await clock.run(scan.play("disk", PIECES, { burst }));
  const beside = drives.get("disk")!.bytesRead - PIECES * FILM_PIECE_BYTES;
  const mbPerS = beside / 1000 / clock.now();
  const { probed } = counts;
  stop.abort();
  await clock.run(Promise.all(work));
  return { took, mbPerS, probed };
}

function tell(
  name: string,
  value: number,
  { atLeast = -Infinity, atMost = Infinity }: { atLeast?: number; atMost?: number },
): void {
  const goal = atLeast > -Infinity ? `at least ${atLeast}` : `at most ${atMost}`;
  const verdict = value >= atLeast && value <= atMost ? "reached" : "MISSED";
  say(`  ${name.padEnd(58)} ${value.toFixed(2)}, goal ${goal}: ${verdict}`);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
