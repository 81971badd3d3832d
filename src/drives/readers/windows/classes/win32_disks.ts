/**
 * Win32_DiskDrive, Win32_DiskPartition and Win32_CDROMDrive: they exist on every Windows, and know
 * neither kinds nor pools.
 *
 * @module
 */
import type { Finding } from "../../../graph/block.ts";
import { busIn, identityIn, isNvme, modelIn, pnpFacts } from "../drive_facts.ts";
import {
  diskPartition,
  driveIndexIn,
  driveName,
  letterIn,
  placeOf,
  referencesIn,
  smartctlNames,
} from "../names.ts";
import { list, number, type Row, size, text, wasAsked } from "../row.ts";

export function diskDrives(rows: readonly Row[]): Finding[] {
  return rows.flatMap((row) => {
    const index = driveIndexIn(text(row, "DeviceID")) ?? driveIndexIn(text(row, "Name")) ??
      driveIndexIn(referencesIn(text(row, "__PATH") ?? "")[0]?.key) ?? number(row, "Index");
    const pnp = pnpFacts(text(row, "PNPDeviceID"));
    if (index === undefined && !pnp) return [];
    const serial = text(row, "SerialNumber") ?? pnp?.serial;
    const model = modelIn(
      text(row, "Model") ?? text(row, "Caption") ?? pnp?.ataModel,
      text(row, "Manufacturer"),
      pnp,
    );
    return [{
      name: index === undefined ? pnp!.id : driveName(index),
      type: "disk",
      aliases: [...pnp ? [pnp.id] : [], ...index === undefined ? [] : smartctlNames(index)],
      ...model,
      ...identityIn({ serial }),
      transport: transportOf(row, serial, model.model),
      address: pnp?.id,
      sizeBytes: sizeOf(row),
      removable: capabilities(row)?.includes("7"),
    }];
  });
}

/** "SCSI" is what Windows says of all that its SCSI layer serves: SATA, NVMe, USB and RAID. */
function transportOf(row: Row, serial?: string, model?: string): string | undefined {
  const pnp = pnpFacts(text(row, "PNPDeviceID"));
  if (isNvme(pnp, serial)) return "nvme";
  if (pnp?.enumerator === "USBSTOR") return "usb";
  if (/^Microsoft Storage Space/i.test(model ?? "")) return "spaces";
  const told = text(row, "InterfaceType")?.toLowerCase();
  if (pnp?.enumerator === "SD") return "mmc";
  if (told === "ide" || pnp?.enumerator === "IDE") return "ata";
  return told === "scsi" || told === "hdc" ? undefined : busIn(told);
}

/** An empty slot of a card reader is listed without a size. */
function sizeOf(row: Row): number | undefined {
  const told = size(row, "Size");
  if (told !== undefined || !wasAsked(row, "Size")) return told;
  return capabilities(row)?.includes("7") ? 0 : undefined;
}

/** CIM's numbers: 7 is "supports removable media". */
function capabilities(row: Row): string[] | undefined {
  return wasAsked(row, "Capabilities") ? list(row, "Capabilities") : undefined;
}

export function diskPartitions(rows: readonly Row[]): Finding[] {
  return rows.flatMap((row) => {
    const found = diskPartition(text(row, "DeviceID") ?? text(row, "Name"));
    if (!found) return [];
    const disk = number(row, "DiskIndex") ?? found.index;
    return [
      { name: driveName(disk), type: "disk", mentioned: true },
      {
        name: found.name,
        type: "part",
        aliases: placeOf(disk, number(row, "StartingOffset")),
        parents: [driveName(disk)],
        sizeBytes: size(row, "Size"),
      },
    ];
  });
}

export function cdromDrives(rows: readonly Row[]): Finding[] {
  return rows.flatMap((row) => {
    const pnp = pnpFacts(text(row, "PNPDeviceID") ?? text(row, "DeviceID"));
    const name = letterIn(text(row, "Drive")) ?? pnp?.id ?? text(row, "Name");
    if (!name) return [];
    return [{
      name,
      type: "rom",
      aliases: pnp ? [pnp.id] : [],
      ...modelIn(text(row, "Caption") ?? text(row, "Name"), text(row, "Manufacturer"), pnp),
      ...identityIn({ serial: text(row, "SerialNumber") }),
      transport: pnp?.enumerator === "USBSTOR" ? "usb" : undefined,
      address: pnp?.id,
      removable: true,
    }];
  });
}

/** `IDE\DiskHGST_HUS7…\5&1d9e…_0`: the instance of a drive, with the number of the answer. */
export function failurePredictions(rows: readonly Row[]): Finding[] {
  return rows.flatMap((row) => {
    const pnp = pnpFacts(text(row, "InstanceName")?.replace(/_\d+$/, ""));
    if (!pnp) return [];
    const known = { name: pnp.id, type: "disk", model: pnp.ataModel, address: pnp.id };
    return [{ ...known, mentioned: true }];
  });
}
