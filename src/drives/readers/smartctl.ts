/**
 * `smartctl --json` as facts about the drives themselves: what each says of its model, serial
 * number, size and rotation. Its verdict on their health is `drives/health`'s.
 *
 * @module
 */
import type { Drive } from "../drive.ts";
import type { Finding } from "../graph/block.ts";
import { readSmartctl, recogniseSmartctl, type SmartReading } from "../health/mod.ts";
import type { Reader, Recording } from "./reader.ts";
import { isSmartctlText, nameOfSerial } from "./smartctl_text.ts";

export const smartctl: Reader = {
  name: "smartctl --json",
  platform: "linux",
  recognise: (text) => recogniseSmartctl(text) && !isSmartctlText(text),
  read: (text) => ({ devices: readSmartctl(text).flatMap(toFinding) }),
};

export type RecordedHealth =
  & { driveId: string }
  & Pick<SmartReading, "verdict" | "reasons" | "values" | "power">;

/** What smartctl said of each of these drives, known by its serial number or its name. */
export function healthIn(
  recordings: readonly Recording[],
  drives: readonly Drive[],
): RecordedHealth[] {
  const readings = recordings.filter(({ text }) => smartctl.recognise(text))
    .flatMap(({ text }) => readSmartctl(text));
  return drives.flatMap((drive) => {
    const isOf = (one: SmartReading) => one.serial !== undefined && one.serial === drive.serial;
    const reading = readings.find(isOf) ??
      readings.find((one) => smartDeviceName(one) === drive.name);
    if (!reading) return [];
    const { verdict, reasons, values, power } = reading;
    return [{ driveId: drive.id, verdict, reasons, values, power }];
  });
}

/** The name by which other tools call the device that smartctl was asked for. */
export function smartDeviceName(
  reading: Pick<SmartReading, "device" | "serial">,
): string | undefined {
  const name = reading.device?.replace(/^\/dev\//, "");
  // An NVMe controller's drive is its first namespace; a drive's log does not tell its number.
  if (name && /^nvme\d+$/.test(name)) return `${name}n1`;
  return name ?? (reading.serial && nameOfSerial(reading.serial));
}

function toFinding(reading: SmartReading): Finding[] {
  const name = smartDeviceName(reading);
  if (!name) return [];
  const { model, serial, wwn, sizeBytes, rotationRpm, protocol } = reading;
  return [{
    name,
    // Another tool may tell the name of the drive with this serial number.
    mentioned: reading.device === undefined || undefined,
    type: "disk",
    model,
    serial,
    wwn,
    sizeBytes,
    rotational: rotationRpm === undefined ? undefined : rotationRpm > 0,
    rotationRpm: rotationRpm || undefined,
    transport: protocol === "NVMe" ? "nvme" : undefined,
  }];
}
