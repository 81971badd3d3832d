/**
 * One device, volume or drive in the tree of `system_profiler`.
 *
 * @module
 */
import type { Finding } from "../../../graph/block.ts";
import {
  apfsVolume,
  fileSystemIn,
  fileSystemOf,
  isCardReader,
  isImage,
  isMember,
  nameOf,
  partition,
  rotationalOf,
  transportOf,
  wholeOf,
} from "../devices.ts";
import { flag, integer, records, type Values, word } from "../../values.ts";

/** A disk, if this item is one; or the disks in it: "Media" of USB, units of FireWire. */
export function toDevice(item: Values, transport: string, depth = 0): Finding[] {
  if (nameOf(item.bsd_name) || depth > MAX_DEPTH) return toDisk(item, transport);
  const inner = Object.entries(item).filter(([key]) => key !== "_items" && key !== "volumes")
    .flatMap(([, value]) => records(value));
  const disks = inner.flatMap((one) =>
    toDevice({ ...described(item), ...one }, transport, depth + 1)
  );
  return disks.length > 0 ? disks : toDisk(item, transport);
}

const MAX_DEPTH = 4;

/** What a device says of all that is in it: its words, not its lists. */
function described(item: Values): Values {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => typeof value !== "object"));
}

function toDisk(item: Values, transport: string): Finding[] {
  const volumes = records(item.volumes);
  const optical = [item, ...volumes].some((one) => word(one.optical_media_type)) ||
    word(item.optical_drive_type ?? item.disc_burning) !== undefined || isEmptyOptical(item);
  const model = modelOf(item);
  // An empty optical drive is a drive without a device.
  const name = nameOf(item.bsd_name) ?? (optical ? model : undefined);
  if (!name) return [];
  const isCard = transport === "mmc" || isCardReader(model);
  const interconnect = word(item.spsata_physical_interconnect);
  const disk: Finding = {
    name,
    type: optical ? "rom" : "disk",
    model,
    vendor: vendorOf(item, isCard),
    serial: isCard ? word(item.spcardreader_card_serialnumber) : serialOf(item),
    transport: transportOf(interconnect) ?? transport,
    sizeBytes: integer(item.size_in_bytes),
    rotational: optical ? undefined : mediumOf(item),
    rotationRpm: integer(item.spsata_rotational_rate),
    removable: flag(item.removable_media),
  };
  const aliases = optical && model && model !== name ? [model] : [];
  return [{ ...disk, aliases }, ...volumes.flatMap((volume) => toVolume(volume, name))];
}

/** A drive that tells no more than its name, for it has no disc in it and cannot write any. */
function isEmptyOptical(item: Values): boolean {
  return item.bsd_name === undefined && item.size_in_bytes === undefined &&
    /\b(CD|DVD|BD)[ -]?(ROM|RW|R|RE|RAM)\b/i.test(word(item.device_model) ?? "");
}

function modelOf(item: Values): string | undefined {
  return word(item.device_model) ?? word(item.spcardreader_card_productname) ?? word(item._name);
}

function serialOf(item: Values): string | undefined {
  return word(item.device_serial) ?? word(item.serial_num) ??
    word(item.USBDeviceKeySerialNumber) ?? word(item.serial_number);
}

/** "0x0781  (SanDisk Corporation)" is the vendor of a bridge that names no maker. */
function vendorOf(item: Values, isCard: boolean): string | undefined {
  if (isCard) return undefined;
  return word(item.device_manufacturer) ?? word(item.manufacturer) ??
    word(item.USBDeviceKeyVendorName) ?? /\(([^)]+)\)/.exec(word(item.vendor_id) ?? "")?.[1];
}

function mediumOf(item: Values): boolean | undefined {
  const medium = word(item.spsata_medium_type) ?? word(item.medium_type) ?? "";
  return /^rotational/i.test(medium) ? true : /^(solid|ssd)/i.test(medium) ? false : undefined;
}

