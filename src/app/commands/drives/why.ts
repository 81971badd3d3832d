/**
 * `giggityflix drives why PATH`: which drives a read of this path touches, and what proves it.
 *
 * @module
 */
import { Command } from "commander";
import { whyBody } from "../../../http/mod.ts";
import { run } from "../../../base/command.ts";
import { currentPlatform } from "../../../base/platform.ts";
import { openLocator, openMounts, openMountTable } from "../../../drives/mod.ts";
import type { CommandContext } from "../../cli.ts";
import { plain } from "../../terminal.ts";
import { detect } from "./mod.ts";

export function why({ terminal, signal }: CommandContext): Command {
  return new Command("why")
    .description("Show which drives a read of PATH touches, and what proves it")
    .argument("<PATH>")
    .option("--json", "print JSON")
    .action(async (path: string, _, command: Command) => {
      const report = await detect(signal);
      const table = openMountTable();
      const platform = currentPlatform();
      // What hangs is not waited for.
      using mounts = openMounts({ table, report: () => report, run, platform });
      const locator = openLocator({ report: () => report, table, mounts, platform });
      const found = await locator.locate(path);
      if (command.optsWithGlobals().json) {
        return terminal.print(JSON.stringify(whyBody(path, found)));
      }
      const names = found.driveIds.map((id) => {
        const name = report.drives.find((drive) => drive.id === id)?.name;
        return name === undefined || name === id ? id : `${name} (${id})`;
      });
      terminal.print(`A read of ${plain(path)} touches ${plain(names.join(", "))}:`);
      for (const { text } of found.chain) terminal.print(`  ${plain(text)}`);
    });
}
