/**
 * How long a worker has really worked: where others have the processor, a worker that is fine comes
 * on slowly, and must not be taken for one that goes round in a circle. Linux knows of each thread.
 *
 * @module
 */

export interface ThreadTime {
  /** Milliseconds of a processor that it has had. */
  cpuMs: number;
  /** It works, or would if it had a processor; else it waits for something. */
  isRunnable: boolean;
}

/** The clock of /proc ticks a hundred times a second, whatever the kernel's own does. */
const TICK_MS = 10;

/** The number of the calling thread; 0 where no system tells. */
export function ownThread(): number {
  try {
    return own ??= Number(Deno.readLinkSync("/proc/thread-self").split("/").at(-1));
  } catch {
    return own = 0; // no Linux
  }
}

let own: number | undefined;

/** @param thread Of this process, as `ownThread()` has said; undefined where nobody knows. */
export function readThread(thread: number): ThreadTime | undefined {
  if (thread === 0) return undefined;
  try {
    return parseThread(Deno.readTextFileSync(`/proc/self/task/${thread}/stat`));
  } catch {
    return undefined; // it has ended
  }
}

/** @param stat "4112 (deno worker) R 1 4112 …": the name may hold anything, so the rest counts. */
export function parseThread(stat: string): ThreadTime {
  const [state, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // utime and stime are the fields 14 and 15, the state is the third.
  const ticks = Number(rest[10]) + Number(rest[11]);
  return { cpuMs: ticks * TICK_MS, isRunnable: state === "R" };
}

/** How much of the milliseconds between two looks it has worked, or stood still by itself. */
export function workedMs(
  before: ThreadTime | undefined,
  now: ThreadTime | undefined,
  elapsedMs: number,
): number {
  if (!before || !now?.isRunnable) return elapsedMs;
  return Math.min(elapsedMs, now.cpuMs - before.cpuMs);
}
