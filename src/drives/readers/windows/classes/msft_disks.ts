/**
 * MSFT_PhysicalDisk and MSFT_Disk: the devices, and what Windows partitions. They are one and the
 * same but for the disks of a pool, which only the first lists, and what a pool offers, which only
 * the second does.
 *
 * @module
 */
import type { Finding } from "../../../graph/block.ts";
import { busIn, identityIn, isNvme, modelIn, pnpFacts, rotationIn, t10In } from "../drive_facts.ts";
import { driveIndexIn, driveName, smartctlNames } from "../names.ts";
import { number, type Row, rowsOf, size, type Tables, text } from "../row.ts";

export function physicalDisks(rows: readonly Row[], tables: Tables): Finding[] {
  return rows.map((row) => {
    const disk = diskOf(row, tables);
    const pnp = pnpFacts(disk && text(disk, "Path"));
    const bus = busIn(text(row, "BusType"));
    const t10 = t10In(text(row, "UniqueId"));
    const serial = text(row, "SerialNumber") ?? t10.serial;
    return {
      name: nameOf(row, tables),
      type: "disk",
      aliases: [text(row, "ObjectId") ?? []].flat().map(objectName)
        .concat(smartctlNamesOf(nameOf(row, tables))),
      ...modelIn(
        text(row, "Model") ?? t10.model ?? text(row, "FriendlyName"),
        text(row, "Manufacturer"),
        pnp,
      ),
      ...identityIn({
        serial,
        uniqueId: text(row, "UniqueId"),
        adapterSerial: text(row, "AdapterSerialNumber"),
      }),
      transport: bus === "raid" && isNvme(pnp, serial) ? "nvme" : bus,
      address: pnp?.id ?? text(row, "PhysicalLocation"),
      sizeBytes: size(row, "Size"),
      ...rotationIn(text(row, "MediaType"), number(row, "SpindleSpeed")),
    };
  });
}

export function disks(rows: readonly Row[]): Finding[] {
  return rows.flatMap((row) => {
    const index = number(row, "Number") ?? number(row, "DiskNumber");
    if (index === undefined) return [];
    const pnp = pnpFacts(text(row, "Path"));
    const bus = busIn(text(row, "BusType"));
    const image = bus === "file" ? imageOf(row) : undefined;
    const serial = text(row, "SerialNumber") ?? pnp?.serial;
    return [{
      name: driveName(index),
      aliases: smartctlNames(index),
      type: image ? "image" : "disk",
      parents: image ? [image] : [],
      ...modelIn(text(row, "Model") ?? text(row, "FriendlyName"), text(row, "Manufacturer"), pnp),
      ...identityIn({
        serial,
        uniqueId: bus === "spaces" ? undefined : text(row, "UniqueId"),
        adapterSerial: text(row, "AdapterSerialNumber"),
      }),
      transport: bus === "raid" && isNvme(pnp, serial) ? "nvme" : bus,
      address: pnp?.id ?? text(row, "Location"),
      sizeBytes: size(row, "Size"),
    }];
  });
}

/** The name under which pools refer to a physical disk. */
export function objectName(objectId: string): string {
  return `object ${objectId.replaceAll("\\\\", "\\").toLowerCase()}`;
}

/**
 * A disk in a pool keeps its number, and the number may be given once more, to what the pool
 * offers. Where there is no number the serial or unique id must do.
 */
function nameOf(row: Row, tables: Tables): string {
  const id = text(row, "DeviceId") ?? text(row, "Number");
  if (!id || !/^\d+$/.test(id)) {
    const facts = ["UniqueId", "SerialNumber", "ObjectId", "__PATH", "FriendlyName"];
    return id ?? facts.map((name) => text(row, name)).find(Boolean) ?? "PhysicalDisk";
  }
  const taken = disksWith(Number(id), tables).length > 0 && !diskOf(row, tables);
  return taken ? `PhysicalDisk ${id}` : driveName(Number(id));
}

function smartctlNamesOf(name: string): string[] {
  const index = driveIndexIn(name);
  return index === undefined ? [] : smartctlNames(index);
}

function diskOf(row: Row, tables: Tables): Row | undefined {
  const id = text(row, "DeviceId");
  if (!id || !/^\d+$/.test(id)) return;
  return disksWith(Number(id), tables).find((disk) => {
    const same = (name: string) => {
      const [a, b] = [text(row, name), text(disk, name)];
      return a === undefined || b === undefined ? undefined : a === b;
    };
    if (busIn(text(disk, "BusType")) === "spaces") return false;
    return same("UniqueId") ?? same("SerialNumber") ?? true;
  });
}

function disksWith(index: number, tables: Tables): Row[] {
  return rowsOf(tables, "MSFT_Disk").filter((disk) => number(disk, "Number") === index);
}

/** The drive letter's volume on which a VHD lies; its file is the Location of the disk. */
function imageOf(row: Row): string | undefined {
  return /^([a-z]:)\\/i.exec(text(row, "Location") ?? "")?.[1]?.toUpperCase();
}
