/**
 * Whether each mounted file system answers, how much space it has, and a way to work on one that
 * cannot hang: the breakers of all of them, looked after every few seconds.
 *
 * @module
 */
import type { Run } from "../../base/command.ts";
import type { Platform } from "../../base/platform.ts";
import type { DriveReport, Volume } from "../drive.ts";
import { findByPrefix, serverInPath } from "../locate/prefix.ts";
import { Breaker, type BreakerLimits, type GuardOptions } from "./breaker.ts";
import { isForMachines, isServed } from "./file_systems.ts";
import { isMountedAs } from "./mounted_as.ts";
import { askSpace, type Space } from "./probe.ts";
import { openStuckWatch, type ReadAttribute } from "./stuck.ts";
import type { MountTable } from "./table.ts";

/** How one mounted file system is. */
export interface MountState extends Partial<Space> {
  mountPoint: string;
  answering: boolean;
  /** ISO 8601, UTC: since when it answers, or does not. */
  since: string;
  /** Why it does not answer, in words. */
  reason?: string;
}

export interface Mounts extends Disposable {
  /** By a volume's id, or a mount point; undefined for what is not mounted or not looked after. */
  state(volumeIdOrMountPoint: string): MountState | undefined;
  /**
   * Does `work` on the file system of an absolute path, and gives up when that does not answer.
   * @throws {NotAnsweringError} it does not, or has not for a while: then nothing is tried
   */
  touch<T>(
    path: string,
    work: (alive: () => void) => Promise<T>,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<T>;
  /**
   * Aborts when the file system of an absolute path answers no more, for work that is done by
   * others than touch(); aborted already where it does not answer now.
   */
  silence(path: string): Promise<AbortSignal>;
  /** Looks at all mounts once; to be called every few seconds. No disk is touched. */
  look(): Promise<void>;
}

export interface MountsOptions {
  table: MountTable;
  /** What is known of the drives now. */
  report: () => DriveReport;
  run: Run;
  platform: Platform;
  /** A file system answers again, or no more; the volume is known where it stands on a drive. */
  onChange?: (state: MountState, volume: Volume | undefined) => void;
  limits?: Partial<MountLimits>;
  readAttribute?: ReadAttribute;
}

/** All in milliseconds. */
export interface MountLimits {
  /** For a question about its space. */
  askMs: number;
  /** For work on what a server or a program shows. */
  servedMs: number;
  /** For work on a disk, and for a request that the kernel has passed to one. */
  diskMs: number;
  /** The same for a disk that may have to spin up first, which can take ten seconds. */
  spinUpMs: number;
  /** For a device that was suspended by its administrator. */
  suspendedMs: number;
  againMs: BreakerLimits["againMs"];
  /** How old the space of a volume may be. */
  spaceMs: number;
  /** How often what is served is asked, for no kernel counter tells whether it answers. */
  servedEveryMs: number;
}

const defaults: MountLimits = {
  askMs: 3000,
  servedMs: 5000,
  diskMs: 5000,
  spinUpMs: 20_000,
  suspendedMs: 2000,
  againMs: [10_000, 30_000],
  spaceMs: 60_000,
  servedEveryMs: 10_000,
};

/** A proof that a server is there is good for this long. */
const PROOF_MS = 2000;
/** What is asked to see how slow this machine is: no disk and no server stands behind it. */
const CONTROL = "/dev";
const CONTROL_MS = 60_000;
const never = new AbortController().signal;
/** Questions begun by one look: each is a process. */
const MAX_QUESTIONS = 4;

/** One mounted file system, wherever it shows. */
interface Place {
  key: string;
  mountPoint: string;
  fileSystem: string;
  volume: Volume | undefined;
}

interface Watched extends Place {
  breaker: Breaker;
  askedAt: number;
}

export function openMounts(options: MountsOptions): Mounts {
  const { table, report, run, platform, onChange, readAttribute } = options;
  const limits = { ...defaults, ...options.limits };
  const stuckWatch = openStuckWatch(readAttribute);
  const watched = new Map<string, Watched>();

  function watch(place: Place): Watched {
    const known = watched.get(place.key);
    if (known) {
      known.volume = place.volume;
      return known;
    }
    const workMs = isServed(place.fileSystem)
      ? limits.servedMs
      : mayRotate(place.volume, report())
      ? limits.spinUpMs
      : limits.diskMs;
    const breaker = new Breaker({
      mountPoint: place.mountPoint,
      ask: (options) => askSpace(place.mountPoint, { run, platform, ...options }),
      control: () => askSpace(CONTROL, { run, platform, signal: AbortSignal.timeout(CONTROL_MS) }),
      onChange: (breaker) => onChange?.(toState(breaker), watched.get(place.key)?.volume),
      limits: { askMs: limits.askMs, workMs, againMs: limits.againMs },
    });
    const made = { ...place, breaker, askedAt: -Infinity };
    watched.set(place.key, made);
    return made;
  }

  /** Every file system that is mounted now and may hold somebody's files. */
  function places(): Place[] {
    const { volumes } = report();
    if (table.last.text === undefined) {
      return volumes.flatMap((volume) => {
        const { mountPoints: [mountPoint], fileSystem = "" } = volume;
        return mountPoint ? [{ key: volume.id, mountPoint, fileSystem, volume }] : [];
      });
    }
    const found = new Map<string, Place>();
    for (const mount of table.last.mounts) {
      if (isForMachines(mount.fileSystem) || found.has(keyOf(mount))) continue;
      found.set(keyOf(mount), toPlace(mount, volumes));
    }
    return [...found.values()];
  }

  async function placeOf(path: string): Promise<Place | undefined> {
    const { text, find } = await table.now();
    const { volumes } = report();
    if (text !== undefined) {
      const mount = find(path);
      return mount && toPlace(mount, volumes);
    }
    const server = platform === "windows" ? serverInPath(path) : undefined;
    if (server) {
      const key = `net:${server}`;
      return { key, mountPoint: `\\\\${server}`, fileSystem: "smbfs", volume: undefined };
    }
    const placed = findByPrefix(path, volumes, platform);
    if (!placed) return undefined;
    const { volume, mountPoint } = placed;
    return { key: volume.id, mountPoint, fileSystem: volume.fileSystem ?? "", volume };
  }

  async function look(): Promise<void> {
    await table.refresh();
    const now = places();
    const keys = new Set(now.map(({ key }) => key));
    for (const [key, { breaker, fileSystem }] of watched) {
      // A place that only somebody's work has made known, such as "/" of a container, stays.
      if (keys.has(key) || (isForMachines(fileSystem) && isMounted(key))) continue;
      breaker[Symbol.dispose]();
      watched.delete(key);
    }
    const all = now.map(watch);
    await noteDevices(all);
    askSome(all);
  }

  async function noteDevices(all: Watched[]): Promise<void> {
    const { drives } = report();
    const devicesOf = (volume: Volume | undefined) => [
      ...volume?.devices ?? [],
      ...drives.filter(({ id }) => volume?.driveIds.includes(id)).map(({ name }) => name),
    ];
    const stuck = await stuckWatch.look(all.flatMap(({ volume }) => devicesOf(volume)));
    for (const { volume, breaker } of all) {
      const limitMs = mayRotate(volume, report()) ? limits.spinUpMs : limits.diskMs;
      const reasons = devicesOf(volume).flatMap((device) => {
        const found = stuck.get(device);
        if (!found) return [];
        const patience = found.suspended ? limits.suspendedMs : limitMs;
        return performance.now() - found.sinceMs >= patience ? [found.reason] : [];
      });
      breaker.noteDevice(reasons[0]);
    }
  }

  function askSome(all: Watched[]): void {
    const now = performance.now();
    for (const { breaker } of all) breaker.askAgain(now);
    const due = all.filter(({ breaker, askedAt, fileSystem }) => {
      const everyMs = isServed(fileSystem) ? limits.servedEveryMs : limits.spaceMs;
      return breaker.answering && now - askedAt >= everyMs;
    });
    for (const one of due.slice(0, MAX_QUESTIONS)) {
      one.askedAt = now;
      void one.breaker.ask();
    }
  }

  function isMounted(key: string): boolean {
    return table.last.mounts.some((mount) => keyOf(mount) === key);
  }

  return {
    state(wanted) {
      for (const { volume, mountPoint, breaker } of watched.values()) {
        if (volume?.id === wanted || mountPoint === wanted) return toState(breaker);
      }
      const mount = table.last.mounts.findLast(({ mountPoint }) => mountPoint === wanted);
      const same = mount && watched.get(keyOf(mount));
      return same && { ...toState(same.breaker), mountPoint: wanted };
    },

    async touch(path, work, { signal } = {}) {
      const place = await placeOf(path);
      if (!place) return await work(() => {});
      const { breaker } = watch(place);
      breaker.check(path);
      const isProven = performance.now() - breaker.provenAt < PROOF_MS;
      if (!isProven && isServed(place.fileSystem)) await breaker.ask();
      const guarding: GuardOptions = { path, signal };
      return await breaker.guard(work, guarding);
    },

    async silence(path) {
      const place = await placeOf(path);
      return place ? watch(place).breaker.opened : never;
    },

    look,

    [Symbol.dispose]() {
      for (const { breaker } of watched.values()) breaker[Symbol.dispose]();
      watched.clear();
    },
  };
}

type MountFacts = Parameters<typeof isMountedAs>[0];

/** Bind mounts of one file system hang together, so they have one breaker. */
function keyOf({ deviceNumber, source }: MountFacts): string {
  return `${deviceNumber} ${source}`;
}

function toPlace(mount: MountFacts, volumes: readonly Volume[]): Place {
  const { mountPoint, fileSystem } = mount;
  const volume = volumes.find((one) => isMountedAs(mount, one));
  return { key: keyOf(mount), mountPoint, fileSystem, volume };
}

function mayRotate(volume: Volume | undefined, { drives }: DriveReport): boolean {
  const kinds = drives.filter(({ id }) => volume?.driveIds.includes(id)).map(({ kind }) => kind);
  return kinds.length === 0 || kinds.some((kind) => ["hdd", "usb", "unknown"].includes(kind));
}

function toState({ mountPoint, answering, since, reason, space }: Breaker): MountState {
  return {
    mountPoint,
    answering,
    since: since.toISOString(),
    ...reason !== undefined && { reason },
    ...space,
  };
}
