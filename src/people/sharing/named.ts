/**
 * What a rule names: a mistake where it can be nothing else, and a word where it may be to come.
 *
 * @module
 */
import { NotFoundError } from "../../base/errors.ts";
import { slugifyPath } from "../../items/mod.ts";
import type { Deps } from "../deps.ts";
import type { Shared } from "./rules.ts";

/**
 * What whoever makes these rules should know of them, in words. A tag may be given, and a title
 * come, when there is a rule for it already; a peer comes by its own name, and is known by then.
 *
 * @throws {NotFoundError} no such peer has ever joined or connected
 */
export async function noticesOf(rules: readonly Shared[], knows: Deps["knows"]): Promise<string[]> {
  const notices: string[] = [];
  for (const { kind, value } of rules) {
    const named = kind === "tag" ? slugifyPath(value) : value;
    if (await knows({ kind, value: named })) continue;
    if (kind === "peer") {
      throw new NotFoundError(
        `Cannot make a rule for peer "${value}": none of that name has ever joined or connected`,
        { field: "value" },
      );
    }
    notices.push(
      kind === "tag"
        ? `Nothing here has the tag "${named}" now: the rule is for what will have it`
        : `There is no title "${value}" here now: the rule is for when it comes`,
    );
  }
  return notices;
}
