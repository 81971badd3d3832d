/**
 * A library on slow disks: real lanes, real drain, real order, real store, a real reader of films;
 * only the disks, the time and the workers' reading are a model (slow_disk.ts).
 *
 * @module
 */
import { CommandError, type Run } from "../../src/base/command.ts";
import type { DriveKind } from "../../src/drives/mod.ts";
import { type Database, migrations, openDatabase } from "../../src/db/mod.ts";
import { openFilmReader } from "../../src/media/film_reader.ts";
import { drain, type Step } from "../../src/media/scan/drain.ts";
import { physicalOrder } from "../../src/media/scan/order.ts";
import { createScanStore } from "../../src/media/scan/store.ts";
import { Lanes, openJobs, type RunningJob } from "../../src/pool/mod.ts";
import {
  BYTES_PER_MS,
  type DiskModel,
  PIECE_BYTES,
  type PlacedFile,
  SlowDisk,
  slowWorkers,
} from "./slow_disk.ts";
import { VirtualClock } from "./virtual_clock.ts";

export const MIB = 1024 * 1024;
export const FILM_PIECE_BYTES = 256 * 1024;
/** 20 Mbit/s. */
export const FILM_EVERY_MS = FILM_PIECE_BYTES / (20_000 / 8);
const FILM_AT = 700e9;

export interface SlowScanOptions {
  disks?: string[];
  filesPerDisk: number;
  sizeBytes: number;
  status: "new" | "probed";
  /** Unless it is a hard disk. */
  kind?: DriveKind;
  model?: DiskModel;
  /** Readers by setting. */
  limit?: number;
}

