/**
 * The attribute table of an ATA drive. Its ids mean different things to different makers, so that a
 * number counts only where the name says the same.
 *
 * @module
 */
import { at, booleanAt, listAt, numberAt, textAt } from "./json.ts";
import type { HealthValues, SmartAttribute, ValueName } from "./report.ts";

/** Every row that can be read. */
export function attributesIn(report: unknown): SmartAttribute[] {
  return listAt(report, "ata_smart_attributes", "table").flatMap((row) => {
    const id = numberAt(row, "id");
    if (id === undefined) return [];
    const failed = textAt(row, "when_failed")?.toLowerCase();
    return [{
      id,
      name: textAt(row, "name") ?? "",
      normalised: numberAt(row, "value"),
      threshold: numberAt(row, "thresh"),
      raw: rawOf(at(row, "raw")),
      failed: failed === "now" ? "now" : failed === "past" ? "past" : undefined,
      prefailure: booleanAt(row, "flags", "prefailure") ?? false,
    }];
  });
}

/**
 * The counter in a raw field of 48 bits. Makers pack more into it: "36 (Min/Max 0/48)" is 3145764
 * as a number, "43549h+33m" more than hours. smartctl's own text has the counter in front.
 */
function rawOf(raw: unknown): number | undefined {
  const text = textAt(raw, "string") ?? (typeof raw === "string" ? raw.trim() : undefined);
  const hexadecimal = /^0x[\da-f]+/i.exec(text ?? "")?.[0];
  if (hexadecimal) return Number(hexadecimal);
  const first = /^-?\d+/.exec(text ?? "")?.[0];
  return first === undefined ? numberAt(raw, "value") ?? numberAt({ raw }, "raw") : Number(first);
}

interface Meaning {
  value: ValueName;
  id: number;
  name: RegExp;
}

/** Ids as in smartmontools' drivedb.h, with the names it uses for that meaning. */
const meanings: Meaning[] = [
  { value: "reallocated", id: 5, name: /re-?alloc|retired|remap|bad_block/i },
  { value: "powerOnHours", id: 9, name: /power_?on|hours/i },
  { value: "powerCycles", id: 12, name: /cycle/i },
  { value: "reportedUncorrectable", id: 187, name: /uncor|report/i },
  { value: "temperatureC", id: 194, name: /temp/i },
  { value: "temperatureC", id: 190, name: /temp/i },
  { value: "pending", id: 197, name: /pending/i },
  { value: "uncorrectable", id: 198, name: /uncor|offline/i },
  { value: "crcErrors", id: 199, name: /crc/i },
];

/** What the table tells, without what smartctl tells elsewhere in better words. */
export function valuesOf(attributes: SmartAttribute[]): HealthValues {
  const values: HealthValues = {};
  for (const { value, id, name } of meanings) {
    const raw = attributes.find((it) => it.id === id && name.test(it.name))?.raw;
    if (raw !== undefined) values[value] ??= raw;
  }
  return values;
}

/** Attributes whose normalised value falls from 100 to 0 as the flash wears: by name, never by id. */
const wearNames =
  /^(ssd_life_left|percent_life(time)?_(remain|left)\w*|remaining_life(time)?\w*|media_wearout_indicator|wear_?level+ing_count|ave_block-erase_count|drive_life_remaining\w*|percent_lifetime_used|end_of_life|lifetime_left|perc_rated_life_remain)$/i;

/** The wear attribute that is furthest gone, when there is any. */
export function worstWear(attributes: SmartAttribute[]): SmartAttribute | undefined {
  return attributes
    .filter(({ name, normalised }) => wearNames.test(name) && isScale(normalised))
    .sort((one, other) => one.normalised! - other.normalised!)[0];
}

/** Makers that do not fill it in leave 0 or 253 to 255 there. */
function isScale(normalised: number | undefined): boolean {
  return normalised !== undefined && normalised > 0 && normalised <= 200;
}
