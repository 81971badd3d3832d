/**
 * `smartctl -i` and `-a` as printed for people: what a drive says of itself. It tells no device's
 * name, and its verdict on the drive's health is left to `--json`.
 *
 * @module
 */
import type { Finding } from "../graph/block.ts";
import { type Reader, unreadable } from "./reader.ts";

const TOOL = "smartctl, as text";

export const smartctlText: Reader = {
  name: TOOL,
  platform: "linux",
  recognise: (text) => isSmartctlText(text),
  read(text) {
    const device = driveIn(text);
    if (!device) throw unreadable(TOOL, text, "it tells no serial number");
    return { devices: [device] };
  },
};

/** Whether this is smartctl's text, with the section that tells which drive it is about. */
export function isSmartctlText(text: string): boolean {
  const head = text.slice(0, 20_000);
  return /^smartctl( version)? \d+\.\d/m.test(head) && /^Serial number: *\S/im.test(head) &&
    /^(Device Model|Model Number|Product): *\S/m.test(head);
}

/** What a drive is called of which no tool tells the system's name. */
export function nameOfSerial(serial: string): string {
  return `serial ${serial}`;
}

function driveIn(text: string): Finding | undefined {
  const value = (...labels: string[]) =>
    labels.map((label) => new RegExp(`^${label}: *(\\S.*?)\\s*$`, "im").exec(text)?.[1])
      .find(Boolean);
  const serial = value("Serial number");
  if (!serial) return;
  const product = [value("Vendor"), value("Product")].filter(Boolean).join(" ") || undefined;
  const isNvme = value("Model Number") !== undefined;
  const rotation = value("Rotation Rate");
  const rpm = Number(/^(\d+) rpm/i.exec(rotation ?? "")?.[1] ?? 0);
  const protocol = value("Transport protocol")?.split(" ")[0]?.toLowerCase();
  return {
    name: nameOfSerial(serial),
    type: "disk",
    model: value("Device Model", "Model Number") ?? product,
    serial,
    wwn: wwnOf(value("LU WWN Device Id", "Logical Unit id", "IEEE EUI-64")),
    sizeBytes: bytesIn(value("User Capacity", "Total NVM Capacity", "Namespace 1 Size/Capacity")),
    rotational: rpm > 0 ? true : /solid state/i.test(rotation ?? "") ? false : undefined,
    rotationRpm: rpm || undefined,
    transport: isNvme ? "nvme" : value("SATA Version is") ? "sata" : protocol,
    mentioned: true,
  };
}

/** "5 000c50 07817bb36", "0x50000397b85235d1"; some arrays print two names in one. */
function wwnOf(told: string | undefined): string | undefined {
  const digits = told?.replaceAll(/\s|^0x/g, "").toLowerCase();
  return digits && /^([\da-f]{16}|[\da-f]{32})$/.test(digits) ? digits : undefined;
}

/** "500,107,862,016 bytes [500 GB]", "256.060.514.304 [256 GB]". */
function bytesIn(told: string | undefined): number | undefined {
  const digits = /^[\d.,'\s\u00a0\u202f]+/.exec(told ?? "")?.[0].replaceAll(/\D/g, "");
  return digits ? Number(digits) : undefined;
}
