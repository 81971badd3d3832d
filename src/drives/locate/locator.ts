/**
 * Which physical drives a read of a path touches, with the chain of facts that proves it.
 *
 * @module
 */
import { posix, win32 } from "node:path";
import { InvalidError } from "../../base/errors.ts";
import { currentPlatform, type Platform } from "../../base/platform.ts";
import { type DriveReport, UNKNOWN_DRIVE, type Volume } from "../drive.ts";
import type { Mount } from "../graph/mount_info.ts";
import { NotAnsweringError } from "../mounts/breaker.ts";
import { isOnDemand, isServed } from "../mounts/file_systems.ts";
import { isMountedAs, rootInVolume } from "../mounts/mounted_as.ts";
import type { Mounts } from "../mounts/mounts.ts";
import { type Mounted, type MountTable, openMountTable } from "../mounts/table.ts";
import { laneStep, mountStep, stepsDown } from "./chain.ts";
import { laneOf } from "./lane.ts";
import type { Location, Locator, MountedPlace, Report, Step } from "./location.ts";
import { findByPrefix, serverInPath, shownAt } from "./prefix.ts";
import { type Resolved, resolveLinks } from "./resolve.ts";
import { locateStacked } from "./stacked.ts";
import { linuxSystem, type LocatorSystem } from "./system.ts";

export interface LocatorOptions {
  /** What is known now; the same object until that changes. */
  report: Report;
  table?: MountTable;
  /** By which file systems are looked at: one that hangs holds nobody up. */
  mounts?: Pick<Mounts, "touch">;
  platform?: Platform;
  system?: Partial<LocatorSystem>;
  /** Milliseconds after which the names alone decide. */
  limitMs?: number;
}

/** The answers for one reading of the mounts and one detection. */
interface View {
  mounted: Mounted;
  report: DriveReport;
  /** One answer for each mount serves all the files on it. */
  answers: Map<Mount, Promise<Location>>;
}

/** Answers from the mounts of now and the drives of the last detection. */
export function openLocator(options: LocatorOptions): Locator {
  const { report, table = openMountTable(), platform = currentPlatform() } = options;
  const { mounts, limitMs = 3000 } = options;
  const touch: Mounts["touch"] = mounts?.touch ?? ((_, work) => work(() => {}));
  const system = { ...linuxSystem, ...options.system };
  let view: View | undefined;

  async function currentView(): Promise<View> {
    const [mounted, known] = [await table.now(), report()];
    if (view?.mounted === mounted && view.report === known) return view;
    return view = { mounted, report: known, answers: new Map() };
  }

  async function follow(path: string): Promise<Resolved> {
    if (platform === "windows") {
      const real = await within(limitMs, touch(path, () => system.nearestReal(path)));
      return { path: real ?? path, steps: real ? [] : [tooLate(path, limitMs)] };
    }
    const { mounted: { text, mounts, find }, report } = await currentView();
    const points = text === undefined
      ? new Set(report.volumes.flatMap(({ mountPoints }) => mountPoints))
      : new Set(mounts.map(({ mountPoint }) => mountPoint));
    const following = resolveLinks(path, {
      readLink: (here) => touch(here, () => system.readLink(here)),
      isMountPoint: (here) => points.has(here),
      isOnDemand: (here) => isOnDemand(find(here)?.fileSystem ?? ""),
    });
    return await within(limitMs, following) ?? { path, steps: [tooLate(path, limitMs)] };
  }

  async function locate(path: string): Promise<Location> {
    if (path === "") throw new InvalidError("Cannot locate an empty path: say which");
    if (path.includes("\0")) throw new InvalidError("Cannot locate a path with a NUL in it");
    const server = platform === "windows" ? serverInPath(path) : undefined;
    if (server) return onServer(server);
    const { path: real, steps } = await follow(absolute(path));
    const location = await locateReal(real);
    return { ...location, chain: [...steps, ...location.chain] };
  }

  function absolute(path: string): string {
    return (platform === "windows" ? win32 : posix).resolve(path);
  }

  const locateReal = async (path: string) => await place(path, await currentView(), 0);

  async function place(path: string, view: View, depth: number): Promise<Location> {
    const { mounted, report, answers } = view;
    if (mounted.text === undefined) return byPrefix(path, report, platform);
    const mount = mounted.find(path);
    if (!mount) return nowhere("nothing is mounted there");
    let answer = answers.get(mount);
    if (!answer) answers.set(mount, answer = onMount(mount, view, depth));
    const location = await answer.catch((error) => {
      // What failed may work the next time.
      answers.delete(mount);
      throw error;
    });
    return { ...location, pathInVolume: inPlace(path, mount) };
  }

  async function onMount(mount: Mount, view: View, depth: number): Promise<Location> {
    const { mountPoint } = mount;
    const volume = view.report.volumes.find((one) => isMountedAs(mount, one));
    if (volume) {
      const chain = [mountStep(mount), ...stepsDown(volume, view.report)];
      const { id: volumeId } = volume;
      return { driveIds: drivesOf(volume), volumeId, mountPoint, placeId: volumeId, chain };
    }
    const placeId = placeIdOf(mount);
    const common = { mountPoint, ...placeId !== undefined && { placeId } };
    const beneath = await locateStacked(mount, {
      system: { ...system, exists: (path) => touch(path, () => system.exists(path)) },
      locate: (path) => place(path, view, depth + 1),
      mountOf: view.mounted.find,
      depth,
    });
    if (beneath) return { ...common, ...beneath, chain: [mountStep(mount), ...beneath.chain] };
    const { id, why } = laneOf(mount);
    return { ...common, driveIds: [id], chain: [mountStep(mount), laneStep(id, why)] };
  }

  return {
    locate,
    locateReal,
    realPath: async (path) => (await follow(absolute(path))).path,
    async places() {
      // Whoever asks believes that what is not told is away: a moment ago is too long ago.
      await table.refresh();
      const { mounted, report } = await currentView();
      return mounted.text === undefined ? volumesAsPlaces(report) : visible(mounted, report);
    },
    async mountPoints() {
      await table.refresh();
      const { mounted, report } = await currentView();
      if (mounted.text === undefined) return report.volumes.flatMap((it) => it.mountPoints);
      return mounted.mounts.map(({ mountPoint }) => mountPoint);
    },
  };
}

