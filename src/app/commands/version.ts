/**
 * `giggityflix version`.
 *
 * @module
 */
import { Command } from "commander";
import { VERSION } from "../../base/version.ts";
import type { CommandContext } from "../cli.ts";

export function version({ terminal }: CommandContext): Command {
  return new Command("version")
    .description("Print the version")
    .option("--json", "print JSON")
    .action(({ json }) => {
      const { deno, v8 } = Deno.version;
      terminal.print(
        json ? JSON.stringify({ version: VERSION, deno, v8 }) : `giggityflix ${VERSION}`,
      );
    });
}
