/**
 * Kodi's NFO files: kodi.wiki/view/NFO_files. XML, XML with an address behind it, or nothing but an
 * address. Anybody may have written them, so they are read with every door shut: no DTD, no
 * entities beyond XML's own five, no file over a size, no nesting beyond a depth.
 *
 * @module
 */
import type { XMLParser } from "fast-xml-parser";
import type { Nfo } from "../details.ts";
import { type Element, toNfo } from "./nfo_fields.ts";

/** What Kodi itself writes with a hundred actors is some 30 KB. */
export const MAX_NFO_BYTES = 1024 * 1024;

export type NfoContent = Omit<Nfo, "path" | "modifiedMs">;

export type ReadNfo = (bytes: Uint8Array) => NfoContent;

/** The parser is loaded when the first NFO file is met. */
export function openNfoReader(): Promise<ReadNfo> {
  return opened ??= import("fast-xml-parser").then(({ XMLParser }) => {
    const parser = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: "@",
      parseTagValue: false,
      parseAttributeValue: false,
      processEntities: false,
      ignoreDeclaration: true,
      ignorePiTags: true,
      isArray: (_name, _path, _isLeaf, isAttribute) => !isAttribute,
    });
    return (bytes) => readNfo(bytes, parser);
  });
}

let opened: Promise<ReadNfo> | undefined;

const roots = ["movie", "episodedetails", "tvshow", "musicvideo"] as const;

function readNfo(bytes: Uint8Array, parser: XMLParser): NfoContent {
  const broken = (problem: string): NfoContent => ({ kind: "unknown", problem });
  if (bytes.length > MAX_NFO_BYTES) return broken("It is larger than any NFO file: not read");
  const text = decode(bytes);
  if (text.includes("\0")) return broken("It is no text");
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) return broken("It declares entities of its own: not read");
  const end = Math.max(...roots.map((root) => endOf(text, root)));
  const urls = urlsIn(end > 0 ? text.slice(end) : text);
  const links = { ...urls.length > 0 && { urls }, ...idsOf(urls) };
  if (end <= 0) {
    if (urls.length > 0) return { kind: "unknown", ...links };
    return broken("It is neither Kodi's XML nor an address");
  }
  try {
    const document = parser.parse(text.slice(0, end)) as Element;
    const kind = roots.find((root) => document[root]);
    const element = kind && document[kind]?.[0];
    if (!kind || typeof element !== "object") return { ...broken("It is empty"), ...links };
    const { uniqueIds, ...fields } = toNfo(element);
    const ids = uniqueIds ?? links.uniqueIds;
    return { kind, ...fields, ...ids && { uniqueIds: ids }, ...urls.length > 0 && { urls } };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ...broken(`It is damaged: ${why.slice(0, 200)}`), ...links };
  }
}

/** Behind the last closing tag of this name; 0 where there is none. */
function endOf(text: string, root: string): number {
  const tag = `</${root}>`;
  const at = text.lastIndexOf(tag);
  return at < 0 ? 0 : at + tag.length;
}

const MAX_URLS = 10;

function urlsIn(text: string): string[] {
  return [...text.slice(0, 64 * 1024).matchAll(/https?:\/\/[^\s<>"']{4,500}/gi)]
    .slice(0, MAX_URLS).map(([url]) => url);
}

/** By whose address it is, and where the id stands in it. */
const sites = {
  imdb: /imdb\.com\/title\/(tt\d{5,12})/i,
  tmdb: /themoviedb\.org\/(?:movie|tv)\/(\d{1,10})/i,
  tvdb: /thetvdb\.com\/.*[?&]id=(\d{1,10})/i,
};

function idsOf(urls: string[]): Pick<NfoContent, "uniqueIds"> {
  const uniqueIds = Object.entries(sites).flatMap(([type, pattern]) => {
    const value = urls.map((url) => pattern.exec(url)?.[1]).find((it) => it !== undefined);
    return value === undefined ? [] : [{ type, value }];
  });
  return uniqueIds.length > 0 ? { uniqueIds } : {};
}

/** UTF-8 unless a mark at its begin, or the XML declaration, says otherwise. */
function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const marked = first === 0xff && second === 0xfe
    ? "utf-16le"
    : first === 0xfe && second === 0xff
    ? "utf-16be"
    : undefined;
  const start = String.fromCharCode(...bytes.subarray(0, 100));
  const declared = /^<\?xml[^>]*encoding=["']([\w-]{1,40})["']/i.exec(start)?.[1];
  try {
    return new TextDecoder(marked ?? declared ?? "utf-8").decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes); // an encoding that nobody knows
  }
}
