/**
 * Which CIM class an object is of: it says so itself, or its properties do.
 *
 * @module
 */
import { diskPartition, driveIndexIn, referencesIn } from "./names.ts";
import { type Row, text, wasAsked } from "./row.ts";

/** Properties that only one class has, or has together. The first that fits. */
const signs: [name: string, ...properties: string[]][] = [
  ["MSFT_PhysicalDisk", "SpindleSpeed"],
  ["MSFT_PhysicalDisk", "CanPool"],
  ["MSFT_PhysicalDisk", "MediaType", "FriendlyName"],
  ["MSFT_PhysicalDisk", "MediaType", "UniqueId"],
  ["MSFT_PhysicalDisk", "MediaType", "BusType"],
  ["MSFT_VirtualDisk", "ResiliencySettingName"],
  ["MSFT_StoragePool", "IsPrimordial"],
  ["MSFT_Partition", "DiskNumber", "PartitionNumber"],
  ["MSFT_Disk", "PartitionStyle"],
  ["MSFT_Disk", "Number", "BusType"],
  ["MSFT_Disk", "Number", "FriendlyName"],
  ["MSFT_Volume", "FileSystemLabel"],
  ["MSFT_Volume", "DriveLetter", "SizeRemaining"],
  ["Win32_EncryptableVolume", "ProtectionStatus"],
  ["Win32_EncryptableVolume", "PersistentVolumeID"],
  ["Win32_MountPoint", "Directory", "Volume"],
  ["Win32_DiskPartition", "DiskIndex"],
  ["Win32_NetworkConnection", "LocalName", "RemoteName"],
  ["Win32_MappedLogicalDisk", "ProviderName", "SessionID"],
  ["Win32_LogicalDisk", "VolumeSerialNumber"],
  ["Win32_LogicalDisk", "ProviderName"],
  ["Win32_LogicalDisk", "DeviceID", "VolumeName"],
  ["Win32_Volume", "Capacity", "DriveLetter"],
  ["Win32_Volume", "Capacity", "FileSystem"],
  ["Win32_CDROMDrive", "Drive", "MediaLoaded"],
  ["Win32_CDROMDrive", "Drive", "Caption"],
  ["Win32_DiskDrive", "InterfaceType"],
  ["Win32_DiskDrive", "TotalCylinders"],
  ["MSStorageDriver_FailurePredictStatus", "InstanceName", "PredictFailure"],
];

/** What says the class itself, by tool: wmic, WMI, PowerShell. */
const names = ["CreationClassName", "__CLASS", "ClassName", "CimClass"];

/** The class of one object, or undefined. */
export function classOf(row: Row): string | undefined {
  const link = linkOf(row);
  if (link) return link;
  for (const name of names) {
    // "root/microsoft/windows/storage:MSFT_PhysicalDisk"
    const said = /(?:^|[:/\\])((?:Win32|MSFT|MSStorageDriver)_\w+)$/.exec(text(row, name) ?? "");
    if (said) return said[1];
  }
  const nested = nestedName(row);
  if (nested) return nested;
  const sign = signs.find(([, ...properties]) => properties.every((name) => wasAsked(row, name)));
  return sign?.[0] ?? byValue(row);
}

/** ConvertTo-Json writes CimClass as an object, or as a text. */
function nestedName(row: Row): string | undefined {
  const inner = JSON.stringify(row.get("cimclass") ?? row.get("cimsystemproperties") ?? "");
  return /"(?:CimClassName|ClassName)":"((?:Win32|MSFT)_\w+)"/.exec(inner)?.[1] ??
    /:((?:Win32|MSFT)_\w+)/.exec(inner)?.[1];
}

function linkOf(row: Row): string | undefined {
  if (!wasAsked(row, "Antecedent") || !wasAsked(row, "Dependent")) return;
  const told = `${text(row, "Antecedent") ?? ""} ${text(row, "Dependent") ?? ""}`;
  const linked = referencesIn(told).map(({ className }) => className.toLowerCase());
  if (linked.includes("win32_logicaldisk")) return "Win32_LogicalDiskToPartition";
  if (linked.includes("win32_diskdrive")) return "Win32_DiskDriveToDiskPartition";
}

/** The few properties that somebody asked for may do: `wmic diskdrive get DeviceID,Model`. */
function byValue(row: Row): string | undefined {
  const id = text(row, "DeviceID") ?? text(row, "Name") ?? text(row, "Caption");
  if (driveIndexIn(id) !== undefined) return "Win32_DiskDrive";
  if (diskPartition(id)) return "Win32_DiskPartition";
  if (/^[A-Z]:$/i.test(id ?? "") && row.size > 1) return "Win32_LogicalDisk";
  if (/^\\\\\?\\Volume\{/i.test(id ?? "")) return "Win32_Volume";
  const isDrive = wasAsked(row, "PNPDeviceID") && /\bDISK/i.test(text(row, "PNPDeviceID") ?? "");
  if (isDrive) return "Win32_DiskDrive";
  return wasAsked(row, "UniqueId") ? "MSFT_PhysicalDisk" : undefined;
}

/** The objects by class; those of no class known are left out. */
export function byClass(rows: readonly Row[]): Map<string, Row[]> {
  const found = Map.groupBy(rows, (row) => classOf(row) ?? "");
  found.delete("");
  return found;
}
