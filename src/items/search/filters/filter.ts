/**
 * What a filter is, and the few shapes that most of them have.
 *
 * @module
 */
import { InvalidError } from "../../../base/errors.ts";
import { wordsOfRange, YEARS } from "../index/ranges.ts";
import type { ScaledColumn } from "../index/ranges.ts";
import { type FactKind, factWord } from "../index/words.ts";
import type { Operator } from "../query/parse.ts";
import type { Condition } from "../query/plan.ts";
import { sql } from "../query/store.ts";
import type { FilterStore } from "./store.ts";
import { type Range, readRange, readYesNo, type Unit } from "./values.ts";

/** Whose search it is, and where names are looked up. */
export interface FilterContext {
  user: string;
  now: Date;
  store: FilterStore;
}

/** What stands before the value, the value, and who asks. */
export interface Asked {
  operator: Operator;
  value: string;
  context: FilterContext;
  /** What follows the dot of the name: `field.key`. */
  key: string;
}

export interface Filter {
  /** Other names for it. */
  aliases?: readonly string[];
  /** How it reads, for the help. */
  help: string;
  example: string;
  /** @throws {InvalidError} with what it would have understood */
  compile(asked: Asked): Condition;
}

/** `a|b`: one of several. @throws {InvalidError} another operator than ":" and "=" */
export function alternatives({ operator, value }: Asked): string[] {
  if (operator !== ":" && operator !== "=") throw new InvalidError('it takes ":" only');
  const all = value.split("|").map((it) => it.trim()).filter(Boolean);
  if (all.length === 0) throw new InvalidError("say a value");
  if (all.length > 20) throw new InvalidError("at most 20 values");
  return all;
}

/** One of the words that the index has for each item; `known` are all the values there are. */
export function oneOf(
  kind: FactKind,
  { toValues = (value: string) => [value], column, known }: {
    toValues?: (value: string) => readonly string[];
    /** Of item_facts, with the same values. */
    column?: string;
    known?: readonly string[];
  } = {},
): Filter["compile"] {
  return (asked) => {
    const values = alternatives(asked).flatMap((it) => toValues(it.toLowerCase()));
    const wrong = values.find((it) => known && !known.includes(it));
    if (wrong !== undefined) throw new InvalidError(`"${wrong}" is none of ${known!.join(", ")}`);
    const words = values.map((value) => factWord(kind, value));
    if (column === undefined) return { words };
    const marks = values.map(() => "?").join();
    return { words, isExact: true, check: sql(`f.${column} IN (${marks})`, ...values) };
  };
}

/** A number in a range; what is not known is in none. */
export function numberIn(column: ScaledColumn, unit: Unit): Filter["compile"] {
  return ({ operator, value }) => {
    const { low, high } = readRange(unit, operator, value);
    return {
      words: wordsOfRange(column, low, high),
      check: between(`f.${column}`, { low: Math.max(low, 1), high }),
      isExact: column === "year" && (low <= 1 || low > YEARS.low) && low <= YEARS.high &&
        (high === Infinity || high < YEARS.high) && high >= YEARS.low,
    };
  };
}

export function between(expression: string, { low, high }: Range) {
  return high === Infinity
    ? sql(`${expression} >= ?`, low)
    : sql(`${expression} BETWEEN ? AND ?`, low, high);
}

/** `yes` is the condition, `no` that it is not so. */
export function yesNo(yes: (asked: Asked) => Condition): Filter["compile"] {
  return (asked) => {
    const [value] = alternatives(asked);
    const isNot = !readYesNo(value!);
    return { ...yes(asked), isNot };
  };
}
