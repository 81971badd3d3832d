/**
 * The filters that have a shape of their own.
 *
 * @module
 */
import { InvalidError } from "../../../base/errors.ts";
import { wordsOfRange } from "../index/ranges.ts";
import { factWord, fold } from "../index/words.ts";
import { type Condition, toMatch } from "../query/plan.ts";
import { sql } from "../query/store.ts";
import { alternatives, between, type Filter } from "./filter.ts";
import { hasPoster, isNumber, isRated } from "./store.ts";
import { date, decimal, type Range, readAge, readRange, stars, whole } from "./values.ts";

type Compile = Filter["compile"];

export const tag: Compile = (asked) => ({
  words: alternatives(asked).flatMap((name) => asked.context.store.tags(name))
    .map((id) => factWord("tag", id)),
});

export function people(role?: string): Compile {
  return (asked) => ({
    words: alternatives(asked).flatMap((name) => asked.context.store.people(name))
      .map((id) => role ? factWord("role", role + id) : factWord("person", id)),
  });
}

export function text(column: "title" | "notes" | "path"): Compile {
  return (asked) => {
    const matches = alternatives(asked).map((it) => toMatch(it, it.endsWith("*")));
    const found = matches.filter((it) => it !== undefined);
    if (found.length === 0) throw new InvalidError("say a word");
    return { match: `{${column}} : (${found.join(" OR ")})` };
  };
}

export const series: Compile = (asked) => ({
  words: alternatives(asked).map((name) => factWord("series", fold(name))),
});

/** Season 0 are the specials, which item_facts cannot tell from none. */
export function season(column: "season" | "episode"): Compile {
  return ({ operator, value }) => {
    const range = readRange(whole, operator, value);
    if (range.low === range.high) {
      const words = [factWord(column, range.low)];
      if (range.low === 0) return { words };
      return { words, isExact: true, check: sql(`f.${column} = ?`, range.low) };
    }
    return { check: between(`f.${column}`, { ...range, low: Math.max(range.low, 1) }) };
  };
}

export const has: Compile = (asked) => {
  const [what] = alternatives(asked);
  if (what === "poster") return { check: hasPoster };
  if (!["subtitles", "nfo", "chapters"].includes(what!)) {
    throw new InvalidError("expected subtitles, nfo, poster or chapters");
  }
  return { words: [factWord("has", what!)] };
};

/** Whether at all is a matter of the row too. */
export const hdr: Compile = (asked) => {
  const values = alternatives(asked).map((it) => it.toLowerCase());
  const words = values.map((it) => factWord("hdr", it === "dv" ? "dolby vision" : it));
  if (!values.includes("yes")) return { words };
  return { words: [factWord("hdr", "yes")], isExact: true, check: sql("f.hdr <> ''") };
};

export const rating: Compile = ({ operator, value, context }) => {
  const { low, high } = readRange(stars, operator, value);
  return isRated(context.user, Math.max(low, 1), Math.min(high, 10));
};

/** Of an age, "<7d" is younger than seven days. */
export const added: Compile = ({ operator, value, context }) => {
  const [age, now] = [readAge(value), context.now.getTime()];
  if (age !== undefined && operator.startsWith(">")) {
    return addedIn({ low: 0, high: now - age }, now);
  }
  if (age !== undefined) return addedIn({ low: now - age, high: Infinity }, now);
  return addedIn(readRange(date, operator, value), now);
};

/** The end of the year 9999. */
const LAST_MS = Date.UTC(10_000, 0, 1) - 1;
const DAY_MS = 86_400_000;

function addedIn({ low, high }: Range, now: number): Condition {
  const iso = (ms: number) => new Date(Math.max(0, Math.min(ms, LAST_MS))).toISOString();
  const day = (ms: number) => Math.floor(ms / DAY_MS);
  return {
    // A clock that was wrong once may have added something tomorrow, but not next year.
    words: wordsOfRange("added_day", day(low), day(Math.min(high, now + 366 * DAY_MS))),
    check: sql("f.added_at BETWEEN ? AND ?", iso(low), iso(high)),
  };
}

export const drive: Compile = (asked) => {
  const known = alternatives(asked).flatMap((it) => [it, ...asked.context.store.drives(it)]);
  return { words: [...new Set(known)].map((id) => factWord("drive", id)) };
};

export const volume: Compile = (asked) => {
  const known = alternatives(asked).flatMap((it) => [it, ...asked.context.store.volumes(it)]);
  return { words: [...new Set(known)].map((id) => factWord("volume", id)) };
};

/** What was withdrawn, or was gone before its volume went, is not waited for. */
export function isOffline(volumes: readonly string[]): Condition {
  const word = (kind: "volume" | "state", value: string) => `"${factWord(kind, value)}"`;
  const away = volumes.map((id) => word("volume", id)).join(" OR ");
  if (away === "") return { words: [] };
  return { match: `(${away}) NOT (${word("state", "missing")} OR ${word("state", "forgotten")})` };
}

/** Numbers are compared; any other type of field goes by its text. */
export const custom: Compile = (asked) => {
  const { key, context, operator, value } = asked;
  const type = context.store.typeOfField(key);
  if (type === undefined) throw new InvalidError(`there is no custom field "${key}"`);
  if (type === "number") {
    const values = operator === ":" || operator === "=" ? alternatives(asked) : [value];
    return isNumber(key, values.map((it) => readRange(decimal, operator, it)));
  }
  return { words: alternatives(asked).map((it) => factWord("custom", `${key} ${fold(it)}`)) };
};
