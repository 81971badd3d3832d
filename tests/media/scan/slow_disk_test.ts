import { deepStrictEqual, ok } from "node:assert/strict";
import {
  FASTEST_MB_PER_S,
  FILM_PIECE_BYTES,
  MIB,
  openSlowScan,
  percentile,
} from "../../helpers/slow_scan.ts";
import { SEEK_MS } from "../../helpers/slow_disk.ts";

const FILES = 200;
const SIZE = 8 * MIB;
/** Two minutes of a film at 20 Mbit/s. */
const PIECES = 1200;
/** One read of a film after somebody else has read. */
const OWN_READ_MS = SEEK_MS + FILM_PIECE_BYTES / 120_000;

Deno.test("hashing 200 files of a hard disk reaches 80 % of one reader, with other work beside it", async () => {
  await using scan = openSlowScan({ filesPerDisk: FILES, sizeBytes: SIZE, status: "probed" });
  const { clock, counts } = scan;
  const one = await clock.run(scan.oneReader("disk"));
  const four = await clock.run(scan.naiveReaders("disk", 4));
  const disk = scan.drives.get("disk")!;
  disk.mostReaders = 0;

  const began = clock.now();
  const isDone = () => counts.hashed === FILES;
  const others = [
    scan.housekeep("disk", isDone),
    scan.housekeep("disk", isDone),
    scan.lookAround("disk", 500, isDone),
  ];
  await clock.run(scan.drain("hash"));
  const ours = FILES * SIZE / 1000 / (clock.now() - began);
  await clock.run(Promise.all(others));

  ok(one > 0.8 * FASTEST_MB_PER_S, `one reader: ${one} MB/s`);
  ok(four < 0.3 * one, `four naive readers: ${four} of ${one} MB/s`);
  ok(ours >= 0.8 * one, `hashing: ${ours} of ${one} MB/s`);
  deepStrictEqual([counts.hashed, disk.mostReaders], [FILES, 1]);
});

for (const burst of [1, 4]) {
  const how = burst === 1 ? "evenly" : `in bursts of ${burst} reads`;
  Deno.test(`while a film plays ${how}, no read of it waits for scan and hash, and they go on`, async () => {
    await using scan = openSlowScan({ filesPerDisk: 200, sizeBytes: SIZE, status: "probed" });
    scan.addFiles("new", 100);
    const { clock, counts, lanes } = scan;
    const disk = scan.drives.get("disk")!;

    const work = [scan.drain("hash"), scan.drain("probe")].map((it) => it.catch(() => {}));
    work.push(scan.housekeep("disk", () => false).catch(() => {}));
    const took = await clock.run(scan.play("disk", PIECES, { burst }));
    const readBeside = disk.bytesRead - PIECES * FILM_PIECE_BYTES;
    const { probed } = counts;
    const [lane] = lanes.list();
    scan.stop.abort();
    await clock.run(Promise.all(work));

    // The first reads come while background work still reads, and nobody knows the film yet.
    const later = took.slice(8 * burst);
    ok(percentile(took, 99) < 50, `p99 ${percentile(took, 99)} ms`);
    const longest = Math.max(...later);
    ok(longest <= burst * OWN_READ_MS + 5, `longest ${longest} ms`);
    ok(probed >= 50, `${probed} probed`);
    // Between bursts there are fewer pauses, and each is for one small read of a probe.
    if (burst === 1) ok(readBeside > 100 * MIB, `${readBeside} bytes beside the film`);
    deepStrictEqual([disk.mostReaders, lane?.streaming], [1, true]);
  });
}

Deno.test("a film whose reads come at any time never waits for more than one read beside it", async () => {
  await using scan = openSlowScan({ filesPerDisk: 200, sizeBytes: SIZE, status: "probed" });
  const disk = scan.drives.get("disk")!;

  const work = scan.drain("hash").catch(() => {});
  const took = await scan.clock.run(scan.play("disk", PIECES, { jitter: 0.95 }));
  const readBeside = disk.bytesRead - PIECES * FILM_PIECE_BYTES;
  scan.stop.abort();
  await scan.clock.run(work);

  const oneReadMs = SEEK_MS + MIB / 120_000;
  ok(Math.max(...took) <= oneReadMs + OWN_READ_MS, `longest ${Math.max(...took)} ms`);
  ok(percentile(took, 95) <= OWN_READ_MS + 5, `p95 ${percentile(took, 95)} ms`);
  ok(readBeside > 20 * MIB, `${readBeside} bytes beside the film`);
});

