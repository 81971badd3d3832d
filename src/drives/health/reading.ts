/**
 * A recorded smartctl report as facts about a drive, for the replay of other people's recordings.
 *
 * @module
 */
import type { DriveKind } from "../drive.ts";
import type { HealthValues, PowerState, SmartReport } from "./smart/report.ts";
import { parseScan, parseSmartctl } from "./smart/smartctl.ts";
import { judge, type Judgement } from "./verdict.ts";

/** What one report tells of the drive with that serial. */
export interface SmartReading extends Judgement {
  /** "/dev/sda", on the machine of the recording. */
  device: string | undefined;
  model: string | undefined;
  serial: string | undefined;
  /** Hexadecimal, without a prefix. */
  wwn: string | undefined;
  firmware: string | undefined;
  sizeBytes: number | undefined;
  /** 0 when nothing turns. */
  rotationRpm: number | undefined;
  /** How it is attached, as far as the report tells. */
  protocol: SmartReport["protocol"];
  power: PowerState;
  values: HealthValues;
}

/**
 * The drives in what smartctl printed: one for a report, all of them for a scan.
 *
 * @throws {InvalidError} it is smartctl's text for people, or nothing of smartctl's
 */
export function readSmartctl(text: string, kind?: DriveKind): SmartReading[] {
  const scanned = parseScan(text);
  if (scanned) return scanned.map(({ name }) => ({ ...nothing, device: name }));
  const report = parseSmartctl(text);
  const { device, model, serial, wwn, firmware, sizeBytes, rotationRpm, protocol } = report;
  const { power, values } = report;
  const facts = { device, model, serial, wwn, firmware, sizeBytes, rotationRpm, protocol };
  return [{ ...facts, power, values, ...judge(report, { kind }) }];
}

const nothing: SmartReading = {
  device: undefined,
  model: undefined,
  serial: undefined,
  wwn: undefined,
  firmware: undefined,
  sizeBytes: undefined,
  rotationRpm: undefined,
  protocol: undefined,
  power: "unknown",
  values: {},
  verdict: "unknown",
  reasons: [{ code: "scan_only", level: "info", text: "A scan names drives and tells no health" }],
};
