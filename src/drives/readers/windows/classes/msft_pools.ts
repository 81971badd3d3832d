/**
 * MSFT_StoragePool and MSFT_VirtualDisk: physical disks → pool → space → "Disk 4".
 *
 * The rows of our own script also say which objects belong together, as `PhysicalDiskIds`, `PoolId`
 * and `DiskNumber`; CIM has that in associations only.
 *
 * @module
 */
import type { Finding } from "../../../graph/block.ts";
import { driveName } from "../names.ts";
import { flag, list, number, type Row, rowsOf, size, type Tables, text } from "../row.ts";
import { objectName } from "./msft_disks.ts";

/** MSFT_PhysicalDisk.Usage, of a disk that holds no plain content. */
const usages: Record<string, string> = {
  "3": "spare",
  "4": "retired",
  "5": "cache",
  "hot spare": "spare",
  "retired": "retired",
  "journal": "cache",
};

export function storagePools(rows: readonly Row[], tables: Tables): Finding[] {
  return rows.filter((row) => !isPrimordial(row)).map((row) => {
    const beneath = list(row, "PhysicalDiskIds").map(objectName);
    const roles = beneath.flatMap((name) => {
      const disk = rowsOf(tables, "MSFT_PhysicalDisk").find((one) =>
        objectName(text(one, "ObjectId") ?? "") === name
      );
      const role = usages[(disk && text(disk, "Usage"))?.toLowerCase() ?? ""];
      return role ? [[name, role] as const] : [];
    });
    return {
      name: text(row, "FriendlyName") ?? text(row, "UniqueId") ?? "Storage pool",
      aliases: [text(row, "ObjectId") ?? []].flat().map(objectName),
      type: "storage pool",
      parents: beneath,
      roles: Object.fromEntries(roles),
      sizeBytes: size(row, "Size"),
    };
  });
}

/** A space is the disk that Windows makes of it; one that is detached has no number. */
export function virtualDisks(rows: readonly Row[], tables: Tables): Finding[] {
  return rows.map((row) => {
    const index = number(row, "DiskNumber") ?? diskWith(text(row, "UniqueId"), tables);
    const pool = text(row, "PoolId");
    const beneath = list(row, "PhysicalDiskIds").map(objectName);
    const name = text(row, "FriendlyName") ?? text(row, "UniqueId") ?? "Storage space";
    return {
      name: index === undefined ? name : driveName(index),
      mapperName: index === undefined ? undefined : name,
      type: pool || beneath.length > 0 ? "storage space" : "disk",
      parents: pool ? [objectName(pool)] : beneath,
      transport: "spaces",
      sizeBytes: size(row, "Size"),
    };
  });
}

/** The pool of all disks that are in no other pool. */
function isPrimordial(row: Row): boolean {
  return flag(row, "IsPrimordial") ?? /^primordial$/i.test(text(row, "FriendlyName") ?? "");
}

function diskWith(uniqueId: string | undefined, tables: Tables): number | undefined {
  if (!uniqueId) return;
  const disk = rowsOf(tables, "MSFT_Disk").find((one) => text(one, "UniqueId") === uniqueId);
  return disk && number(disk, "Number");
}
