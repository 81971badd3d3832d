/**
 * `system_profiler SP…DataType`, with `-json` or `-xml`: the same tree of controllers and devices,
 * which alone knows serial numbers and what kind of medium a disk has.
 *
 * @module
 */
import type { Finding } from "../../../graph/block.ts";
import { type Reader, unreadable } from "../../reader.ts";
import { nameOf } from "../devices.ts";
import { opticalDrive, storageVolume, toDevice } from "./item.ts";
import { treesIn } from "../tree.ts";
import { records, type Values, word } from "../../values.ts";

const TOOL = "system_profiler";

export const profiler: Reader = {
  name: TOOL,
  platform: "darwin",
  recognise: (text) =>
    /<key>_dataType<\/key>\s*<string>SP\w+DataType</.test(text) ||
    /^\s*\{\s*"SP\w+DataType"\s*:/.test(text),
  read: (text) => ({ devices: devicesIn(text) }),
};

/** The types of data that tell of disks, by how those are attached. */
const transports: Record<string, string | undefined> = {
  SPNVMeDataType: "nvme",
  SPSerialATADataType: "sata",
  SPParallelATADataType: "ata",
  SPUSBDataType: "usb",
  SPUSBHostDataType: "usb",
  SPFireWireDataType: "firewire",
  SPThunderboltDataType: "thunderbolt",
  SPCardReaderDataType: "mmc",
  SPSASDataType: "sas",
  SPParallelSCSIDataType: "scsi",
  SPFibreChannelDataType: "fc",
};

function devicesIn(text: string): Finding[] {
  const reports = treesIn(TOOL, text).flatMap(reportsIn);
  if (reports.length === 0) throw unreadable(TOOL, text, "it has no type of data");
  return describe(reports);
}

/** The findings of items by their type of data. */
export function describe(reports: [type: string, items: Values[]][]): Finding[] {
  const devices = reports.flatMap(([type, items]) => {
    const transport = transports[type];
    if (transport) return disksIn(items, transport);
    return type === "SPStorageDataType" ? items.flatMap(storageVolume) : [];
  });
  const burners = reports.flatMap(([type, items]) =>
    type === "SPDiscBurningDataType" ? items.flatMap(opticalDrive) : []
  );
  return [...devices, ...burners.filter((drive) => !isAmong(drive, devices))];
}

/** `{"SPUSBDataType": [...]}`, or `{"_dataType": "SPUSBDataType", "_items": [...]}`. */
function reportsIn(tree: Values): [string, Values[]][] {
  const type = word(tree._dataType);
  if (type) return [[type, records(tree._items)]];
  return Object.entries(tree).filter(([key]) => /^SP\w+DataType$/.test(key))
    .map(([key, items]) => [key, records(items)]);
}

/**
 * The disks on a bus, from the ends of the tree. A hub or a bus that shows the disk behind it as
 * its own says nothing new.
 */
function disksIn(items: Values[], transport: string, above: Values = {}): Finding[] {
  return items.flatMap((item) => {
    const own = { ...inherited(above), ...item };
    const behind = disksIn(records(item._items), transport, own);
    const isShown = behind.some(({ name }) => name === nameOf(item.bsd_name));
    return isShown ? behind : [...behind, ...toDevice(own, transport)];
  });
}

/** What a controller or a reader says of the disk in it. */
function inherited(above: Values): Values {
  const keys = Object.entries(above)
    .filter(([key]) => key === "spsata_physical_interconnect" || key.includes("reader_card_"));
  return Object.fromEntries(keys);
}

/** A drive with a disc in it is a device already, by the name of the disc's device. */
function isAmong({ transport }: Finding, devices: readonly Finding[]): boolean {
  const isUsb = transport === "usb";
  return devices.some((one) => one.type === "rom" && (one.transport === "usb") === isUsb);
}
