/**
 * The language that a search is written in, read into a tree. Words are all wanted, in any order:
 *
 *     query   = all { "OR" all }
 *     all     = { ["-" | "NOT"] one }                          spaces between them
 *     one     = "(" query ")" | filter | phrase | word
 *     phrase  = '"' … '"' ["*"]                                these words side by side
 *     word    = letters ["*"]                                  "*": words that begin so
 *     filter  = name ( ":" | "=" | "<" | "<=" | ">" | ">=" ) value
 *     value   = phrase | letters                               see src/items/search/filters
 *
 * @module
 */
import { InvalidError } from "../../../base/errors.ts";

export type Operator = ":" | "=" | "<" | "<=" | ">" | ">=";

export type Node =
  | { type: "all" | "any"; nodes: Node[] }
  | { type: "not"; node: Node }
  | TextNode
  | FilterNode;

export interface TextNode {
  type: "text";
  text: string;
  isPrefix: boolean;
  /** Where it stands in the query, from 0. */
  at: number;
}

export interface FilterNode {
  type: "filter";
  name: string;
  operator: Operator;
  value: string;
  /** Where it stands in the query, from 0. */
  at: number;
}

export const MAX_QUERY = 1000;
const MAX_TERMS = 64;
const MAX_DEPTH = 16;

/** A name, its operator, and what of the value follows without a space. */
const FILTER = /([\p{L}][\p{L}\p{N}_.-]*)(:|<=|>=|<|>|=)(?=([^\s)]?))/uy;
const BARE = /(?:[^\s()"]|"[^"]*")+/uy;

export interface ParseOptions {
  /** The last word is perhaps not at its end: words that begin so are found too. */
  isTyping?: boolean | undefined;
  /** With nothing after it such a name is a filter without a value, and any other is a word. */
  isFilter?: (name: string) => boolean;
}

/** @throws {InvalidError} it cannot be read; the message names the position, from 1 */
export function parseQuery(query: string, options: ParseOptions = {}): Node {
  if (query.length > MAX_QUERY) {
    throw new InvalidError(`Cannot read the query: it is longer than ${MAX_QUERY} letters`);
  }
  return new Parser(query, options).parse();
}

/** What is wrong, and where: the page puts its caret there. */
export function wrongAt(at: number, message: string): InvalidError {
  return new InvalidError(`Cannot read the query at ${at + 1}: ${message}`, { position: at + 1 });
}

class Parser {
  readonly #text: string;
  readonly #isTyping: boolean;
  readonly #isFilter: (name: string) => boolean;
  #at = 0;
  #terms = 0;

  constructor(text: string, { isTyping = false, isFilter = () => false }: ParseOptions) {
    this.#text = text;
    this.#isTyping = isTyping;
    this.#isFilter = isFilter;
  }

  parse(): Node {
    const node = this.#any(0);
    if (this.#at < this.#text.length) {
      throw wrongAt(this.#at, 'there is a ")" too many; in a text put quotes around it');
    }
    return node;
  }

  #any(depth: number): Node {
    const start = this.#at;
    if (depth > MAX_DEPTH) throw wrongAt(start, `more than ${MAX_DEPTH} brackets in each other`);
    const nodes = [this.#all(depth)];
    for (let at = this.#at; this.#keyword("OR"); at = this.#at) {
      const left = nodes.at(-1)!;
      const right = this.#all(depth);
      for (const it of [left, right]) {
        if (it.type !== "not" && "nodes" in it && it.nodes.length === 0) {
          throw wrongAt(at, 'OR stands between two things that are searched; as a word write "or"');
        }
      }
      nodes.push(right);
    }
    return nodes.length === 1 ? nodes[0]! : { type: "any", nodes };
  }

  #all(depth: number): Node {
    const nodes: Node[] = [];
    for (this.#space(); this.#at < this.#text.length && !this.#ends(); this.#space()) {
      nodes.push(this.#not(depth));
    }
    return nodes.length === 1 ? nodes[0]! : { type: "all", nodes };
  }

  #not(depth: number): Node {
    const start = this.#at;
    // A dash between spaces is a dash.
    const isDash = this.#text[start] === "-" && /[^\s-]/.test(this.#text[start + 1] ?? " ");
    if (isDash) this.#at++;
    if (!isDash && !this.#keyword("NOT")) return this.#one(depth);
    this.#space();
    if (this.#at >= this.#text.length || this.#ends()) {
      throw wrongAt(start, "say what shall not be found");
    }
    return { type: "not", node: this.#one(depth) };
  }

  #one(depth: number): Node {
    const start = this.#at;
    if (++this.#terms > MAX_TERMS) throw wrongAt(start, `more than ${MAX_TERMS} terms`);
    if (this.#text[start] === "(") {
      this.#at++;
      this.#space();
      if (this.#text[this.#at] === ")") throw wrongAt(start, "there is nothing in these brackets");
      const node = this.#any(depth + 1);
      if (this.#text[this.#at] !== ")") throw wrongAt(start, 'this "(" has no ")"');
      this.#at++;
      return node;
    }
    if (this.#text[start] === '"') return this.#phrase();
    const [whole, written, operator, begin] = this.#match(FILTER) ?? [];
    const name = written?.toLowerCase() ?? "";
    if (whole !== undefined && (begin !== "" || this.#isFilter(name))) {
      this.#at += whole.length;
      const value = begin === "" ? "" : this.#value();
      return { type: "filter", name, operator: operator as Operator, value, at: start };
    }
    const [word] = this.#match(BARE) ?? [this.#text[start]!];
    this.#at += word!.length;
    const isLast = this.#isTyping && this.#at === this.#text.length;
    return { type: "text", text: word!, isPrefix: word!.endsWith("*") || isLast, at: start };
  }

  #phrase(): Node {
    const at = this.#at;
    const text = this.#quoted();
    const isPrefix = this.#text[this.#at] === "*";
    if (isPrefix) this.#at++;
    return { type: "text", text, isPrefix, at };
  }

  #value(): string {
    if (this.#text[this.#at] === '"') return this.#quoted();
    const [value = ""] = this.#match(BARE) ?? [];
    this.#at += value.length;
    return value.replaceAll('"', "");
  }

  #quoted(): string {
    const start = this.#at;
    const end = this.#text.indexOf('"', start + 1);
    if (end < 0) throw wrongAt(start, "this quote has no other end");
    this.#at = end + 1;
    return this.#text.slice(start + 1, end);
  }

  #keyword(word: "OR" | "NOT"): boolean {
    this.#space();
    const end = this.#at + word.length;
    if (!this.#text.startsWith(word, this.#at) || !/[\s("]|^$/.test(this.#text[end] ?? "")) {
      return false;
    }
    this.#at = end;
    return true;
  }

  #ends(): boolean {
    if (this.#text[this.#at] === ")") return true;
    const at = this.#at;
    const isOr = this.#keyword("OR");
    this.#at = at;
    return isOr;
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at++;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text);
  }
}
