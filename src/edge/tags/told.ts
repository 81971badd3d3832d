/**
 * Which tags of a title are told, and which are kept of what was told: by the same bounds at both
 * ends. What is left out is not forgotten: then these are not all of them.
 *
 * @module
 */
import { isTagPath } from "../../items/mod.ts";
import type { TitleTags } from "../messages.ts";

/** More than anybody gives to one film. */
const MAX_TAGS = 200;
/** Paths that are looked at: a peer may send a million. */
const MAX_SEEN = 1000;
/** UTF-16 units of all of a title's paths. */
const MAX_UNITS = 16_384;

/** Each path once, in order, so that the same tags are the same text. */
export function boundedTags({ paths, isComplete }: TitleTags): TitleTags {
  const kept: string[] = [];
  let units = 0;
  const seen = paths.slice(0, MAX_SEEN);
  const unique = [...new Set(seen)].sort();
  for (const path of unique) {
    const fits = kept.length < MAX_TAGS && units + path.length <= MAX_UNITS;
    if (!fits || !isTagPath(path)) continue;
    kept.push(path);
    units += path.length;
  }
  const isAll = kept.length === unique.length && seen.length === paths.length;
  return { paths: kept, isComplete: isComplete && isAll };
}
