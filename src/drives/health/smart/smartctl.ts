/**
 * Reads `smartctl --json` of any version from 6.7 on: ATA, NVMe and SCSI, whole or in part.
 *
 * @module
 */
import { InvalidError } from "../../../base/errors.ts";
import { attributesIn } from "./attributes.ts";
import { at, booleanAt, listAt, numberAt, objectIn, textAt } from "./json.ts";
import type { PowerState, SmartReport } from "./report.ts";
import { valuesIn } from "./values.ts";

/** One device of `smartctl --scan-open --json`: what it is opened by, and how. */
export interface ScannedDevice {
  name: string;
  type: string | undefined;
}

/** Whether smartctl wrote this text, as JSON or not. */
export function recogniseSmartctl(text: string): boolean {
  if (isText(text)) return true;
  // Other tools' JSON may be large: it is not parsed for nothing.
  if (!signs.some((sign) => text.includes(`"${sign}"`))) return false;
  const found = objectIn(text);
  return found !== undefined && (isReport(found) || isScan(found));
}

/**
 * The report in what smartctl printed.
 *
 * @throws {InvalidError} it is smartctl's text for people, or nothing of smartctl's
 */
export function parseSmartctl(text: string): SmartReport {
  const found = objectIn(text);
  if (!found && isText(text)) {
    throw new InvalidError(
      'Cannot read this: it is smartctl\'s text; record it with --json ("smartctl --json -a …")',
    );
  }
  if (!found || !isReport(found)) {
    throw new InvalidError("Cannot read this: smartctl did not write it");
  }
  return toReport(found);
}

/** The devices of a scan, in its order; undefined when the text is none. */
export function parseScan(text: string): ScannedDevice[] | undefined {
  const found = objectIn(text);
  if (!found || !isScan(found)) return undefined;
  return listAt(found, "devices").flatMap((device) => {
    const name = textAt(device, "name");
    return name ? [{ name, type: textAt(device, "type") }] : [];
  });
}

const signs = [
  "json_format_version",
  "smartctl",
  "smart_status",
  "smart_support",
  "ata_smart_attributes",
  "ata_smart_data",
  "nvme_smart_health_information_log",
  "scsi_grown_defect_list",
  "scsi_error_counter_log",
];

function isReport(found: Record<string, unknown>): boolean {
  return !isScan(found) && signs.some((sign) => sign in found);
}

function isScan(found: Record<string, unknown>): boolean {
  return Array.isArray(found.devices) && ("smartctl" in found || "json_format_version" in found);
}

function isText(text: string): boolean {
  return /^smartctl( version)? \d+\.\d/m.test(text) ||
    /^=== START OF (INFORMATION|(READ )?SMART DATA) SECTION ===/m.test(text);
}

function toReport(found: Record<string, unknown>): SmartReport {
  const attributes = attributesIn(found);
  const passed = booleanAt(found, "smart_status", "passed");
  const messages = messagesIn(found);
  const nvme = at(found, "nvme_smart_health_information_log");
  const hasHealth = passed !== undefined || attributes.length > 0 || typeof nvme === "object" ||
    numberAt(found, "scsi_grown_defect_list") !== undefined ||
    typeof at(found, "scsi_error_counter_log", "read") === "object";
  const { power, stoppedBy } = powerOf(found, messages, hasHealth);
  return {
    exitStatus: numberAt(found, "smartctl", "exit_status"),
    messages,
    device: textAt(found, "device", "name"),
    deviceType: textAt(found, "device", "type"),
    protocol: protocolOf(textAt(found, "device", "protocol"), found),
    model: textAt(found, "model_name") ?? textAt(found, "scsi_model_name") ?? productOf(found),
    serial: textAt(found, "serial_number"),
    wwn: wwnOf(found),
    firmware: textAt(found, "firmware_version") ?? textAt(found, "scsi_revision") ??
      textAt(found, "revision"),
    sizeBytes: numberAt(found, "user_capacity", "bytes") ?? numberAt(found, "nvme_total_capacity"),
    rotationRpm: numberAt(found, "rotation_rate"),
    power,
    stoppedBy,
    smartSupported: booleanAt(found, "smart_support", "available"),
    smartEnabled: booleanAt(found, "smart_support", "enabled"),
    passed,
    impending: textAt(found, "smart_status", "scsi", "ie_string"),
    attributes,
    values: valuesIn(found, attributes),
    hasHealth,
  };
}

function messagesIn(found: unknown): string[] {
  return listAt(found, "smartctl", "messages").flatMap((it) =>
    textAt(it, "string") ?? (typeof it === "string" ? it : [])
  );
}

function protocolOf(told: string | undefined, found: Record<string, unknown>) {
  if (told === "ATA" || told === "SCSI" || told === "NVMe") return told;
  if ("ata_smart_attributes" in found || "ata_version" in found) return "ATA";
  if ("nvme_smart_health_information_log" in found) return "NVMe";
  if (Object.keys(found).some((key) => key.startsWith("scsi_"))) return "SCSI";
  return undefined;
}

function productOf(found: unknown): string | undefined {
  const parts = ["vendor", "product"].map((key) =>
    textAt(found, `scsi_${key}`) ?? textAt(found, key)
  );
  return parts.filter(Boolean).join(" ") || undefined;
}

/** ATA tells the parts of an NAA name, NVMe those of an EUI-64, SCSI the whole. */
function wwnOf(found: unknown): string | undefined {
  const hex = (digits: number, ...keys: string[]) =>
    numberAt(found, ...keys)?.toString(16).padStart(digits, "0");
  const [naa, oui, id] = [hex(1, "wwn", "naa"), hex(6, "wwn", "oui"), hex(9, "wwn", "id")];
  if (naa && oui && id) return naa + oui + id;
  const logicalUnit = textAt(found, "logical_unit_id")?.toLowerCase().replace(/^0x/, "");
  if (logicalUnit && /^[\da-f]{16,32}$/.test(logicalUnit)) return logicalUnit;
  const eui = at(listAt(found, "nvme_namespaces")[0], "eui64");
  const [vendor, extension] = [numberAt(eui, "oui"), numberAt(eui, "ext_id")];
  if (!vendor || extension === undefined) return undefined;
  return vendor.toString(16).padStart(6, "0") + extension.toString(16).padStart(10, "0");
}

/** smartctl stops with "Device is in STANDBY mode, exit(3)" when told to (-n); else it was awake. */
function powerOf(
  found: unknown,
  messages: string[],
  hasHealth: boolean,
): { power: PowerState; stoppedBy: string | undefined } {
  const stopped = messages.map((it) => /^Device is in (.+) mode, exit\(\d+\)/i.exec(it)?.[1])
    .find((it) => it !== undefined);
  const mode = stopped ?? textAt(found, "power_mode", "name") ?? textAt(found, "power_mode");
  return { power: stateOf(mode, numberAt(found, "power_mode", "ata_value")), stoppedBy: stopped };

  function stateOf(name: string | undefined, value: number | undefined): PowerState {
    if (name === undefined && value === undefined) return hasHealth ? "active" : "unknown";
    if (/^active/i.test(name ?? "") || value === 0xff) return "active";
    if (/idle/i.test(name ?? "") || (value !== undefined && value >= 0x80)) return "idle";
    if (/standby|sleep|low.power/i.test(name ?? "") || value === 0 || value === 1) return "asleep";
    return "unknown";
  }
}
