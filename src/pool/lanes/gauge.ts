/**
 * What the two sides of a lease share without a message: the lane says "read on", "step aside" or
 * "stop", the reader counts what it reads. Memory that both threads see; only messages tell when
 * the reader has stepped aside.
 *
 * @module
 */
import { bucketOf, BUCKETS_MS } from "./measure/histogram.ts";

/** Places in the cells. Counters are added to by the reader, and set back by the lane. */
const [STATE, BUDGET, KIB, LARGE_KIB, LARGE_US, FIRST, FIRST_US, SMALL_US, READ_US, READS] = [
  ...Array(10).keys(),
] as [number, number, number, number, number, number, number, number, number, number];

const READ_ON = 0;
const STEP_ASIDE = 1;
const STOP = 2;

/** No bound but the end of the job. */
export const UNBOUNDED = -1;

/** Reads from here on tell how fast a drive reads; smaller ones, how long it takes to answer. */
const LARGE_BYTES = 64 * 1024;
const SMALL_BYTES = 16 * 1024;

/** What was read since it was last asked. Times in milliseconds. */
export interface Reading {
  bytes: number;
  largeBytes: number;
  largeMs: number;
  /** Reads that begin a file, so that the head had to go there. */
  firsts: number;
  firstMs: number;
  /** The quickest small read; undefined when there was none. */
  smallMs: number | undefined;
  readMs: number;
  /** Reads by bucket of BUCKETS_MS. */
  counts: number[];
}

/** The lane's side. */
export class Gauge {
  readonly cells: Int32Array;

  /** @param cells What openCells() made */
  constructor(cells: Int32Array = openCells()) {
    this.cells = cells;
  }

  get isAskedAside(): boolean {
    return Atomics.load(this.cells, STATE) === STEP_ASIDE;
  }

  /** From the next read on the reader waits. */
  askAside(): void {
    Atomics.compareExchange(this.cells, STATE, READ_ON, STEP_ASIDE);
  }

  /** The reader may go on: for so many bytes and one place on the disk, or UNBOUNDED. */
  readOn(budgetBytes = UNBOUNDED): void {
    Atomics.store(this.cells, BUDGET, budgetBytes);
    Atomics.store(this.cells, STATE, READ_ON);
    Atomics.notify(this.cells, STATE);
  }

  /** The lease is gone: a reader that waits or reads on fails. */
  stop(): void {
    Atomics.store(this.cells, STATE, STOP);
    Atomics.notify(this.cells, STATE);
  }

  /** What was read since the last call. */
  take(): Reading {
    const next = (cell: number) => Atomics.exchange(this.cells, cell, 0);
    const smallUs = next(SMALL_US);
    return {
      bytes: next(KIB) * 1024,
      largeBytes: next(LARGE_KIB) * 1024,
      largeMs: next(LARGE_US) / 1000,
      firsts: next(FIRST),
      firstMs: next(FIRST_US) / 1000,
      smallMs: smallUs === 0 ? undefined : smallUs / 1000,
      readMs: next(READ_US) / 1000,
      counts: Array.from({ length: BUCKETS_MS.length + 1 }, (_, bucket) => next(READS + bucket)),
    };
  }
}

/** Memory for one lease at a time; it goes to the worker with the job. */
export function openCells(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * (READS + BUCKETS_MS.length + 1)));
}

/** The reader's side: asked before each read, told after it. */
export class Reader {
  readonly #cells: Int32Array;
  /** Bytes that make no whole KiB yet. */
  #rest = 0;
  #isFirst = true;

  constructor(cells: Int32Array) {
    this.#cells = cells;
  }

  /** Whether the next read has to wait for others. */
  get mustAsk(): boolean {
    const state = Atomics.load(this.#cells, STATE);
    if (state === STOP) throw new Error("Cannot read on: the lease is gone");
    return state === STEP_ASIDE || Atomics.load(this.#cells, BUDGET) === 0;
  }

  /** Tells the lane, before it asks, that it reads no more. */
  pause(): void {
    Atomics.compareExchange(this.#cells, STATE, READ_ON, STEP_ASIDE);
  }

  /** Stands still until the lane says how to go on. Only in a worker. */
  wait(): void {
    while (Atomics.load(this.#cells, STATE) === STEP_ASIDE) {
      Atomics.wait(this.#cells, STATE, STEP_ASIDE);
    }
  }

  /** Of `wanted` bytes, those that may be read now. */
  bound(wanted: number): number {
    const budget = Atomics.load(this.#cells, BUDGET);
    return budget < 0 ? wanted : Math.min(wanted, budget);
  }

  /** The next read is elsewhere on the disk: within a budget, that is one too many. */
  begin(): void {
    if (this.#isFirst) return;
    this.#isFirst = true;
    if (Atomics.load(this.#cells, BUDGET) > 0) Atomics.store(this.#cells, BUDGET, 0);
  }

  count(bytes: number, ms: number): void {
    const add = (cell: number, value: number) => void Atomics.add(this.#cells, cell, value);
    const us = Math.round(ms * 1000);
    const kib = Math.floor((this.#rest + bytes) / 1024);
    this.#rest += bytes - kib * 1024;
    add(KIB, kib);
    add(READ_US, us);
    add(READS + bucketOf(ms), 1);
    if (bytes >= LARGE_BYTES && !this.#isFirst) {
      add(LARGE_KIB, kib);
      add(LARGE_US, us);
    }
    if (this.#isFirst) {
      add(FIRST, 1);
      add(FIRST_US, us);
    }
    if (bytes > 0 && bytes <= SMALL_BYTES) this.#countSmall(Math.max(1, us));
    this.#isFirst = false;
    const budget = Atomics.load(this.#cells, BUDGET);
    if (budget > 0) Atomics.store(this.#cells, BUDGET, Math.max(0, budget - bytes));
  }

  #countSmall(us: number): void {
    const least = Atomics.load(this.#cells, SMALL_US);
    if (least === 0 || us < least) Atomics.store(this.#cells, SMALL_US, us);
  }
}
