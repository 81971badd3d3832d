/**
 * What can be reached of all that is mounted, told to the library as it changes; and why a file's
 * drive is away, in words.
 *
 * @module
 */
import { join } from "node:path";
import { isBelow } from "../../../base/files.ts";
import type { Log } from "../../../base/log.ts";
import type { MountedPlace } from "../../../drives/mod.ts";
import type { Library } from "../../../media/mod.ts";
import type { openPeerDrives } from "./peer_drives.ts";

type PeerDrives = ReturnType<typeof openPeerDrives>;

/** Everything mounted that answers. */
export async function reachable(drives: PeerDrives): Promise<MountedPlace[]> {
  const places = await drives.places();
  return places.filter(({ mountPoint }) => drives.mountState(mountPoint)?.answering !== false);
}

type FolderLibrary = Pick<Library, "settle" | "volumes" | "volumesOf">;

/**
 * The media folders, and where else they are now: one on a volume that was mounted at another place
 * is there too.
 */
export async function followVolumes(
  folders: readonly string[],
  { drives, library }: { drives: PeerDrives; library: FolderLibrary },
): Promise<string[]> {
  const places = await reachable(drives);
  const known = library.volumesOf(folders);
  const moved = known.flatMap(({ folder, volumeId, volumeFolder }) => {
    const shown = places.filter(({ placeId }) => placeId === volumeId)
      .flatMap((place) => shownBy(place, volumeFolder));
    // Mounted twice is no reason to list its files twice.
    return shown.includes(folder) ? [] : shown.slice(0, 1);
  });
  const all = [...new Set([...folders, ...moved])];
  return all.filter((folder) => !all.some((other) => isBelow(folder, other)));
}

/** Where a place shows this folder of its volume, if it does. */
function shownBy({ mountPoint, rootInPlace }: MountedPlace, volumeFolder: string): string[] {
  const root = rootInPlace === "/" ? "" : rootInPlace;
  if (!`${volumeFolder}/`.startsWith(`${root}/`)) return [];
  return [join(mountPoint, volumeFolder.slice(root.length))];
}

export interface PlacesDeps {
  drives: PeerDrives;
  library: FolderLibrary;
  folders: () => readonly string[];
  /** Something has come where media folders are: there may be files to find, or to find again. */
  onNew(): void;
  log: Log;
}

/** To be called whenever something was mounted or unmounted, or answers again or no more. */
export function createPlaces({ drives, library, folders, onNew, log }: PlacesDeps): () => void {
  let seen: Set<string> | undefined;
  let last = Promise.resolve();

  async function follow(): Promise<void> {
    const now = await reachable(drives);
    const before = seen;
    seen = new Set(now.map(nameOf));
    await library.settle();
    // The first time a scan is due anyway.
    const volumes = new Set(library.volumes());
    const concerning = now.some((place) =>
      !before?.has(nameOf(place)) && (volumes.has(place.placeId) || concerns(place, folders()))
    );
    if (before && concerning) onNew();
  }

  return () => {
    last = last.then(follow).catch((error) => log.error("Files were not settled", { error }));
  };
}

function nameOf({ placeId, mountPoint }: MountedPlace): string {
  return `${placeId}\n${mountPoint}`;
}

/** Whether a media folder lies there, or it lies in a media folder. */
function concerns({ mountPoint }: MountedPlace, folders: readonly string[]): boolean {
  return folders.some((folder) =>
    folder === mountPoint || isBelow(folder, mountPoint) || isBelow(mountPoint, folder)
  );
}

/** Why nothing on this volume can be read, and what to do. */
export function whyAway(volumeId: string, drives: PeerDrives): string {
  const volume = drives.findVolume(volumeId);
  if (!volume) {
    const source = /^mount:[^:]*:(.*)$/.exec(volumeId)?.[1];
    return source ? `"${source}" is not mounted: mount it again` : "its drive is away: plug it in";
  }
  const names = volume.driveIds.map((id) => {
    const drive = drives.findDrive(id);
    return drive?.model ?? drive?.name ?? id;
  });
  const drive = `its drive (${
    [volume.label && `"${volume.label}" on`, names.join(", ")]
      .filter(Boolean).join(" ")
  })`;
  const { answering } = drives.mountState(volumeId) ?? {};
  if (answering === false) return `${drive} does not answer: it goes on by itself when it does`;
  if (volume.present) return `${drive} is not mounted: mount it`;
  const isHere = volume.driveIds.length > 0 &&
    volume.driveIds.every((id) => drives.findDrive(id)?.present);
  return isHere
    ? `its volume is closed, on ${drive}: unlock, assemble or attach it`
    : `${drive} is away: plug it in`;
}
