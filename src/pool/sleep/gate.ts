/**
 * Lets background work pass to drives that are awake, and holds it back from those that sleep: until
 * they wake for another reason, or until the time of day when it may wake them.
 *
 * @module
 */
import { type DailyWindow, formatMinutes, isWithin } from "../../config/mod.ts";
import type { PowerState } from "../../drives/mod.ts";
import { type Clock, realClock } from "../lanes/clock.ts";
import { isBackground, type Priority } from "../priority.ts";
import { Sleeper } from "./sleeper.ts";

export interface SleepGateOptions {
  /** Whether a drive sleeps, asked without waking it; "unknown" counts as awake. */
  powerStateOf(driveId: string): Promise<PowerState>;
  /** When sleeping drives may be woken; undefined for never. */
  window(): DailyWindow | undefined;
  /** Reads and writes that a drive has completed; undefined where nobody counts. */
  diskActivity?(driveId: string): Promise<number | undefined>;
  /** Background work begins on a drive that sleeps. */
  onWake?(driveId: string): void;
  /** The time of day. */
  now?(): Date;
  clock?: Clock;
}

export interface SleepGate {
  /**
   * Resolves when work of this priority may read from all of these drives. A film and a person wait
   * for nothing, and what they read from is awake from then on.
   *
   * @throws the signal's reason, when it aborts
   */
  pass(driveIds: readonly string[], priority: Priority, signal?: AbortSignal): Promise<void>;
  /** What work on these drives would wait for, in words; undefined when it would not. */
  waitingFor(driveIds: readonly string[]): string | undefined;
  /** Drives that sleep, as far as is known, and how much waits for each. */
  list(): { driveId: string; waiting: number }[];
}

/** Opens the gate in front of the lanes. */
export function openSleepGate(options: SleepGateOptions): SleepGate {
  const { powerStateOf, window, diskActivity, onWake, now = () => new Date() } = options;
  const { clock = realClock } = options;
  const sleepers = new Map<string, Sleeper>();

  const mayWake = () => {
    const hours = window();
    return hours !== undefined && isWithin(hours, now());
  };

  const sleeperOf = (driveId: string) => {
    let sleeper = sleepers.get(driveId);
    if (!sleeper) {
      sleeper = new Sleeper({
        clock,
        mayWake,
        ask: () => powerStateOf(driveId),
        activity: async () => await diskActivity?.(driveId),
      });
      sleepers.set(driveId, sleeper);
    }
    return sleeper;
  };

  const pass: SleepGate["pass"] = async (driveIds, priority, signal) => {
    const drives = driveIds.map((id) => ({ id, sleeper: sleeperOf(id) }));
    if (!isBackground(priority)) {
      for (const { sleeper } of drives) sleeper.awake();
      return;
    }
    while (true) {
      signal?.throwIfAborted();
      await unlessAborted(Promise.all(drives.map(({ sleeper }) => sleeper.look())), signal);
      const asleep = drives.filter(({ sleeper }) => sleeper.isAsleep);
      if (asleep.length === 0 || mayWake()) {
        for (const { id } of asleep) onWake?.(id);
        for (const { sleeper } of drives) sleeper.awake();
        return;
      }
      await asleep[0]!.sleeper.change(signal);
    }
  };

  return {
    pass,
    waitingFor(driveIds) {
      const asleep = driveIds.filter((id) => sleepers.get(id)?.isAsleep);
      if (asleep.length === 0 || mayWake()) return undefined;
      const hours = window();
      const names = asleep.join(", ");
      const [sleep, wake] = asleep.length > 1 ? ["sleep", "they wake"] : ["sleeps", "it wakes"];
      return hours
        ? `${names} ${sleep}; waits until ${formatMinutes(hours.from)} or until ${wake}`
        : `${names} ${sleep}; waits until ${wake}, for BACKGROUND_WINDOW is empty`;
    },
    list: () =>
      [...sleepers].filter(([, { isAsleep }]) => isAsleep)
        .map(([driveId, { waiting }]) => ({ driveId, waiting })),
  };
}

/** A question that was asked goes on, for others may wait for it, too. */
async function unlessAborted(work: Promise<unknown>, signal?: AbortSignal): Promise<void> {
  if (!signal) return void await work;
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
