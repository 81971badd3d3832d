/**
 * What a tool printed as a tree, as XML property lists or as JSON.
 *
 * @module
 */
import { hasPlist, plistsIn } from "../plist.ts";
import { parseJson } from "../reader.ts";
import { records, type Values } from "../values.ts";

/** Every dictionary in `text`, which is one or more property lists, or JSON. */
export function treesIn(tool: string, text: string): Values[] {
  const values = hasPlist(text) ? plistsIn(text) : [parseJson(tool, text)];
  return values.flatMap((value) => Array.isArray(value) ? records(value) : records([value]));
}

/** Whether a tree in `text` has `key`, by its letters. */
export function hasKey(text: string, key: string): boolean {
  return text.includes(`<key>${key}</key>`) || text.includes(`"${key}"`);
}
