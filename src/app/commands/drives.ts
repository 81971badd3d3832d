/**
 * `giggityflix drives`: the physical drives of this machine.
 *
 * @module
 */
import { Command } from "commander";
import { run } from "../../base/command.ts";
import { silent } from "../../base/log.ts";
import { currentPlatform } from "../../base/platform.ts";
import { detectDrives, strategies } from "../../drives/mod.ts";
import { snakeCased } from "../../http/mod.ts";
import type { CommandContext } from "../cli.ts";
import { formatBytes, table } from "../terminal.ts";

export function drives({ terminal, signal }: CommandContext): Command {
  return new Command("drives")
    .description("Detect and show the physical drives of this machine")
    .option("--json", "print JSON")
    .action(async ({ json }) => {
      const found = await detectDrives({
        strategies: strategies[currentPlatform()],
        run,
        log: silent,
        signal,
      });
      if (json) return terminal.print(JSON.stringify(snakeCased(found)));
      terminal.print(table(
        ["NAME", "KIND", "SIZE", "MODEL", "ID", "MOUNTED AT"],
        found.drives.map(({ id, name, kind, sizeBytes, model }) => [
          name,
          kind,
          sizeBytes ? formatBytes(sizeBytes) : "?",
          model ?? "-",
          id,
          found.volumes.filter(({ driveIds }) => driveIds.includes(id))
            .flatMap(({ mountPoints }) => mountPoints).join(" ") || "-",
        ]),
      ));
    });
}
