/**
 * One volume, whichever class told of it: a file system on a disk, a disc in a drive, a floppy, a
 * folder on a server or a piece of memory, all of which look alike to a person with a letter.
 *
 * @module
 */
import type { Finding } from "../../../graph/block.ts";
import { serverIn } from "../names.ts";

export interface VolumeFacts {
  /** "Volume{…}". */
  guid?: string | undefined;
  /** "C:". */
  letter?: string | undefined;
  /** Folders in which it is mounted: `D:\mounts\films\`. */
  folders?: string[];
  /** GetDriveType: 2 removable, 3 fixed, 4 remote, 5 CD-ROM, 6 memory; or PowerShell's word. */
  driveType?: string | undefined;
  /** Win32_LogicalDisk.MediaType: 1 to 10 and 13 up are sizes of floppies. */
  mediaType?: number | undefined;
  fileSystem?: string | undefined;
  label?: string | undefined;
  /** "5F4B-FEEE", of the file system. */
  serial?: string | undefined;
  totalBytes?: number | undefined;
  freeBytes?: number | undefined;
  readOnly?: boolean | undefined;
  /** `\\server\share`. */
  remote?: string | undefined;
  parents?: string[];
}

const driveTypes: Record<string, string> = {
  "2": "removable",
  "3": "fixed",
  "4": "remote",
  "5": "optical",
  "6": "memory",
  "cd-rom": "optical",
  "cdrom": "optical",
  "network": "remote",
  "ram": "memory",
  "ram disk": "memory",
};

export function toVolume(facts: VolumeFacts): Finding[] {
  const { guid, letter, folders = [], totalBytes, freeBytes, label } = facts;
  const told = facts.driveType?.toLowerCase() ?? "";
  const driveType = driveTypes[told] ?? told;
  const name = letter ?? guid ?? folders[0];
  if (!name) return [];
  if (driveType === "remote" || facts.remote) return toShare(facts, name);
  const fileSystem = isFileSystem(facts.fileSystem) ? facts.fileSystem : undefined;
  const isEmpty = !fileSystem && !totalBytes;
  const isFloppy = driveType === "removable" && isFloppyMedia(facts.mediaType);
  // A slot without a card has its letter all the same.
  const isReached = !isEmpty || !["removable", "optical"].includes(driveType);
  return [{
    name,
    aliases: guid ? [guid] : [],
    type: isFloppy ? "floppy" : driveType === "optical" ? "rom" : "volume",
    removable: isFloppy || driveType === "optical" ? true : undefined,
    ghost: driveType === "memory" ? true : undefined,
    parents: facts.parents ?? [],
    mountPoints: isReached ? [...letter ? [`${letter}\\`] : [], ...folders] : [],
    fileSystem,
    label: isEmpty ? undefined : label,
    uuid: facts.serial,
    // The best there is where nobody tells the file system's own number: of GPT it is the
    // partition's GUID, elsewhere this machine made it, and keeps it.
    partUuid: guid?.replaceAll(/Volume|[{}]/g, ""),
    totalBytes: totalBytes || undefined,
    freeBytes: totalBytes ? freeBytes : undefined,
    sizeBytes: totalBytes || undefined,
    readOnly: facts.readOnly,
  }];
}

/** The server is the device, and what it shares a volume on it. */
function toShare({ remote, letter, ...facts }: VolumeFacts, name: string): Finding[] {
  // Without a name, "net:hgfs": the folders that a virtual machine's host shares.
  const server = serverIn(remote) ?? (facts.fileSystem ?? name).toLowerCase();
  const whole = remote ?? name;
  return [
    { name: `net:${server}`, type: "server", aliases: [server] },
    {
      name: whole,
      type: "share",
      parents: [`net:${server}`],
      mountPoints: letter ? [`${letter}\\`] : facts.folders ?? [],
      fileSystem: facts.fileSystem,
      label: facts.label,
      totalBytes: facts.totalBytes,
      freeBytes: facts.freeBytes,
    },
  ];
}

/** PowerShell's words and numbers for "none". */
function isFileSystem(text: string | undefined): boolean {
  return text !== undefined && !/^(unknown|raw|\d+)$/i.test(text);
}

function isFloppyMedia(mediaType: number | undefined): boolean {
  return mediaType !== undefined && mediaType > 0 && mediaType !== 11 && mediaType !== 12;
}

/** "5F4B-FEEE" of 5F4BFEEE, "5F4B-FEEE" or 1598816494; nobody numbers a file system 0. */
export function volumeSerial(told: string | undefined, base: 10 | 16): string | undefined {
  const number = parseInt(told?.replace("-", "") ?? "", base);
  if (!Number.isInteger(number) || number <= 0 || number > 0xffff_ffff) return;
  const digits = number.toString(16).toUpperCase().padStart(8, "0");
  return `${digits.slice(0, 4)}-${digits.slice(4)}`;
}
