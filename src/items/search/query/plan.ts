/**
 * From the tree of a query to what SQLite is asked: one question for the full-text index, that finds
 * all that may fit, and what is left to compare for each of these.
 *
 * @module
 */
import { factWord, fold, isUnspaced, searchable } from "../index/words.ts";
import { allOf, anyOf, inIndex, notIn, type Source, type Sql, titlesFrom } from "./store.ts";
import { type FilterNode, type Node, type TextNode, wrongAt } from "./parse.ts";

/** What a filter asks for. Without words it is only compared, without a check the words say it all. */
export interface Condition {
  /** In the index: any of these words; none of them: nothing is found. */
  words?: readonly string[] | undefined;
  /** A question for the text columns, in the index's own language. */
  match?: string | undefined;
  /** What is true of those that fit, of a row `f` of item_facts. */
  check?: Sql | undefined;
  /** The words are exact: the check says the same for one row, and need not be made after them. */
  isExact?: boolean | undefined;
  /** Instead of looking at all: those that may fit. */
  source?: Source | undefined;
  /** All of it the other way round. */
  isNot?: boolean | undefined;
}

export interface Plan {
  /** For the index; undefined where it has nothing to say. */
  match?: string | undefined;
  /** Of that the text alone: what is ranked. */
  textMatch?: string | undefined;
  /** Instead of all that: the titles that begin so. */
  titles?: Source | undefined;
  /** The single words and phrases of it. */
  phrases: string[];
  /** What else must be true of a row `f` of item_facts. */
  rest?: Sql | undefined;
  /** The whole query, for a row `f`; undefined where every row fits. */
  check?: Sql | undefined;
  /** That check looks at the row alone. */
  isPlain?: boolean | undefined;
  /** What it asks the index, after it has looked at the row. */
  asks?: string | undefined;
  sources: Source[];
  /** The words that are searched, folded: for the order, and to mark them. */
  words: string[];
  /** All text of the query, folded: a title that is just that comes first. */
  text: string;
}

interface Part {
  match?: string | undefined;
  /** The text in it that is wanted. */
  text?: string | undefined;
  /** What match says too much of; undefined where it is exact. */
  rest?: Sql | undefined;
  /** The whole of it, for a row. */
  check: Sql;
  /** The check looks at the row alone, not into the index. */
  isPlain?: boolean | undefined;
  /** What the check asks the index. */
  asks?: string | undefined;
}

const NOTHING = `"${factWord("every", "nothing")}"`;
const EVERYTHING = `"${factWord("every", "")}"`;

/** Of one or two letters so much begins that only titles are looked at, by the index of their order. */
const SHORT = /^[\p{L}\p{N}]{1,2}\*?$/u;

/**
 * @param condition What a filter of the query asks for.
 * @throws {InvalidError} nothing in it can be searched; it is not everything that was asked for
 */
export function planQuery(node: Node, condition: (node: FilterNode) => Condition): Plan {
  const words: string[] = [];
  const texts: string[] = [];
  const phrases: string[] = [];
  const sources: Source[] = [];
  const signs: TextNode[] = [];

  const compile = (node: Node, isTop: boolean, isWanted: boolean): Part | undefined => {
    if (node.type === "text") {
      if (isWanted) {
        words.push(...fold(node.text).split(" ").filter(Boolean));
        texts.push(node.text);
      }
      const match = toMatch(node.text, node.isPrefix);
      if (match === undefined) {
        signs.push(node); // which count for nothing beside words and filters
        return undefined;
      }
      if (isWanted) phrases.push(match);
      return { match, text: isWanted ? match : undefined, check: inIndex(match) };
    }
    if (node.type === "filter") {
      const asked = condition(node);
      if (asked.isNot) return negated(toPart(asked));
      if (isTop && asked.source) sources.push(asked.source);
      return toPart(asked);
    }
    if (node.type === "not") return negated(compile(node.node, false, false));
    const inner = isTop && node.type === "all";
    const parts = node.nodes.map((it) => compile(it, inner, isWanted)).filter((it) => !!it);
    if (parts.length === 0) return undefined;
    return node.type === "all" ? together(parts) : either(parts);
  };

  const isShort = node.type === "text" && node.isPrefix && SHORT.test(node.text) &&
    !isUnspaced(node.text);
  if (isShort) {
    const start = titlesFrom(fold(node.text));
    const key = [fold(node.text)];
    return {
      rest: start.check,
      check: start.check,
      sources: [start.source],
      titles: start.source,
      phrases,
      words: key,
      text: "",
    };
  }
  const part = compile(node, true, true);
  if (!part && signs[0]) {
    const message = `"${signs[0].text}" has no letter and no digit, and signs are not searched. ` +
      "Write a word, or nothing to find everything";
    throw wrongAt(signs[0].at, message);
  }
  const text = fold(texts.join(" "));
  return {
    match: part?.match,
    textMatch: part?.text,
    phrases,
    rest: part?.rest,
    check: part?.check,
    isPlain: part?.isPlain,
    asks: part?.asks,
    sources,
    words: [...new Set(words)],
    text,
  };
}

