/**
 * The XML of recorded Win32 answers: for each path a block of `<Name result="…"/>`, some nested;
 * where there is an `error`, nothing was answered.
 *
 * @module
 */
import { driveIndexIn } from "./names.ts";

/** What was answered for one path. */
export interface Asked {
  path: string;
  xml: string;
}

export interface Extent {
  /** Of the physical drive. */
  index: number;
  offset: number;
}

export function askedIn(text: string): Asked[] {
  return [...text.matchAll(/<Path path="([^"]*)"\s*>(.*?)<\/Path>/gs)].map(([, path, xml]) => ({
    path: decoded(path!),
    xml: xml!,
  }));
}

/** The answer of that name, or within the block of the first name; empty ones tell nothing. */
export function answerIn({ xml }: Asked, ...names: [string, string?]): string | undefined {
  const [block, name] = names;
  const inside = name === undefined ? xml : blockIn(xml, block);
  const tag = new RegExp(`<${name ?? block} ([^>]*)>`).exec(inside)?.[1] ?? "";
  return decoded(/\bresult="([^"]*)"/.exec(tag)?.[1] ?? "").trim() || undefined;
}

export function integerIn(one: Asked, ...names: [string, string]): number | undefined {
  const value = Number(answerIn(one, ...names) ?? NaN);
  return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** The pieces of physical drives that a volume is made of. */
export function extentsIn({ xml }: Asked): Extent[] {
  const block = blockIn(xml, "DiskExtents");
  return [...block.matchAll(/<DiskExtent [^>]*>(.*?)<\/DiskExtent>/gs)].flatMap(
    ([, inner = ""]) => {
      const one = { path: "", xml: inner };
      const index = driveIndexIn(answerIn(one, "Device"));
      return index === undefined ? [] : [{ index, offset: Number(answerIn(one, "Offset")) }];
    },
  );
}

function blockIn(xml: string, name: string): string {
  return new RegExp(`<${name} [^>]*>(.*?)</${name}>`, "s").exec(xml)?.[1] ?? "";
}

function decoded(text: string): string {
  return text.replaceAll(
    /&#x([\da-f]{1,4});/gi,
    (_, digits) => String.fromCharCode(parseInt(digits, 16)),
  ).replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'").replaceAll("&amp;", "&");
}
