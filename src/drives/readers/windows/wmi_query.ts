/**
 * The answers of WMI queries as `;` separated values without a header, lists as `3|4|`: what was
 * asked has to be told by what the values look like, so only queries that cannot be mistaken.
 *
 * @module
 */
import { type Reader, unreadable } from "../reader.ts";
import { findingsOf } from "./classes/mod.ts";
import { type Row, toRow } from "./row.ts";

interface Shape {
  className: string;
  columns: string[];
  /** One for each column. */
  looks: RegExp[];
}

const path = (name: string) => new RegExp(`^(?:.*:)?${name}\\.\\w+=`, "i");
const pnp = /^(SCSI|IDE|USBSTOR|NVME|SD|SDBUS|RAID|PCI|STORAGE|USB|MPIO)\\/i;
const any = /^[^]*$/;
const whole = /^\d*$/;

/** The order in which WMI gives properties is that of the names, not of the question. */
const shapes: Shape[] = [
  {
    className: "MSFT_PhysicalDisk",
    columns:
      "__PATH BusType DeviceId FirmwareVersion MediaType Model SerialNumber Size SpindleSpeed"
        .split(" "),
    looks: [path("MSFT_PhysicalDisk"), whole, any, any, whole, any, any, whole, whole],
  },
  {
    className: "MSFT_Volume",
    columns: "ObjectId DriveLetter DriveType FileSystem FileSystemLabel Size".split(" "),
    looks: [/WSP_Volume\.ObjectId=/i, /^(\d{1,3}|[A-Z])?$/i, /^\d$/, any, any, whole],
  },
  {
    className: "MSFT_PhysicalDisk",
    columns: ["__PATH", "DeviceId", "OperationalStatus"],
    looks: [path("MSFT_PhysicalDisk"), /^\d+$/, /^(\d+\|?)*$/],
  },
  {
    className: "MSFT_Volume",
    columns: ["ObjectId"],
    looks: [/WSP_Volume\.ObjectId=/i],
  },
  {
    className: "MSFT_Volume",
    columns: ["ObjectId", "DriveLetter", "HealthStatus", "SizeRemaining"],
    looks: [/WSP_Volume\.ObjectId=/i, /^(\d{1,3}|[A-Z])?$/i, /^\d$/, whole],
  },
  {
    className: "Win32_DiskDrive",
    columns: ["PNPDeviceID", "Status"],
    looks: [
      /^(SCSI|IDE|USBSTOR|NVME|SD|RAID|MPIO)\\DISK/i,
      /^(OK|Error|Degraded|Unknown|Pred Fail|Starting|Stopping|Service)$/i,
    ],
  },
  {
    className: "Win32_DiskDrive",
    columns: ["__PATH", "SerialNumber", "PNPDeviceID"],
    looks: [path("Win32_DiskDrive"), any, pnp],
  },
  {
    className: "Win32_DiskDrive",
    columns: ["Index", "Manufacturer", "Model", "PNPDeviceID", "Size"],
    looks: [/^\d+$/, any, any, pnp, whole],
  },
  {
    className: "MSStorageDriver_FailurePredictStatus",
    columns: ["InstanceName", "PredictFailure"],
    looks: [/^(SCSI|IDE|USBSTOR|NVME|RAID)\\.+_\d+$/i, /^(true|false)$/i],
  },
  {
    className: "MSStorageDriver_FailurePredictStatus",
    columns: ["InstanceName"],
    looks: [/^(SCSI|IDE|USBSTOR|NVME|RAID)\\.+_\d+$/i],
  },
  {
    className: "CIM_Controller",
    columns: ["__PATH", "Name"],
    looks: [/^Win32_\w+(Controller|Port)\.DeviceID="/i, any],
  },
  {
    className: "CIM_ControlledBy",
    columns: ["Antecedent", "Dependent"],
    looks: [/^Win32_\w+Controller\.DeviceID="/i, /^Win32_\w+\.DeviceID="/i],
  },
  {
    className: "Win32_DiskDriveToDiskPartition",
    columns: ["Antecedent", "Dependent"],
    looks: [path("Win32_DiskDrive"), path("Win32_DiskPartition")],
  },
  {
    className: "Win32_LogicalDiskToPartition",
    columns: ["Antecedent", "Dependent"],
    looks: [path("Win32_DiskPartition"), path("Win32_LogicalDisk")],
  },
];

export const wmiQuery: Reader = {
  name: "WMI query",
  platform: "windows",
  recognise: (text) => /^[^\n]{1,2000};\n?/.test(text) && shapeOf(linesIn(text)) !== undefined,
  read(text) {
    const lines = linesIn(text);
    const shape = shapeOf(lines);
    if (!shape) throw unreadable("WMI", text, "its values tell of no query known");
    const rows = lines.map((values) => toRow(shape.columns.map((name, at) => [name, values[at]])));
    return findingsOf(new Map<string, Row[]>([[shape.className, rows]]));
  },
};

/** The one shape that every line has. */
function shapeOf(lines: string[][]): Shape | undefined {
  if (lines.length === 0) return;
  // Two controllers' associations fit the shape of a controller and its name, too.
  const fitting = shapes.filter(({ looks }) =>
    lines.every((values) =>
      values.length === looks.length && looks.every((look, at) => look.test(values[at]!))
    )
  );
  return fitting.find(({ className }) => className !== "CIM_Controller") ?? fitting[0];
}

function linesIn(text: string): string[][] {
  return text.split("\n").map((line) => line.trim()).filter(Boolean).map((line) => {
    // The path of an object may have a ";" in it, between quotes.
    const values = line.match(/(?:"(?:\\.|[^"\\])*"|[^;])*;?/g) ?? [];
    return values.filter(Boolean).map((value) => value.replace(/;$/, "").trim());
  });
}
