/**
 * The files by which a folder's owner says what a walk passes over: see src/media/ignore.
 *
 * @module
 */
import { join } from "node:path";
import { IGNORE_FILE, IgnoreRules, MAX_IGNORE_BYTES, NO_MEDIA } from "../../ignore/rules.ts";
import { explain } from "./touch.ts";
import type { WalkIssue } from "./tree.ts";

export function isRuleFile(name: string): boolean {
  return name === NO_MEDIA || name === IGNORE_FILE;
}

/** The rules in a folder with these rule files, below others; or that it is passed over. */
export function addRules(
  rules: IgnoreRules,
  base: string,
  folder: string,
  names: readonly string[],
  issues: WalkIssue[],
): IgnoreRules | "passed" {
  if (names.includes(NO_MEDIA)) return "passed";
  if (!names.includes(IGNORE_FILE)) return rules;
  const path = `${base}${folder && `${folder}/`}${IGNORE_FILE}`;
  try {
    if (Deno.statSync(path).size > MAX_IGNORE_BYTES) {
      const problem = `It is larger than ${MAX_IGNORE_BYTES / 1024} kB: its rules do not hold`;
      issues.push({ path, problem });
      return rules;
    }
    return rules.below(folder, Deno.readTextFileSync(path));
  } catch (error) {
    issues.push({ path, problem: explain(error, "file") });
    return rules;
  }
}

/** The rules of all folders above one; or that one of them is passed over, and it with them. */
export function rulesAbove(
  base: string,
  folder: string,
  excludeDirs: ReadonlySet<string>,
): IgnoreRules | "passed" {
  let rules: IgnoreRules = IgnoreRules.none;
  if (folder === "") return rules;
  const names = folder.split("/");
  for (const [depth, name] of names.entries()) {
    const above = names.slice(0, depth).join("/");
    const path = names.slice(0, depth + 1).join("/");
    const ruling = [NO_MEDIA, IGNORE_FILE].filter((it) =>
      isFile(`${base}${above && `${above}/`}${it}`)
    );
    const own = addRules(rules, base, above, ruling, []);
    const isExcluded = excludeDirs.has(name) || excludeDirs.has(join(base, path));
    if (own === "passed" || isExcluded || own.ignores(path, true)) return "passed";
    rules = own;
  }
  return rules;
}

function isFile(path: string): boolean {
  try {
    return Deno.lstatSync(path).isFile;
  } catch {
    return false;
  }
}