/** A text in the index's language; undefined where nothing in it is a letter or a digit. */
export function toMatch(text: string, isPrefix: boolean): string | undefined {
  const words = searchable(text).match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu);
  if (!words) return undefined;
  return `"${words.join(" ")}"${isPrefix ? " *" : ""}`;
}

function toPart({ words, match, check, isExact }: Condition): Part {
  const found = match ?? (words && anyWord(words));
  if (found === undefined) return { rest: check, check: check!, isPlain: true };
  if (!check) return { match: found, check: inIndex(found) };
  return { match: found, rest: isExact ? undefined : check, check, isPlain: true };
}

function anyWord(words: readonly string[]): string {
  return words.length === 0 ? NOTHING : words.map((word) => `"${word}"`).join(" OR ");
}

function negated(part: Part | undefined): Part | undefined {
  if (!part) return undefined;
  const check = notIn(part.check);
  const { isPlain } = part;
  if (part.match === undefined || part.rest !== undefined) return { rest: check, check, isPlain };
  return { match: `${EVERYTHING} NOT (${part.match})`, check, isPlain };
}

function together(parts: Part[]): Part {
  const matches = parts.map(({ match }) => match).filter((it) => it !== undefined);
  const rests = parts.map(({ rest }) => rest).filter((it) => it !== undefined);
  // What the index must be asked about a row is asked together.
  const others = parts.filter(({ isPlain, match }) => !isPlain && match !== undefined);
  const asks = others.length > 0 ? conjunction(others.map(({ match }) => match!)) : undefined;
  const asked = asks === undefined ? [] : [inIndex(asks)];
  const checks = parts.filter((it) => !others.includes(it)).map(({ check }) => check);
  const left = others.map(({ rest }) => rest).filter((it) => it !== undefined);
  return {
    match: matches.length > 0 ? conjunction(matches) : undefined,
    text: textOf(parts, " AND "),
    rest: rests.length > 0 ? allOf(rests) : undefined,
    check: allOf([...checks, ...asked, ...left]),
    isPlain: others.length === 0,
    asks,
  };
}

/** Of `a AND (everything NOT b)` the index would list everything: it is `a NOT b`. */
function conjunction(matches: string[]): string {
  const prefix = `${EVERYTHING} NOT `;
  const wanted = matches.filter((it) => !it.startsWith(prefix));
  const unwanted = matches.filter((it) => it.startsWith(prefix)).map((it) =>
    it.slice(prefix.length)
  );
  const all = wanted.length > 0 ? wanted.map((it) => `(${it})`).join(" AND ") : EVERYTHING;
  return unwanted.length === 0 ? all : `(${all}) NOT (${unwanted.join(" OR ")})`;
}

function either(parts: Part[]): Part {
  const check = anyOf(parts.map((part) => part.check));
  const matches = parts.map(({ match }) => match);
  const isPlain = parts.every((part) => part.isPlain);
  const text = textOf(parts, " OR ");
  if (matches.some((it) => it === undefined)) return { text, rest: check, check, isPlain };
  const isExact = parts.every(({ rest }) => rest === undefined);
  const match = matches.map((it) => `(${it})`).join(" OR ");
  return { match, text, rest: isExact ? undefined : check, check, isPlain };
}

function textOf(parts: readonly Part[], by: " AND " | " OR "): string | undefined {
  const texts = parts.map(({ text }) => text).filter((it) => it !== undefined);
  return texts.length === 0 ? undefined : texts.map((it) => `(${it})`).join(by);
}