Deno.test("reads of a film that come back to back leave no room for others", async () => {
  await using scan = openSlowScan({ filesPerDisk: 20, sizeBytes: SIZE, status: "probed" });
  const disk = scan.drives.get("disk")!;

  const work = scan.drain("hash").catch(() => {});
  const took = await scan.clock.run(scan.play("disk", PIECES, { burst: PIECES }));
  const readBeside = disk.bytesRead - PIECES * FILM_PIECE_BYTES;
  scan.stop.abort();
  await scan.clock.run(work);

  ok(percentile(took, 99) < OWN_READ_MS, `${percentile(took, 99)} ms`);
  ok(readBeside <= MIB, `${readBeside} bytes beside the film`);
});

for (const limit of [1, 2]) {
  Deno.test(`on an SSD with ${limit} readers, hashing goes on beside a film that is read back to back`, async () => {
    const model = { seekMs: 0.1, bytesPerMs: 400_000 };
    await using scan = openSlowScan({
      filesPerDisk: 200,
      sizeBytes: SIZE,
      status: "probed",
      kind: "ssd",
      model,
      limit,
    });
    const disk = scan.drives.get("disk")!;

    const work = scan.drain("hash").catch(() => {});
    const took = await scan.clock.run(scan.play("disk", PIECES, { burst: PIECES }));
    const readBeside = disk.bytesRead - PIECES * FILM_PIECE_BYTES;
    const besideMs = disk.busyMs - PIECES * FILM_PIECE_BYTES / model.bytesPerMs;
    const share = besideMs / scan.clock.now();
    scan.stop.abort();
    await scan.clock.run(work);

    const ownReadMs = model.seekMs + FILM_PIECE_BYTES / model.bytesPerMs;
    // The first read comes while background work has the drive for itself.
    const longest = Math.max(...took.slice(1));
    ok(longest <= ownReadMs + 5, `longest ${longest} ms`);
    ok(readBeside > 20 * MIB, `${readBeside} bytes beside the film`);
    // The way back after each read is the film's, but counted here.
    ok(share <= 0.25, `${share} of the drive's time`);
  });
}

Deno.test("a disk whose film has ended is read at full speed after a few quiet seconds", async () => {
  await using scan = openSlowScan({ filesPerDisk: 100, sizeBytes: SIZE, status: "probed" });
  const { clock } = scan;
  await clock.run(scan.play("disk", 20));
  const began = clock.now();

  await clock.run(scan.drain("hash"));

  const quietMs = 3000;
  const oneReaderMs = 100 * (SEEK_MS + SIZE / 120_000);
  const tookMs = clock.now() - began;
  ok(tookMs > quietMs && tookMs < quietMs + 1.25 * oneReaderMs, `${tookMs} ms`);
});

Deno.test("two disks at once are hashed 1.8 times as fast as one", async () => {
  const rate = async (disks: string[]) => {
    await using scan = openSlowScan({ disks, filesPerDisk: 50, sizeBytes: SIZE, status: "probed" });
    const { clock, counts } = scan;
    await clock.run(scan.drain("hash"));
    return counts.hashed * SIZE / 1000 / clock.now();
  };

  const one = await rate(["disk1"]);
  const two = await rate(["disk1", "disk2"]);

  ok(two >= 1.8 * one, `${two} of ${one} MB/s`);
});

Deno.test("while a film plays from one disk, the other is hashed at full speed", async () => {
  const disks = ["disk1", "disk2", "disk3"];
  await using scan = openSlowScan({ disks, filesPerDisk: 50, sizeBytes: SIZE, status: "probed" });
  const { clock, drives } = scan;
  const films = [scan.play("disk1", 80), scan.play("disk2", 80)];

  // Two workers: jobs on both disks with a film would have both of them.
  const work = scan.drain("hash").catch(() => {});
  await clock.run(Promise.all(films));
  const { bytesRead } = drives.get("disk3")!;
  const oneReaderMs = 50 * (SEEK_MS + SIZE / 120_000);
  scan.stop.abort();
  await clock.run(work);

  ok(clock.now() > oneReaderMs);
  ok(bytesRead >= 50 * SIZE, `${bytesRead} bytes`);
});
