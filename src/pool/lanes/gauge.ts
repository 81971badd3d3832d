/**
 * What the two sides of a lease share without a message: the lane says "read on" or "step aside",
 * the reader says "I stand still", and counts what it reads. Memory that both threads see; a message
 * is sent only when the reader stands still.
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
/** Said by the reader: it reads no more until it is told to read on. */
const STANDING = 2;
/** The job is over: a reader that is still there fails. */
const STOP = 3;

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

/** The lane's side. Dispose it when the job is over: a reader that stands still then goes. */
export class Gauge implements Disposable {
  readonly cells: Int32Array;

  /** @param cells What openCells() made */
  constructor(cells: Int32Array = openCells()) {
    this.cells = cells;
  }

  get isStanding(): boolean {
    return Atomics.load(this.cells, STATE) === STANDING;
  }

  /** From its next read on the reader stands still. */
  askAside(): void {
    Atomics.compareExchange(this.cells, STATE, READ_ON, STEP_ASIDE);
  }

  /** The reader may go on: for so many bytes and one place on the disk, or UNBOUNDED. */
  readOn(budgetBytes = UNBOUNDED): void {
    if (Atomics.load(this.cells, STATE) === STOP) return;
    Atomics.store(this.cells, BUDGET, budgetBytes);
    Atomics.store(this.cells, STATE, READ_ON);
    Atomics.notify(this.cells, STATE);
  }

  /** A worker that waits cannot be ended from outside: it has to be woken. */
  [Symbol.dispose](): void {
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
  const cells = new Int32Array(new SharedArrayBuffer(4 * (READS + BUCKETS_MS.length + 1)));
  cells[BUDGET] = UNBOUNDED;
  return cells;
}

/** The reader's side: asked before each read, told after it. */
export class Reader {
  readonly #cells: Int32Array;
  /** Bytes that make no whole KiB yet. */
  #rest = 0;
  /** The next read is elsewhere on the disk than the last one. */
  #isElsewhere = true;

  constructor(cells: Int32Array) {
    this.#cells = cells;
  }

  /** Whether the next read has to wait. @throws {Error} the job is over */
  get mustAsk(): boolean {
    const state = Atomics.load(this.#cells, STATE);
    if (state === STOP) throw new Error("Cannot read on: the job is over");
    return state !== READ_ON || Atomics.load(this.#cells, BUDGET) === 0;
  }

  /** Stands still. Then the lane is to be asked, by a message, for the next turn. */
  stand(): void {
    const was = Atomics.compareExchange(this.#cells, STATE, READ_ON, STANDING);
    if (was === STEP_ASIDE) Atomics.compareExchange(this.#cells, STATE, STEP_ASIDE, STANDING);
  }

  /** Waits until the lane says how to go on, in a worker, where waiting costs nobody. */
  wait(): void {
    while (Atomics.load(this.#cells, STATE) === STANDING) {
      Atomics.wait(this.#cells, STATE, STANDING);
    }
  }

  /** Of `wanted` bytes, those that may be read now. */
  bound(wanted: number): number {
    const budget = Atomics.load(this.#cells, BUDGET);
    return budget < 0 ? wanted : Math.min(wanted, budget);
  }

  /** What is read next lies elsewhere: within a budget, that is one way too many. */
  moveOn(): void {
    if (this.#isElsewhere) return;
    this.#isElsewhere = true;
    if (Atomics.load(this.#cells, BUDGET) > 0) Atomics.store(this.#cells, BUDGET, 0);
  }

  /** So many bytes were read in so many milliseconds. */
  count(bytes: number, ms: number): void {
    const add = (cell: number, value: number) => void Atomics.add(this.#cells, cell, value);
    const us = Math.round(ms * 1000);
    const kib = Math.floor((this.#rest + bytes) / 1024);
    this.#rest += bytes - kib * 1024;
    add(KIB, kib);
    add(READ_US, us);
    add(READS + bucketOf(ms), 1);
    if (this.#isElsewhere) {
      add(FIRST, 1);
      add(FIRST_US, us);
    } else if (bytes >= LARGE_BYTES) {
      add(LARGE_KIB, kib);
      add(LARGE_US, us);
    }
    if (bytes > 0 && bytes <= SMALL_BYTES) this.#countSmall(Math.max(1, us));
    this.#isElsewhere = false;
    const budget = Atomics.load(this.#cells, BUDGET);
    if (budget > 0) Atomics.store(this.#cells, BUDGET, Math.max(0, budget - bytes));
  }

  #countSmall(us: number): void {
    const least = Atomics.load(this.#cells, SMALL_US);
    if (least === 0 || us < least) Atomics.store(this.#cells, SMALL_US, us);
  }
}
