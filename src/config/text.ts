/**
 * Settings as text and back: how they stand in the environment, the store and on the command line.
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";
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
  if (!Array.isArray(value)) return String(value);
  // A folder's name may hold a comma, or end in a space or a backslash: then it takes JSON.
  const plain = value.join(",");
  return isDeepStrictEqual(parseList(plain), value) ? plain : JSON.stringify(value);
}

const parsers: Record<ValueType, (text: string) => unknown> = {
  string: (text) => text,
  integer: (text) => /^[+-]?\d+$/.test(text) ? Number(text) : text,
  boolean: (text) => words[text.toLowerCase()] ?? text,
  list: parseList,
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

/** `/a,/b`, with `\,` for a comma within; or a JSON array, taken as it is. */
function parseList(text: string): string[] {
  return parseArray(text) ??
    text.split(/(?<!\\),/).map((item) => item.replaceAll("\\,", ",").trim()).filter(Boolean);
}

function parseArray(text: string): string[] | undefined {
  if (!text.startsWith("[")) return undefined;
  try {
    const items: unknown = JSON.parse(text);
    return Array.isArray(items) && items.every((it) => typeof it === "string") ? items : undefined;
  } catch {
    return undefined; // a folder's name may begin with a bracket
  }
}
