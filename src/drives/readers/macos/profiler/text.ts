/**
 * `system_profiler` as printed for people, in English: the same tree, by its indentation.
 *
 * @module
 */
import { type Reader, unreadable } from "../../reader.ts";
import type { Values } from "../../values.ts";
import { PHYSICAL_VOLUMES } from "./item.ts";
import { describe } from "./report.ts";

const TOOL = "system_profiler, as text";

/** The heading of a type of data; some were renamed. */
const types: Record<string, string> = {
  "ATA": "SPParallelATADataType",
  "Card Reader": "SPCardReaderDataType",
  "Disc Burning": "SPDiscBurningDataType",
  "Fibre Channel": "SPFibreChannelDataType",
  "FireWire": "SPFireWireDataType",
  "NVMExpress": "SPNVMeDataType",
  "Parallel ATA": "SPParallelATADataType",
  "Parallel SCSI": "SPParallelSCSIDataType",
  "SAS": "SPSASDataType",
  "SATA": "SPSerialATADataType",
  "SATA/SATA Express": "SPSerialATADataType",
  "Serial-ATA": "SPSerialATADataType",
  "Storage": "SPStorageDataType",
  "USB": "SPUSBDataType",
};

export const profilerText: Reader = {
  name: TOOL,
  platform: "darwin",
  recognise: (text) =>
    /^ {4,}BSD Name: disk\d/m.test(text) && [...text.matchAll(/^(\S[^:\n]*):[ \t]*$/gm)]
      .some(([, title = ""]) => title in types),
  read(text) {
    const sections = nodesIn(text).flatMap(({ title, children }) => {
      const type = types[title];
      return type ? [[type, children.map(toItem)] as [string, Values[]]] : [];
    });
    if (sections.length === 0) throw unreadable(TOOL, text, "it has no type of data with disks");
    return { devices: describe(sections) };
  },
};

/** A heading with the lines and headings below it. */
interface Node {
  title: string;
  indent: number;
  fields: [label: string, value: string][];
  children: Node[];
}

function nodesIn(text: string): Node[] {
  const root: Node = { title: "", indent: -1, fields: [], children: [] };
  const stack = [root];
  for (const line of text.split(/\r?\n/)) {
    const content = line.trim();
    if (!content) continue;
    const indent = line.length - line.trimStart().length;
    while (stack.at(-1)!.indent >= indent) stack.pop();
    const above = stack.at(-1)!;
    const [, label, value] = /^([^:]+): (.+)$/.exec(content) ?? [];
    if (label && value) {
      above.fields.push([label, value]);
    } else if (content.endsWith(":")) {
      const node = { title: content.slice(0, -1), indent, fields: [], children: [] };
      above.children.push(node);
      stack.push(node);
    }
  }
  return root.children;
}

/** Labels by the keys of the other forms. */
const keys: Record<string, string> = {
  "Available": "free_space_in_bytes",
  "BSD Name": "bsd_name",
  "Capacity": "size_in_bytes",
  "Content": "iocontent",
  "Device Name": "device_name",
  "File System": "file_system",
  "Free": "free_space_in_bytes",
  "Interconnect": "interconnect",
  "Manufacturer": "manufacturer",
  "Medium Type": "spsata_medium_type",
  "Model": "device_model",
  "Mount Point": "mount_point",
  "Physical Interconnect": "spsata_physical_interconnect",
  "Protocol": "protocol",
  "Removable Media": "removable_media",
  "Serial Number": "device_serial",
  "Vendor ID": "vendor_id",
  "Volume UUID": "volume_uuid",
  "Writable": "writable",
};

function toItem({ title, fields, children }: Node): Values {
  const item: Values = { _name: title };
  for (const [label, value] of fields) {
    const key = keys[label];
    if (key) item[key] ??= key.endsWith("_in_bytes") ? bytesIn(value) : value;
  }
  const lists = {
    "Volumes": "volumes",
    "Media": "Media",
    "Physical Volumes": PHYSICAL_VOLUMES,
  } as const;
  const own = children.filter((child) => !(child.title in lists));
  for (const [name, key] of Object.entries(lists)) {
    item[key] = children.filter((child) => child.title === name)
      .flatMap((child) => child.children.map(toItem));
  }
  const drive = own.find((child) => child.title === "Physical Drive");
  if (drive) item.physical_drive = { ...toItem(drive), medium_type: mediumOf(drive) };
  item._items = own.filter((child) => child !== drive).map(toItem);
  return item;
}

function mediumOf({ fields }: Node): string | undefined {
  return fields.find(([label]) => label === "Medium Type")?.[1];
}

/** "250,06 GB (250.059.350.016 bytes)"; before 10.6 it is rounded, and in units of either kind. */
function bytesIn(text: string): number | undefined {
  const digits = /\(([\d.,\s\u00a0\u202f']+) bytes\)/i.exec(text)?.[1]?.replaceAll(/\D/g, "");
  return digits ? Number(digits) : undefined;
}
