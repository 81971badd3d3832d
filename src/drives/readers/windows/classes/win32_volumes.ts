/**
 * Win32_LogicalDisk, Win32_Volume and what else tells of letters and mounted folders.
 *
 * @module
 */
import type { Finding } from "../../../graph/block.ts";
import { isMountPath, letterIn, mountPath, referencesIn, volumeGuid } from "../names.ts";
import { number, type Row, rowsOf, size, type Tables, text } from "../row.ts";
import { toVolume, volumeSerial } from "./volume.ts";

/** Also Win32_MappedLogicalDisk: it tells no DriveType, for all of them are remote. */
export function logicalDisks(rows: readonly Row[], tables: Tables): Finding[] {
  return rows.flatMap((row) => {
    const letter = letterIn(text(row, "DeviceID")) ?? letterIn(text(row, "Name")) ??
      letterIn(text(row, "Caption"));
    const connection = rowsOf(tables, "Win32_NetworkConnection").find((one) =>
      letter !== undefined && letterIn(text(one, "LocalName")) === letter
    );
    return toVolume({
      letter,
      driveType: text(row, "DriveType"),
      mediaType: number(row, "MediaType"),
      fileSystem: text(row, "FileSystem"),
      label: text(row, "VolumeName"),
      serial: volumeSerial(text(row, "VolumeSerialNumber"), 16),
      totalBytes: size(row, "Size"),
      freeBytes: size(row, "FreeSpace"),
      remote: text(row, "ProviderName") ?? (connection && text(connection, "RemoteName")),
    });
  });
}

/** The name is the letter's root, the folder in which it is mounted, or the GUID's path. */
export function win32Volumes(rows: readonly Row[]): Finding[] {
  return rows.flatMap((row) => {
    const name = text(row, "Name") ?? text(row, "Caption");
    const letter = letterIn(text(row, "DriveLetter")) ?? letterIn(name);
    const isFolder = name !== undefined && isMountPath(name) && !letterIn(name);
    return toVolume({
      guid: volumeGuid(text(row, "DeviceID")) ?? volumeGuid(name),
      letter,
      folders: isFolder ? [mountPath(name)] : [],
      driveType: text(row, "DriveType"),
      fileSystem: text(row, "FileSystem"),
      label: text(row, "Label"),
      serial: volumeSerial(text(row, "SerialNumber"), 10),
      totalBytes: size(row, "Capacity"),
      freeBytes: size(row, "FreeSpace"),
    });
  });
}

/** Which letter is which folder of a server; nobody has to ask the server for this. */
export function networkConnections(rows: readonly Row[]): Finding[] {
  return rows.flatMap((row) => {
    const letter = letterIn(text(row, "LocalName"));
    const remote = text(row, "RemoteName");
    return letter && remote ? toVolume({ letter, remote, driveType: "4" }) : [];
  });
}

/** BitLocker: of a volume that is locked nothing else can be read. */
export function encryptableVolumes(rows: readonly Row[]): Finding[] {
  return rows.flatMap((row) => {
    const isLocked = text(row, "ProtectionStatus") === "2";
    return toVolume({
      guid: volumeGuid(text(row, "DeviceID")),
      letter: letterIn(text(row, "DriveLetter")),
      driveType: "3",
      fileSystem: isLocked ? "BitLocker" : undefined,
    });
  });
}

/** `Win32_Directory.Name="D:\\mounts\\films"` and the volume that is mounted there. */
export function mountPoints(rows: readonly Row[]): Finding[] {
  return rows.flatMap((row) => {
    const guid = volumeGuid(keyIn(text(row, "Volume")));
    const path = keyIn(text(row, "Directory"));
    if (!guid || !path || !isMountPath(path)) return [];
    const letter = letterIn(path);
    return [{
      name: guid,
      aliases: letter ? [letter] : [],
      type: "volume",
      mountPoints: [mountPath(path)],
    }];
  });
}

function keyIn(reference: string | undefined): string | undefined {
  return referencesIn(reference ?? "")[0]?.key ?? reference;
}
