/**
 * Detects the drives anew whenever something seems to have changed, and now and then without a
 * sign. A burst of signs is one detection; one that fails leaves everything as it was.
 *
 * @module
 */
import { UnavailableError } from "../../base/errors.ts";
import type { Log } from "../../base/log.ts";
import { pause, type Service } from "../../base/service.ts";
import type { Mounts } from "../mounts/mounts.ts";
import type { MountTable } from "../mounts/table.ts";
import { followUdev, listDevices, listMounts } from "./signs.ts";

export interface WatchOptions {
  table: MountTable;
  mounts: Pick<Mounts, "look">;
  /** Detects the drives and keeps what it finds. */
  detect(signal: AbortSignal): Promise<void>;
  log: Log;
  /** How the devices are listed, as a text to compare; "" where nobody lists them. */
  devices?: () => Promise<string>;
  /** Tells of events of block devices until the signal aborts. */
  events?: (tell: () => void, log: Log) => Service;
  times?: Partial<WatchTimes>;
}

/** All in milliseconds. */
export interface WatchTimes {
  /** Between two looks at what the kernel lists. */
  lookMs: number;
  /** A detection waits until nothing more has happened for this long … */
  quietMs: number;
  /** … and not longer than this. */
  patienceMs: number;
  /** Without any sign: where the kernel lists its devices, and where it does not. */
  everyMs: number;
  blindEveryMs: number;
}

const defaults: WatchTimes = {
  lookMs: 2000,
  quietMs: 500,
  patienceMs: 5000,
  everyMs: 600_000,
  blindEveryMs: 60_000,
};

/** Watches until the signal aborts; the first detection is at once. */
export function watchDrives(options: WatchOptions): Service {
  const { table, mounts, detect, log, devices = listDevices, events = followUdev } = options;
  const times = { ...defaults, ...options.times };

  return async (signal) => {
    const signs = openSigns();
    let seen: string | undefined;

    const look = async () => {
      await mounts.look();
      const listed = `${await devices()}\n\n${listMounts(table.last.mounts)}`;
      if (seen !== undefined && listed !== seen) signs.tell();
      seen = listed;
    };

    const keepLooking = async () => {
      while (!signal.aborted) {
        await pause(times.lookMs, signal);
        await look();
      }
    };

    const redetect = async () => {
      while (!signal.aborted) {
        try {
          await detect(signal);
        } catch (error) {
          if (signal.aborted) return;
          if (!(error instanceof UnavailableError)) throw error;
          log.warn("Drives were not detected: what was known of them stays", { error });
        }
        const isBlind = table.last.text === undefined;
        await signs.next(isBlind ? times.blindEveryMs : times.everyMs, signal);
        await signs.quiet(times, signal);
      }
    };

    // Before the first detection: what changes while that runs is a sign.
    await look();
    await Promise.all([keepLooking(), redetect(), events(signs.tell, log)(signal)]);
  };
}

/** Something that happens, remembered until somebody asks. */
function openSigns() {
  let last = -Infinity;
  let isNew = false;
  let wake = () => {};

  return {
    tell() {
      last = performance.now();
      isNew = true;
      wake();
    },
    /** Waits for a sign, or `limitMs`. */
    async next(limitMs: number, signal: AbortSignal): Promise<void> {
      if (!isNew) {
        const woken = new AbortController();
        wake = () => woken.abort();
        await pause(limitMs, AbortSignal.any([signal, woken.signal]));
      }
      isNew = false;
    },
    /** Waits until the last sign is `quietMs` ago: a disk with ten partitions is one event. */
    async quiet({ quietMs, patienceMs }: WatchTimes, signal: AbortSignal): Promise<void> {
      const end = performance.now() + patienceMs;
      while (!signal.aborted) {
        const now = performance.now();
        const waitMs = Math.min(last + quietMs, end) - now;
        if (waitMs <= 0) break;
        await pause(waitMs, signal);
      }
      isNew = false;
    },
  };
}
