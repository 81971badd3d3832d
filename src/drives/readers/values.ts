/**
 * Values as tools print them: numbers as strings, sizes with a unit, flags in five spellings.
 *
 * @module
 */

/** A record that a tool printed; nothing is known of its values. */
export type Values = Record<string, unknown>;

/** The value as an object, or an empty one. */
export function record(value: unknown): Values {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Values
    : {};
}

/** The objects in the value, if it is a list. */
export function records(value: unknown): Values[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "object" && item) : [];
}

/** The text without blanks around it; an empty one tells nothing. */
export function word(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  return typeof value === "string" ? value.trim() || undefined : undefined;
}

/** A whole number, also one in a string. */
export function integer(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : undefined;
}

/** true, "1", 1, "yes". */
export function flag(value: unknown): boolean | undefined {
  if (typeof value === "boolean") return value;
  const text = word(value)?.toLowerCase();
  if (text === "yes" || text === "true") return true;
  if (text === "no" || text === "false") return false;
  const number = integer(value);
  return number === undefined ? undefined : number !== 0;
}

const units = "BKMGTPE";

/** Bytes: 512, "512", "512B", "9.1T", "<9.00g", "1,5 GiB"; a rounded size is what it says. */
export function sizeIn(value: unknown): number | undefined {
  const bytes = integer(value);
  if (bytes !== undefined) return bytes < 0 ? undefined : bytes;
  const text = word(value)?.replace(",", ".") ?? "";
  const [, number, unit = "B"] = /^<?([\d.]+) ?([BKMGTPE])?(?:i?B)?$/i.exec(text) ?? [];
  const size = Number(number) * 1024 ** units.indexOf(unit.toUpperCase());
  return Number.isFinite(size) ? Math.round(size) : undefined;
}

/** A device's name without its folder; the kernel writes "cciss!c0d0" for "cciss/c0d0". */
export function kernelName(path: string | undefined): string | undefined {
  return path?.replace(/^\/dev\/(mapper\/)?/, "").replaceAll("!", "/") || undefined;
}
