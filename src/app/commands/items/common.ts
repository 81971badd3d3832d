/**
 * What the commands about items have in common.
 *
 * @module
 */
import { type Command, InvalidArgumentError } from "commander";
import { withSettings } from "../options.ts";

/** What every one of these commands takes. */
export function common(command: Command, json: string): Command {
  return withSettings(command, ["dataDir"]).exitOverride()
    .option("--user <name>", "who asks", "owner")
    .option("--json", json);
}

/** A whole number of things, 1 to a million. */
export function toCount(value: string): number {
  if (/^[1-9]\d{0,5}$|^1000000$/.test(value)) return Number(value);
  throw new InvalidArgumentError("expected a whole number from 1 to 1000000");
}
