/**
 * `Get-PhysicalDisk | ConvertTo-Json` and the like of any class: a list, or one object alone, or
 * lists in an object, with numbers or words for enumerations, and with the noise of CIM.
 *
 * @module
 */
import { parseJson, type Reader, unreadable } from "../reader.ts";
import { record, type Values } from "../values.ts";
import { byClass } from "./class_of.ts";
import { classes, findingsOf } from "./classes/mod.ts";
import { type Row, toRow } from "./row.ts";

export const convertToJson: Reader = {
  name: "PowerShell ConvertTo-Json",
  platform: "windows",
  recognise(text) {
    if (!/^\s*[{[]/.test(text) || !marks.test(text)) return false;
    try {
      return tablesIn(text).size > 0;
    } catch {
      return false;
    }
  },
  read(text) {
    const tables = tablesIn(text);
    if (tables.size === 0) {
      throw unreadable("ConvertTo-Json", text, "it has no object of a class known");
    }
    return findingsOf(tables);
  },
};

/** Properties of Windows that no other tool's JSON has. */
const marks =
  /"(CimClass|CimSystemProperties|CreationClassName|__CLASS|SpindleSpeed|CanPool|PartitionStyle|DiskNumber|FileSystemLabel|PNPDeviceID|VolumeSerialNumber|ResiliencySettingName|IsPrimordial|SizeRemaining|DiskIndex|UniqueIdFormat|BusType|InterfaceType|Antecedent|ProtectionStatus|DriveType)"\s*:/i;

function tablesIn(text: string): Map<string, Row[]> {
  const rows = objectsIn(parseJson("ConvertTo-Json", text)).map((one) => toRow(flat(one)));
  const tables = byClass(rows);
  for (const name of tables.keys()) if (!classes.has(name)) tables.delete(name);
  return tables;
}

/** Lists in lists, `{ "value": […], "Count": 2 }` and lists by name come down to their objects. */
function objectsIn(value: unknown, depth = 0): Values[] {
  if (Array.isArray(value)) return value.flatMap((item) => objectsIn(item, depth));
  const object = record(value);
  if (Object.keys(object).length === 0 || depth > MAX_DEPTH) return [];
  const inner = Object.values(object).filter((one) =>
    Array.isArray(one) && one.some((item) => Object.keys(record(item)).length > 2)
  );
  const isPlain = Object.entries(object).some(([name, one]) =>
    typeof one !== "object" && !/^(count|windows\w+)$/i.test(name)
  );
  if (isPlain) return [object];
  return (inner.length > 0 ? inner : Object.values(object))
    .flatMap((one) => objectsIn(one, depth + 1));
}

const MAX_DEPTH = 3;

/** A reference to another object is what identifies it; a list in "value" is that list. */
function flat(object: Values): [string, unknown][] {
  return Object.entries(object).map(([name, value]) => {
    const inner = record(value);
    if (Array.isArray(inner.value)) return [name, inner.value];
    const key = inner.DeviceID ?? inner.Name;
    const isReference = /^(Antecedent|Dependent|Directory|Volume)$/i.test(name);
    return isReference && typeof key === "string" ? [name, toReference(inner, key)] : [name, value];
  });
}

function toReference(inner: Values, key: string): string {
  const said = JSON.stringify(inner);
  const className = /"(?:CimClassName|ClassName|CreationClassName)":"(\w+)"/.exec(said)?.[1];
  const guess = /^[A-Z]:$/i.test(key)
    ? "Win32_LogicalDisk"
    : key.startsWith("Disk #")
    ? "Win32_DiskPartition"
    : "Win32_DiskDrive";
  return `${className ?? guess}.DeviceID="${key}"`;
}
