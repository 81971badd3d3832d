/**
 * Sees that no file holds up a worker. What a damaged file says may send a reader round in a circle,
 * in which it hears of nothing any more; so the worker writes into shared memory what it is at, and
 * who waits for it looks there.
 *
 * @module
 */
import type { TurnReader } from "../../turn_reader.ts";
import { ownThread, readThread, type ThreadTime, workedMs } from "./thread.ts";

/** Cells: counts up with whatever comes on; 1 while the file system is asked; the worker's thread. */
const STEPS = 0;
const IS_READING = 1;
const THREAD = 2;

/**
 * So long the work on one file may take; to wait for a disk, a film, or a processor that others
 * have, is no work.
 */
export const LIMIT_MS = 2000;
const LOOK_MS = 250;

export function createCells(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(12));
}

/** The worker's end. @param cells Of its own where nobody watches. */
export function openProbeWatch(cells: Int32Array = createCells()) {
  const while_ = <T>(work: () => T): T => {
    Atomics.store(cells, IS_READING, 1);
    try {
      return work();
    } finally {
      Atomics.store(cells, IS_READING, 0);
    }
  };
  Atomics.store(cells, THREAD, ownThread());
  const next = () => void Atomics.add(cells, STEPS, 1);
  return {
    /** The next file is taken. */
    next,
    /** What comes now is said by its messages. */
    end: () => Atomics.store(cells, IS_READING, 1),
    /** The same reader, seen to read. */
    reading: (turns: TurnReader): TurnReader => ({
      open: (path) => while_(() => turns.open(path)),
      seek: (file, offset) => turns.seek(file, offset),
      read: (file, into) => while_(() => turns.read(file, into)),
    }),
  };
}

/** The watcher's end: calls `onStuck` once, when one file has been worked on for too long. */
export function watchProbe(cells: Int32Array, onStuck: () => void): Disposable {
  let steps = -1;
  let worked = 0;
  let before: ThreadTime | undefined;
  const timer = setInterval(() => {
    const now = Atomics.load(cells, STEPS);
    const thread = readThread(Atomics.load(cells, THREAD));
    if (now !== steps) worked = 0;
    // Before the first file the worker may still be starting.
    else if (now > 0 && Atomics.load(cells, IS_READING) === 0) {
      worked += workedMs(before, thread, LOOK_MS);
    }
    steps = now;
    before = thread;
    if (worked < LIMIT_MS) return;
    clearInterval(timer);
    onStuck();
  }, LOOK_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