function toVolume(volume: Values, disk: string): Finding[] {
  const name = nameOf(volume.bsd_name);
  if (!name || name === disk) return [];
  const facts = factsOf(volume, name);
  if (facts.fileSystem === "apfs") return apfsVolume(name, { ...facts, ...shared });
  // Listed under its disk with the name of another: a volume of CoreStorage on it.
  if (wholeOf(name) !== wholeOf(disk)) return [{ name, parents: [disk], ...facts }];
  return partition(name, facts);
}

function factsOf(volume: Values, name: string): Partial<Finding> {
  const content = word(volume.iocontent);
  const said = word(volume._name);
  const label = said === name ? undefined : said;
  const fileSystem = fileSystemOf(word(volume.file_system)) ?? fileSystemIn(content);
  const sizeBytes = integer(volume.size_in_bytes);
  if (!fileSystem && isMember(content)) return { sizeBytes, partLabel: label };
  const mountPoint = word(volume.mount_point);
  const freeBytes = integer(volume.free_space_in_bytes);
  return {
    sizeBytes,
    label,
    fileSystem,
    uuid: word(volume.volume_uuid),
    mountPoints: mountPoint?.startsWith("/") ? [mountPoint] : [],
    freeBytes,
    totalBytes: freeBytes === undefined ? undefined : sizeBytes,
    readOnly: flag(volume.writable) === undefined ? undefined : !flag(volume.writable),
  };
}

/** What is told as an APFS volume's size is its container's, which it shares with others. */
const shared = { sizeBytes: undefined, totalBytes: undefined };

/** SPStorageDataType: volumes, each with what it stands on, but for that one's name. */
export function storageVolume(volume: Values): Finding[] {
  const name = nameOf(volume.bsd_name);
  if (!name) return [];
  const facts = factsOf(volume, name);
  if (facts.fileSystem === "apfs") return apfsVolume(name, { ...facts, ...shared });
  const [drive = {}] = records([volume.physical_drive]);
  const physical = records(volume[PHYSICAL_VOLUMES]);
  if (physical.length > 0) return coreStorageVolume(name, facts, physical);
  const protocol = word(drive.protocol);
  const found = partition(name, facts);
  if (isImage(protocol)) return [...found, { name: wholeOf(name), type: "image", ghost: true }];
  // A volume that is a whole disk stands on others, or on a stick without partitions.
  if (wholeOf(name) === name) return found;
  return [...found, physicalDrive(name, drive)];
}

/** The key of the partitions that a volume of CoreStorage is on. */
export const PHYSICAL_VOLUMES = "com.apple.corestorage.pv";

function coreStorageVolume(name: string, facts: Partial<Finding>, physical: Values[]): Finding[] {
  const parts = physical.flatMap((one) => {
    const part = nameOf(one._name);
    return part ? [{ part, drive: one }] : [];
  });
  const parents = parts.map(({ part }) => part);
  return [
    ...parts.flatMap(({ part, drive }) => [...partition(part), physicalDrive(part, drive)]),
    { name, type: parts.length > 1 ? "fusion" : "corestorage", ...facts, parents },
  ];
}

/** What is said of the drive beneath a partition. */
function physicalDrive(partition: string, drive: Values): Finding {
  const protocol = word(drive.protocol);
  const solidState = mediumOf(drive) === undefined ? undefined : !mediumOf(drive);
  return {
    name: wholeOf(partition),
    model: word(drive.device_name),
    transport: transportOf(protocol),
    rotational: rotationalOf(solidState, protocol),
  };
}

/** SPDiscBurningDataType: a drive, with a disc or without; it tells no device. */
export function opticalDrive(item: Values): Finding[] {
  const model = word(item._name);
  const interconnect = word(item.interconnect);
  return model ? [{ name: model, type: "rom", model, transport: transportOf(interconnect) }] : [];
}
