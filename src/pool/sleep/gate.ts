/**
 * Lets background work pass to drives that are awake, and holds it back from those that sleep: until
 * they wake for another reason, or until the time of day when it may wake them.
 *
 * @module
 */
import { type DailyWindow, formatMinutes, isWithin } from "../../base/daily_window.ts";
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
  /**
   * Whether background work may begin on these drives now; then they count as awake, and where it
   * wakes one that is counted. For work that has something else to do instead of waiting.
   */
  mayPass(driveIds: readonly string[], signal?: AbortSignal): Promise<boolean>;
  /** Somebody reads from these drives: whoever waits for them may go. */
  touch(driveIds: readonly string[]): void;
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

  const touch = (driveIds: readonly string[]) => {
    for (const id of driveIds) sleeperOf(id).awake();
  };

  const mayPass: SleepGate["mayPass"] = async (driveIds, signal) => {
    signal?.throwIfAborted();
    const looks = driveIds.map((id) => sleeperOf(id).look());
    await unlessAborted(Promise.all(looks), signal);
    const asleep = driveIds.filter((id) => sleeperOf(id).isAsleep);
    if (asleep.length > 0 && !mayWake()) return false;
    for (const id of asleep) onWake?.(id);
    touch(driveIds);
    return true;
  };

  return {
    mayPass,
    touch,
    async pass(driveIds, priority, signal) {
      if (!isBackground(priority)) return touch(driveIds);
      while (!await mayPass(driveIds, signal)) {
        const asleep = driveIds.map(sleeperOf).find(({ isAsleep }) => isAsleep);
        await asleep?.change(signal);
      }
    },
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