function drivesOf({ driveIds }: Volume): string[] {
  return driveIds.length > 0 ? driveIds : [UNKNOWN_DRIVE];
}

/** The path as seen from the root of what is mounted. */
function inPlace(path: string, mount: Mount): string {
  const root = rootInVolume(mount);
  const { mountPoint } = mount;
  const rest = mountPoint === "/" ? path : path.slice(mountPoint.length);
  return `${root === "/" ? "" : root}${rest === "/" ? "" : rest}` || "/";
}

/** Of what has no volume and never will; a device that is not known yet has one soon. */
function placeIdOf({ fileSystem, source }: Mount): string | undefined {
  const isPlace = isServed(fileSystem) || /^(overlay|aufs|ecryptfs)$/.test(fileSystem);
  return isPlace ? `mount:${fileSystem}:${source}` : undefined;
}

/** Every mount that no later one hides. */
function visible({ mounts, find }: Mounted, { volumes }: DriveReport): MountedPlace[] {
  return mounts.filter((mount) => find(mount.mountPoint) === mount).flatMap((mount) => {
    const placeId = volumes.find((one) => isMountedAs(mount, one))?.id ?? placeIdOf(mount);
    const { mountPoint } = mount;
    return placeId ? [{ placeId, mountPoint, rootInPlace: rootInVolume(mount) }] : [];
  });
}

function volumesAsPlaces({ volumes }: DriveReport): MountedPlace[] {
  return volumes.flatMap(({ id, mountPoints }) =>
    mountPoints.flatMap(shownAt).map((mountPoint) => ({
      placeId: id,
      mountPoint,
      rootInPlace: "/",
    }))
  );
}

function byPrefix(path: string, report: DriveReport, platform: Platform): Location {
  const placed = findByPrefix(path, report.volumes, platform);
  if (!placed) return nowhere("no volume that is known has it");
  const { volume, mountPoint, pathInVolume } = placed;
  const name = `mount ${mountPoint}`;
  return {
    driveIds: drivesOf(volume),
    volumeId: volume.id,
    mountPoint,
    pathInVolume,
    placeId: volume.id,
    chain: [{ type: "mount", name: mountPoint, text: name }, ...stepsDown(volume, report)],
  };
}

function onServer(server: string): Location {
  const id = `net:${server}`;
  return { driveIds: [id], chain: [laneStep(id, "the path names this server")] };
}

function nowhere(why: string): Location {
  return { driveIds: [UNKNOWN_DRIVE], chain: [laneStep(UNKNOWN_DRIVE, why)] };
}

function tooLate(path: string, limitMs: number): Step {
  const text = `its file systems did not answer in ${limitMs / 1000} s: the names alone decide`;
  return { type: "note", name: path, text };
}

/** What `work` gives, or undefined after `limitMs`. */
async function within<T>(limitMs: number, wanted: Promise<T>): Promise<T | undefined> {
  const work = wanted.catch((error) => {
    if (!(error instanceof NotAnsweringError)) throw error;
    return undefined;
  });
  work.catch(() => {}); // nobody asks any more once it is late
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), limitMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
