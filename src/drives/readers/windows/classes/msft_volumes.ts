/**
 * MSFT_Partition and MSFT_Volume. A partition's access paths say which volume stands on it; a
 * volume on several disks has no partition here, see `links.ts`.
 *
 * @module
 */
import type { Finding } from "../../../graph/block.ts";
import { driveName, isMountPath, letterIn, mountPath, placeOf, volumeGuid } from "../names.ts";
import { flag, list, number, type Row, size, text } from "../row.ts";
import { toVolume } from "./volume.ts";

export function msftPartitions(rows: readonly Row[]): Finding[] {
  return rows.flatMap((row) => {
    const [disk, partition] = [number(row, "DiskNumber"), number(row, "PartitionNumber")];
    if (disk === undefined || partition === undefined) return [];
    // As in \Device\Harddisk0\Partition3.
    const name = `Harddisk${disk}Partition${partition}`;
    const sizeBytes = size(row, "Size");
    const found: Finding = {
      name,
      type: "part",
      aliases: placeOf(disk, number(row, "Offset")),
      parents: [driveName(disk)],
      partUuid: text(row, "Guid")?.replaceAll(/[{}]/g, "").toLowerCase(),
      sizeBytes,
      readOnly: flag(row, "IsReadOnly"),
    };
    const volume = volumeOn(row, name, sizeBytes);
    const mentioned: Finding = { name: driveName(disk), type: "disk", mentioned: true };
    return volume ? [mentioned, found, volume] : [mentioned, found];
  });
}

function volumeOn(row: Row, partition: string, sizeBytes?: number): Finding | undefined {
  const paths = list(row, "AccessPaths");
  const guid = paths.map(volumeGuid).find(Boolean);
  const letter = letterIn(text(row, "DriveLetter"));
  const reached = paths.filter(isMountPath).map(mountPath);
  if (letter) reached.unshift(`${letter}\\`);
  const name = letter ?? reached.map((path) => letterIn(path)).find(Boolean) ?? guid ?? reached[0];
  if (!name) return;
  return {
    name,
    aliases: guid ? [guid] : [],
    type: "volume",
    parents: [partition],
    mountPoints: reached,
    partUuid: guid?.replaceAll(/Volume|[{}]/g, ""),
    sizeBytes,
  };
}

export function msftVolumes(rows: readonly Row[]): Finding[] {
  return rows.flatMap((row) =>
    toVolume({
      guid: [text(row, "UniqueId"), text(row, "Path"), text(row, "ObjectId")].map(volumeGuid)
        .find(Boolean),
      letter: letterIn(text(row, "DriveLetter")),
      driveType: text(row, "DriveType"),
      fileSystem: text(row, "FileSystem") ?? text(row, "FileSystemType"),
      label: text(row, "FileSystemLabel") ?? text(row, "FriendlyName"),
      totalBytes: size(row, "Size"),
      freeBytes: size(row, "SizeRemaining"),
    })
  );
}
