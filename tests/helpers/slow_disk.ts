/**
 * A hard disk by a model, and readers of it that work as our workers do: they take the real lanes,
 * share a real gauge with them, and ask before each read.
 *
 * The model: 120 MB/s where the last read ended, as a drive of 7200 rpm reads on its middle
 * tracks. Anywhere else the arm moves first, 8.5 ms on average, and then the disk turns by half,
 * 4.17 ms. Reads are served one after the other as they come, each to its end; nothing is cached
 * and nothing read ahead. So four readers of 128 KiB each take 13.8 ms for what one reads in 1.1.
 *
 * @module
 */
import { join } from "node:path";
import { type Clock, type Lease, Reader, Semaphore } from "../../src/pool/mod.ts";
import type { DrainDeps } from "../../src/media/scan/drain.ts";
import type { FileJob, FileResult } from "../../src/media/worker.ts";

export const BYTES_PER_MS = 120_000;
export const SEEK_MS = 8.5 + 4.17;
export const PIECE_BYTES = 128 * 1024;
/** What looking into a film costs: its begin, its index, and some reads in between. */
const PROBE_READS = 4;

/** One that turns; or one without a head, that as well serves one read after the other. */
export interface DiskModel {
  seekMs: number;
  bytesPerMs: number;
}

export class SlowDisk {
  readonly #clock: Clock & { sleep(ms: number): Promise<void> };
  #head = 0;
  #freeAt = 0;
  /** Who reads now; a drive that turns must never have two readers through the lanes. */
  #readers = 0;
  mostReaders = 0;
  bytesRead = 0;
  busyMs = 0;

  constructor(
    clock: Clock & { sleep(ms: number): Promise<void> },
    readonly model: DiskModel = { seekMs: SEEK_MS, bytesPerMs: BYTES_PER_MS },
  ) {
    this.#clock = clock;
  }

  /** Resolves when the bytes have come. */
  async read(at: number, bytes: number): Promise<void> {
    this.mostReaders = Math.max(this.mostReaders, ++this.#readers);
    const { seekMs, bytesPerMs } = this.model;
    const ms = (at === this.#head ? 0 : seekMs) + bytes / bytesPerMs;
    const now = this.#clock.now();
    this.#head = at + bytes;
    this.#freeAt = Math.max(this.#freeAt, now) + ms;
    this.busyMs += ms;
    await this.#clock.sleep(this.#freeAt - now);
    this.bytesRead += bytes;
    this.#readers--;
  }
}

export interface PlacedFile {
  disk: SlowDisk;
  /** Its first byte on the disk. */
  at: number;
  sizeBytes: number;
}

/** Stands for the workers: hashes and probes by reading from slow disks, and does nothing else. */
export function slowWorkers(
  size: number,
  find: (path: string) => PlacedFile,
  clock: Clock,
): DrainDeps["workers"] & { standAside(jobs: number): void } {
  const places = new Semaphore(size);
  const run: DrainDeps["workers"]["run"] = async (made, options = {}) => {
    const { signal, priority, lease } = options;
    const job = typeof made === "function" ? made() : made;
    using _place = await places.acquire({ signal, priority });
    using held = await lease!();
    const reader = new Reader(job.cells!);
    const read: Read = (file, part) => readInTurn({ reader, lease: held, clock }, file, part);
    if (job.kind === "beside") return [{ beside: [] }]; // nothing ever changes there
    return job.kind === "hash" ? await hash(job, read, find) : await probe(job, read, find);
  };
  return {
    size,
    run: run as DrainDeps["workers"]["run"],
    standAside: (jobs) => places.setLimit(size + jobs),
  };
}

/** One read through the gauge; how many bytes it was allowed. */
async function readInTurn(
  { reader, lease, clock }: { reader: Reader; lease: Lease; clock: Clock },
  { disk, at }: PlacedFile,
  { offset, wanted, isElsewhere }: Part,
): Promise<number> {
  if (isElsewhere) reader.moveOn();
  while (reader.mustAsk) {
    reader.stand();
    await lease.yield();
  }
  const bytes = reader.bound(wanted);
  const began = clock.now();
  await disk.read(at + offset, bytes);
  reader.count(bytes, clock.now() - began);
  return bytes;
}

interface Part {
  offset: number;
  wanted: number;
  /** Not where the last read of the file ended. */
  isElsewhere: boolean;
}

type Read = (file: PlacedFile, part: Part) => Promise<number>;

async function hash(
  job: Extract<FileJob, { kind: "hash" }>,
  read: Read,
  find: (path: string) => PlacedFile,
): Promise<FileResult[]> {
  const results: FileResult[] = [];
  for (const { path } of job.files) {
    const file = find(path);
    for (let offset = 0; offset < file.sizeBytes;) {
      const wanted = Math.min(PIECE_BYTES, file.sizeBytes - offset);
      offset += await read(file, { offset, wanted, isElsewhere: offset === 0 });
    }
    results.push({ hashed: { hashes: { md5: "0" }, bytesRead: file.sizeBytes } });
  }
  return results;
}

async function probe(
  job: Extract<FileJob, { kind: "probe" }>,
  read: Read,
  find: (path: string) => PlacedFile,
): Promise<FileResult[]> {
  const results: FileResult[] = [];
  for (const { root, relativePath } of job.files) {
    const file = find(join(root, relativePath));
    for (let part = 0; part < PROBE_READS; part++) {
      const offset = Math.floor(file.sizeBytes / PROBE_READS) * part;
      await read(file, { offset, wanted: 4096, isElsewhere: true });
    }
    const content = { description: { container: "mp4", tracks: [] } };
    const rest = { kind: "video" as const, details: {}, facts: { title: relativePath } };
    results.push({ probed: { content, ...rest, bytesRead: PROBE_READS * 4096 } });
  }
  return results;
}