export function openSlowScan(
  { disks = ["disk"], kind = "hdd", model, limit, ...files }: SlowScanOptions,
) {
  const clock = new VirtualClock();
  const db: Database = openDatabase(":memory:", migrations.library);
  const store = createScanStore(db);
  const lanes = new Lanes((id) => id.startsWith("disk") ? kind : undefined, {
    clock,
    limits: () => new Map(limit === undefined ? [] : [[kind, limit]]),
  });
  const placed = new Map<string, PlacedFile>();
  const drives = new Map(disks.map((id) => [id, new SlowDisk(clock, model)]));
  for (const [id, disk] of drives) addFiles(id, disk);

  /** Files lie on the disk in another order than the library has them, each with room behind it. */
  function addFiles(driveId: string, disk: SlowDisk): void {
    const { filesPerDisk: count, sizeBytes, status } = files;
    for (let number = 0; number < count; number++) {
      const relativePath = `${driveId} ${status} ${number}.mp4`;
      const at = (number * 37 % count) * sizeBytes * 3 + 1e9;
      placed.set(`/films/${relativePath}`, { disk, at, sizeBytes });
      const rowid = store.insert({
        root: "/films",
        relativePath,
        driveIds: [driveId],
        sizeBytes,
        modifiedMs: 1,
        volumeId: null,
        volumePath: null,
      });
      if (status === "probed") {
        db.run("UPDATE media SET status = 'probed' WHERE rowid = ?", rowid);
      }
    }
  }

  /** Says where the files lie, as filefrag does; and looks at an inode for every 16 of them. */
  const filefrag: Run = async (program, args) => {
    const paths = args.slice(args.indexOf("--") + 1);
    if (program !== "filefrag") throw new CommandError("Cannot run", { missing: true });
    for (let at = 0; at < paths.length; at += 16) await placed.get(paths[at]!)!.disk.read(at, 4096);
    return paths.map((path) => {
      const { at, sizeBytes } = placed.get(path)!;
      const [begin, blocks] = [Math.round(at / 4096), sizeBytes / 4096];
      return `File size of ${path} is ${sizeBytes} (${blocks} blocks of 4096 bytes)\n` +
        `   0:        0..${blocks - 1}: ${begin}..${begin + blocks - 1}: ${blocks}:   last,eof\n`;
    }).join("");
  };

  const workers = slowWorkers(2, (path) => placed.get(path)!, clock);
  const aside = lanes.onAside(workers.standAside);
  const jobs = openJobs({ db, publish: () => {} });
  const deps = {
    store,
    lanes,
    workers,
    jobs,
    order: physicalOrder({ lanes, run: filefrag }),
    awake: () => Promise.resolve(),
    silence: () => Promise.resolve(new AbortController().signal),
  };
  const stop = new AbortController();
  const counts = { probed: 0, hashed: 0 };

  const steps: Record<"probe" | "hash", Step> = {
    probe: {
      status: "new",
      priority: "scan",
      kind: "probe",
      title: "Probe",
      toJob: (some) => ({ kind: "probe", files: some }),
      save: (results) => {
        for (const { file } of results) store.saveProbe(file.id, { container: "mp4", tracks: [] });
        counts.probed += results.length;
      },
    },
    hash: {
      status: "probed",
      priority: "hash",
      kind: "hash",
      title: "Hash",
      toJob: (some) => ({
        kind: "hash",
        files: some.map((file) => ({ path: pathOf(file), expected: file, names: ["md5"] })),
      }),
      save: (results) => {
        for (const { file } of results) store.saveHashes(file.id, { md5: "0" });
        counts.hashed += results.length;
      },
    },
  };

  return {
    clock,
    lanes,
    drives,
    counts,
    stop,
    addFiles: (status: "new" | "probed", count: number) => {
      Object.assign(files, { status, filesPerDisk: count });
      for (const [id, disk] of drives) addFiles(id, disk);
    },
    drain: (step: "probe" | "hash") => {
      const spec = { id: `scan ${step}`, kind: "scan", title: "Scan", driveIds: [] };
      const work = (job: RunningJob) => drain(steps[step], deps, job);
      return jobs.run(spec, work, { signal: stop.signal });
    },
    /** Reads on for ever, a file after the other, in the lanes: housekeeping. */
    async housekeep(driveId: string, until: () => boolean): Promise<void> {
      for (let at = 500e9; !until(); at += 100 * MIB) {
        using lease = await lanes.acquire([driveId], { signal: stop.signal });
        for (let piece = 0; piece < 80 && !until(); piece++) {
          await lease.yield();
          await drives.get(driveId)!.read(at + piece * PIECE_BYTES, PIECE_BYTES);
        }
      }
    },
    /** Looks at something small somewhere, a few times a second: a walk, or a page's pictures. */
    async lookAround(driveId: string, everyMs: number, until: () => boolean): Promise<void> {
      for (let at = 600e9; !until(); at += 100 * MIB) {
        using lease = await lanes.acquire([driveId], { signal: stop.signal, priority: "scan" });
        await drives.get(driveId)!.read(at, 4096);
        lease[Symbol.dispose]();
        await clock.sleep(everyMs);
      }
    },
    /** Milliseconds that each read of a film took, from the question to the bytes. */
    async play(
      driveId: string,
      pieces: number,
      { burst = 1, jitter = 0 }: { burst?: number; jitter?: number } = {},
    ): Promise<number[]> {
      lanes.openStream([driveId]);
      const disk = drives.get(driveId)!;
      using reader = openFilmReader(async (offset, length) => {
        await disk.read(FILM_AT + offset, length);
        return new Uint8Array(length);
      }, { lanes, driveIds: [driveId] });
      const took: number[] = [];
      const began = clock.now();
      for (let piece = 0; piece < pieces; piece++) {
        const early = jitter * (piece * 7919 % 1000 / 1000) * FILM_EVERY_MS;
        const due = began + Math.floor(piece / burst) * burst * FILM_EVERY_MS - early;
        if (clock.now() < due) await clock.sleep(due - clock.now());
        const asked = clock.now();
        await reader.read(piece * FILM_PIECE_BYTES, FILM_PIECE_BYTES);
        took.push(clock.now() - asked);
      }
      return took;
    },
    /** What one reader alone needs for all files of a disk, in the order in which they lie. */
    async oneReader(driveId: string): Promise<number> {
      const mine = [...placed.values()].filter(({ disk }) => disk === drives.get(driveId));
      return await readersTake(clock, [mine.sort((one, other) => one.at - other.at)]);
    },
    /** What several readers need who share the files and know nothing of lanes. */
    async naiveReaders(driveId: string, readers: number): Promise<number> {
      const mine = [...placed.values()].filter(({ disk }) => disk === drives.get(driveId));
      const shares = Array.from(
        { length: readers },
        (_, share) => mine.filter((_, index) => index % readers === share),
      );
      return await readersTake(clock, shares);
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await clock.run(jobs[Symbol.asyncDispose]());
      aside[Symbol.dispose]();
      db[Symbol.dispose]();
    },
  };
}

/** MB/s of all readers together. */
async function readersTake(clock: VirtualClock, shares: PlacedFile[][]): Promise<number> {
  const began = clock.now();
  let bytes = 0;
  await Promise.all(shares.map(async (files) => {
    for (const { disk, at, sizeBytes } of files) {
      bytes += sizeBytes;
      for (let offset = 0; offset < sizeBytes; offset += PIECE_BYTES) {
        await disk.read(at + offset, Math.min(PIECE_BYTES, sizeBytes - offset));
      }
    }
  }));
  return bytes / 1000 / (clock.now() - began);
}

/** The value that so many of 100 do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * percent / 100) - 1)] ?? 0;
}

/** A disk that only reads on. */
export const FASTEST_MB_PER_S = BYTES_PER_MS / 1000;

function pathOf({ root, relativePath }: { root: string; relativePath: string }): string {
  return `${root}/${relativePath}`;
}
