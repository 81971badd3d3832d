/**
 * Apple's property lists in XML: what macOS tools print with `-plist` or `-xml`.
 *
 * @module
 */
import { UnavailableError } from "../../base/errors.ts";

/** Dates stay as written; data stays base64; integers beyond 2^53 lose their last digits. */
export type PlistValue = string | number | boolean | PlistValue[] | { [key: string]: PlistValue };

/** Whether this may hold a list, by the first words of one. */
export function hasPlist(text: string): boolean {
  return /<plist[\s>]/.test(text) || isBinary(text);
}

/** Whether this is a list in the binary form, which no tool prints but `defaults` writes. */
export function isBinary(text: string): boolean {
  return text.startsWith("bplist");
}

/**
 * Every property list in `text`: several may follow each other, and lines of other programs may
 * stand before, between and after them.
 *
 * @throws {UnavailableError} it is binary, has no list, or ends in the middle of one
 */
export function plistsIn(text: string): PlistValue[] {
  if (isBinary(text)) {
    throw broken("it is binary; convert it with `plutil -convert xml1 -o OUT FILE`", text);
  }
  const lists: PlistValue[] = [];
  // Quotes and brackets within the document type would not be tags of ours.
  for (const [whole] of text.matchAll(/<plist[\s>][\s\S]*?(?:<\/plist>|$)/g)) {
    if (!whole.endsWith("</plist>")) throw broken("it ends in the middle", whole.slice(-200));
    const value = parse(whole);
    if (value !== undefined) lists.push(value);
  }
  if (lists.length === 0) throw broken("it has no <plist>", text);
  return lists;
}

/** A list or dictionary that is still open, and the key that its next value belongs to. */
interface Open {
  value: PlistValue[] | { [key: string]: PlistValue };
  key?: string;
}

const tags =
  /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([A-Za-z]+)(?:\s[^<>]*?)?(\/?)>|([^<]+)/g;

function parse(text: string): PlistValue | undefined {
  const stack: Open[] = [];
  let root: PlistValue | undefined;
  let said = "";
  const put = (value: PlistValue) => {
    const open = stack.at(-1);
    if (!open) root ??= value;
    else if (Array.isArray(open.value)) open.value.push(value);
    else if (open.key !== undefined) define(open.value, open.key, value);
  };
  for (const [, cdata, closing, tag, isEmpty, words] of text.matchAll(tags)) {
    if (cdata !== undefined) said += cdata;
    else if (words !== undefined) said += unescape(words);
    else if (tag === "dict" || tag === "array") {
      if (closing) {
        stack.pop();
        continue;
      }
      const value = tag === "dict" ? {} : [];
      put(value);
      if (!isEmpty) stack.push({ value });
    } else if (tag === "key" && closing) {
      const open = stack.at(-1);
      if (open) open.key = said;
    } else if (tag && (closing || isEmpty)) {
      const value = scalar(tag, isEmpty ? "" : said);
      if (value !== undefined) put(value);
    } else if (tag) said = "";
  }
  return root;
}

/** A key such as "__proto__" is a key like any other. */
function define(into: { [key: string]: PlistValue }, key: string, value: PlistValue): void {
  Object.defineProperty(into, key, { value, enumerable: true, writable: true, configurable: true });
}

/** undefined for tags that are no value, as </plist>. */
function scalar(tag: string, said: string): PlistValue | undefined {
  if (tag === "string") return said;
  if (tag === "true" || tag === "false") return tag === "true";
  if (tag === "integer" || tag === "real") return Number(said.trim());
  if (tag === "date") return said.trim();
  if (tag === "data") return said.replaceAll(/\s/g, "");
}

const entities: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replaceAll(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name) return entities[name] ?? whole;
    const code = decimal ? Number(decimal) : parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function broken(state: string, text: string): UnavailableError {
  return new UnavailableError(`Cannot read a property list: ${state}`, {
    begins: text.slice(0, 200),
  });
}
