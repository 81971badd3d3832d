/**
 * Which physical drives a read of a path touches, with the chain of facts that proves it.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { UnavailableError } from "../base/errors.ts";
import { type DriveReport, UNKNOWN_DRIVE, type Volume } from "./drive.ts";
import {
  createMountTree,
  type FindMount,
  isMountOf,
  type Mount,
  parseMountInfo,
  serverOf,
} from "./graph/mount_info.ts";

export interface Location {
  /** Never empty; "mem" for memory, "net:<server>" for a network mount, "unknown" for the rest. */
  driveIds: string[];
  volumeId?: string;
  mountPoint?: string;
  /** From the mount down to the drives, each a sentence. */
  chain: string[];
}

export interface Locator {
  /** @throws {UnavailableError} the file system does not answer */
  locate(path: string): Promise<Location>;
}

export interface LocatorOptions {
  /** What is known now; the same object until that changes. */
  report: () => DriveReport;
  /** The text of /proc/self/mountinfo; undefined where there is none. */
  readMountInfo?: () => Promise<string | undefined>;
  /** The file behind a loop device, by its device number. */
  readBackingFile?: (deviceNumber: string) => Promise<string | undefined>;
  /** Milliseconds for which a reading of the mounts is good. */
  freshMs?: number;
  /** Milliseconds in which a file system must answer. */
  limitMs?: number;
}

interface View {
  text: string | undefined;
  report: DriveReport;
  findMount: FindMount;
  /** One answer for each mount serves all the files on it. */
  answers: Map<Mount, Promise<Location>>;
}

/** An image in an image in an image: nobody means that. */
const MAX_IMAGES = 4;

/** Answers from the mounts of now and the drives of the last detection. */
export function openLocator(options: LocatorOptions): Locator {
  const { report, freshMs = 3000, limitMs = 5000 } = options;
  const { readMountInfo = readProc, readBackingFile = readLoop } = options;
  let view: Promise<View> | undefined;
  let viewed: { at: number; report: DriveReport } | undefined;

  async function look(before: Promise<View> | undefined, report: DriveReport): Promise<View> {
    const text = await readMountInfo();
    const last = await before?.catch(() => undefined);
    if (last?.text === text && last?.report === report) return last;
    const findMount = createMountTree(parseMountInfo(text ?? ""));
    return { text, report, findMount, answers: new Map() };
  }

  /** Many who ask at once wait for one reading. */
  function currentView(): Promise<View> {
    const [now, known] = [performance.now(), report()];
    if (view && viewed?.report === known && now - viewed.at < freshMs) return view;
    viewed = { at: now, report: known };
    return view = look(view, known);
  }

  async function locate(path: string, depth: number): Promise<Location> {
    const [real, view] = await Promise.all([nearestReal(resolve(path)), currentView()]);
    const { report, findMount, answers } = view;
    const mount = findMount(real);
    if (!mount) return { driveIds: [UNKNOWN_DRIVE], chain: ["this system has no mount table"] };
    let answer = answers.get(mount);
    if (!answer) answers.set(mount, answer = onMount(mount, report, depth));
    // What failed may work the next time.
    return await answer.catch((error) => {
      answers.delete(mount);
      throw error;
    });
  }

  async function onMount(mount: Mount, report: DriveReport, depth: number): Promise<Location> {
    const volume = report.volumes.find((one) => isMountedAs(mount, one));
    if (volume) return onVolume(mount, volume, report);
    const isLoop = mount.deviceNumber.startsWith("7:") && depth < MAX_IMAGES;
    const image = isLoop ? await readBackingFile(mount.deviceNumber) : undefined;
    if (image) {
      const { driveIds, chain } = await locate(image, depth + 1);
      return { driveIds, mountPoint: mount.mountPoint, chain: [say(mount), image, ...chain] };
    }
    const lane = laneOf(mount);
    return { driveIds: [lane], mountPoint: mount.mountPoint, chain: [say(mount), lane] };
  }

  return { locate: (path) => within(limitMs, locate(path, 0), path) };
}

function onVolume(mount: Mount, volume: Volume, { drives }: DriveReport): Location {
  const { id, name, driveIds } = volume;
  const links = driveIds.map((driveId) => {
    const drive = drives.find((one) => one.id === driveId);
    return `drive ${driveId}${
      drive ? ` (${[drive.name, drive.model].filter(Boolean).join(", ")})` : ""
    }`;
  });
  return {
    driveIds: driveIds.length > 0 ? driveIds : [UNKNOWN_DRIVE],
    volumeId: id,
    mountPoint: mount.mountPoint,
    chain: [say(mount), `volume ${id} (${name})`, ...links],
  };
}

function say({ mountPoint, fileSystem, source, deviceNumber }: Mount): string {
  return `mount ${mountPoint} (${fileSystem}, ${source}, ${deviceNumber})`;
}

function isMountedAs(mount: Mount, volume: Volume): boolean {
  // A dataset of ZFS names its pool, and no device.
  if (mount.fileSystem === "zfs" && volume.fileSystem === "zfs") {
    return mount.source.split("/")[0] === volume.label;
  }
  return isMountOf(mount, volume.deviceNumber, volume.devices);
}

/** The lane of a mount that stands on no drive of ours. */
function laneOf(mount: Mount): string {
  const { fileSystem, source } = mount;
  if (/^(tmpfs|ramfs|devtmpfs|hugetlbfs)$/.test(fileSystem)) return "mem";
  if (/^\/dev\/z?ram\d/.test(source)) return "mem";
  const server = serverOf(mount);
  return server ? `net:${server}` : UNKNOWN_DRIVE;
}

/** The path without links; of what does not exist yet, the folder that it will come into. */
async function nearestReal(path: string): Promise<string> {
  for (let place = path;; place = dirname(place)) {
    try {
      return await Deno.realPath(place);
    } catch {
      // Not there, or not ours to see: its folder is on the same drive, or nothing tells.
      if (place === dirname(place)) return place;
    }
  }
}

async function within<T>(limitMs: number, work: Promise<T>, path: string): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const state = `its file system did not answer in ${limitMs} ms`;
    reject(new UnavailableError(`Cannot locate "${path}": ${state}`, { path }));
  }, limitMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function readProc(): Promise<string | undefined> {
  return await Deno.readTextFile("/proc/self/mountinfo").catch(() => undefined);
}

async function readLoop(deviceNumber: string): Promise<string | undefined> {
  const file = `/sys/dev/block/${deviceNumber}/loop/backing_file`;
  const path = await Deno.readTextFile(file).catch(() => undefined);
  return path?.trim();
}
