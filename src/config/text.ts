/**
 * Settings as text and back: how they stand in the environment, the store and on the command line.
 *
 * @module
 */
import { InvalidError } from "../base/errors.ts";
import { type Config, envNameOf, type SettingName, settings, type ValueType } from "./schema.ts";

/**
 * Reads one setting from text.
 *
 * @throws {InvalidError} the text is no such value; the message says what would be
 */
export function parseSetting<Name extends SettingName>(name: Name, text: string): Config[Name] {
  return checkSetting(name, parsers[settings[name].type](text.trim()));
}

/**
 * Checks one setting given as a value.
 *
 * @throws {InvalidError} it is not what the setting takes
 */
export function checkSetting<Name extends SettingName>(name: Name, value: unknown): Config[Name] {
  const result = settings[name].schema.safeParse(value);
  if (result.success) return result.data as Config[Name];
  const [issue] = result.error.issues;
  const said = Array.isArray(value) ? value.join(",") : String(value);
  throw new InvalidError(`Cannot set ${envNameOf(name)} to "${said}": ${issue?.message}`, {
    key: envNameOf(name),
  });
}

/** The text that parseSetting() reads as `value`. */
export function formatSetting(value: Config[SettingName]): string {
  return Array.isArray(value) ? value.map(escapeComma).join(",") : String(value);
}

const parsers: Record<ValueType, (text: string) => unknown> = {
  string: (text) => text,
  integer: (text) => /^[+-]?\d+$/.test(text) ? Number(text) : text,
  boolean: (text) => words[text.toLowerCase()] ?? text,
  list: (text) =>
    text.split(/(?<!\\),/).map((item) => item.replaceAll("\\,", ",").trim()).filter(Boolean),
};

const words: Record<string, boolean> = {
  true: true,
  yes: true,
  on: true,
  "1": true,
  false: false,
  no: false,
  off: false,
  "0": false,
};

/** A folder's name may hold a comma. */
function escapeComma(item: string): string {
  return item.replaceAll(",", "\\,");
}
