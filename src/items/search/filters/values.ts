/**
 * How the values of filters are read: "1h30m", "4GB", "1990..1999", "7d". Each gives numbers, and
 * throws with what it would have understood.
 *
 * @module
 */
import { InvalidError } from "../../../base/errors.ts";
import type { Operator } from "../query/parse.ts";

/** From `low` to `high`, both included. */
export interface Range {
  low: number;
  high: number;
}

/** One kind of number: how its text is read, and how much one text stands for. */
export interface Unit {
  /** The first and the last number that the text stands for: "1990" is one, "2026-01" a month. */
  read(text: string): Range | undefined;
  /** The number that comes after one, or before it; one more or less, unless given. */
  next?(value: number, way: 1 | -1): number;
  /** The least that there is; 0 unless given. */
  lowest?: number;
  /** In words, for those who wrote something else. */
  expected: string;
}

/** `>90`, `1990..1999`, `1990..`, `4`. */
export function readRange(unit: Unit, operator: Operator, value: string): Range {
  const { lowest = 0, next = (value, way) => value + way } = unit;
  const one = (text: string): Range => {
    const range = unit.read(text.trim());
    if (!range || !(range.low <= range.high)) throw new InvalidError(`expected ${unit.expected}`);
    return range;
  };
  const [from, to, ...more] = value.split("..");
  if (more.length > 0) throw new InvalidError(`expected ${unit.expected}`);
  if (to !== undefined) {
    if (operator !== ":" && operator !== "=") throw new InvalidError('a range stands after ":"');
    const [low, high] = [from ? one(from).low : lowest, to ? one(to).high : Infinity];
    if (low > high) {
      throw new InvalidError("the end of the range is before its begin, turn it round");
    }
    return { low, high };
  }
  const { low, high } = one(value);
  if (operator === ">") return { low: next(high, 1), high: Infinity };
  if (operator === ">=") return { low, high: Infinity };
  if (operator === "<") return { low: lowest, high: next(low, -1) };
  if (operator === "<=") return { low: lowest, high };
  return { low, high };
}

const exactly = (value: number): Range => ({ low: value, high: value });

export const whole: Unit = {
  read: (text) => /^\d{1,6}$/.test(text) ? exactly(Number(text)) : undefined,
  expected: "a number such as 1920, or 1990..1999",
};

const floats = new Float64Array(1);
const bits = new BigInt64Array(floats.buffer);

/** Any number, as custom fields have them. */
export const decimal: Unit = {
  read(text) {
    const isNumber = /^[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})(e[+-]?\d{1,3})?$/i.test(text);
    return isNumber && Number.isFinite(Number(text)) ? exactly(Number(text)) : undefined;
  },
  next(value, way) {
    if (value === 0) return way * Number.MIN_VALUE;
    floats[0] = value;
    bits[0]! += value > 0 === way > 0 ? 1n : -1n;
    return floats[0];
  },
  lowest: -Infinity,
  expected: "a number such as 9.99, or -5..5",
};

/** Milliseconds. */
export const duration: Unit = {
  read(text) {
    const parts = /^(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m(?:in)?)?(?:(\d+(?:\.\d+)?)s)?$/i.exec(
      text,
    );
    if (!parts || text === "" || text.length > 20) return undefined;
    const [, hours = 0, minutes = 0, seconds = 0] = parts;
    return exactly(
      Math.round((Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000),
    );
  },
  expected: "a time such as 90m, 1h30m or 45s",
};

const powers = ["", "k", "m", "g", "t", "p"];

/** Bytes: "4GB" by thousands, "4GiB" by 1024. */
export const size: Unit = {
  read(text) {
    const [, digits, letter, binary] = /^(\d{1,15}(?:\.\d{1,6})?)([kmgtp]?)(i?)b?$/i.exec(text) ??
      [];
    if (digits === undefined) return undefined;
    const power = powers.indexOf(letter!.toLowerCase());
    return exactly(Math.round(Number(digits) * (binary ? 1024 : 1000) ** power));
  },
  expected: "a size such as 700MB, 4GB or 4GiB",
};

/** Bits per second. */
export const bitrate: Unit = {
  read(text) {
    const [, digits, letter] =
      /^(\d{1,15}(?:\.\d{1,6})?)([kmg]?)(?:bps|bit\/s|b\/s)?$/i.exec(text) ?? [];
    if (digits === undefined) return undefined;
    return exactly(Math.round(Number(digits) * 1000 ** powers.indexOf(letter!.toLowerCase())));
  },
  expected: "a bitrate such as 8M or 800k",
};

/** Stars as halves, 1 to 10. */
export const stars: Unit = {
  read: (text) => /^[0-5](\.[05])?$/.test(text) ? exactly(Number(text) * 2) : undefined,
  expected: "stars from 0.5 to 5, such as 4 or 3.5",
};

const DAY_MS = 86_400_000;
const ages: Record<string, number> = { h: 1 / 24, d: 1, w: 7, m: 30, y: 365 };

/** A day, month or year as milliseconds since 1970, UTC. */
export const date: Unit = {
  read(text) {
    const [, year, month, day] = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?$/.exec(text) ?? [];
    if (year === undefined || (month && !inRange(month, 12)) || (day && !inRange(day, 31))) return;
    const low = Date.UTC(Number(year), Number(month ?? 1) - 1, Number(day ?? 1));
    const next = day
      ? low + DAY_MS
      : month
      ? Date.UTC(Number(year), Number(month), 1)
      : Date.UTC(Number(year) + 1, 0, 1);
    return { low, high: next - 1 };
  },
  expected: "a day such as 2026-01-31, a month, a year, or an age such as 7d, 3w, 6m, 1y",
};

/** "7d" → milliseconds; undefined where the text is no age. */
export function readAge(text: string): number | undefined {
  const [, digits, letter] = /^(\d{1,5})([hdwmy])$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * ages[letter!.toLowerCase()]! * DAY_MS;
}

export function readYesNo(text: string): boolean {
  const said = text.toLowerCase();
  if (["yes", "true", "1"].includes(said)) return true;
  if (["no", "false", "0"].includes(said)) return false;
  throw new InvalidError("expected yes or no");
}

function inRange(text: string, last: number): boolean {
  return Number(text) >= 1 && Number(text) <= last;
}
