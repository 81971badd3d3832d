/**
 * `giggityflix drives`: the physical drives of this machine, or of one whose tools were recorded.
 *
 * @module
 */
import { Command } from "commander";
import { run } from "../../../base/command.ts";
import { silent } from "../../../base/log.ts";
import { currentPlatform } from "../../../base/platform.ts";
import { snakeCased } from "../../../base/text/snake_case.ts";
import { detectDrives, type DriveReport, strategies, toRecord } from "../../../drives/mod.ts";
import type { CommandContext } from "../../cli.ts";
import { formatBytes, table, type Terminal } from "../../terminal.ts";
import { health } from "./health.ts";
import { replay } from "./replay.ts";
import { tree } from "./tree.ts";
import { why } from "./why.ts";

export function drives(context: CommandContext): Command {
  const { terminal, signal } = context;
  return new Command("drives")
    .description("Detect and show the physical drives of this machine")
    .option("--json", "print JSON")
    .option("--tree", "show what stands on each drive")
    .option("--record", "print what this machine's tools say, to be replayed elsewhere")
    .option("--replay <FILE...>", "show the machine whose tools' outputs these files hold")
    .action(async (options) => {
      if (options.replay) {
        return show(await replay(options.replay), options, terminal);
      }
      const found = await detect(signal);
      if (options.record) return terminal.print(toRecord(found.recordings));
      const { recordings: _, ...report } = found;
      show(report, options, terminal);
    })
    .addCommand(health(context))
    .addCommand(why(context));
}

/** The drives of this machine, now. */
export function detect(signal: AbortSignal) {
  return detectDrives({ strategies: strategies[currentPlatform()], run, log: silent, signal });
}

function show(
  report: DriveReport,
  { json, tree: asTree }: { json?: boolean; tree?: boolean },
  { print }: Terminal,
): void {
  if (json) return print(JSON.stringify(snakeCased(report)));
  if (asTree) return print(tree(report));
  if (report.drives.length === 0) return print("There is no drive");
  if (report.isGuess) return print(`Drives cannot be told: ${report.drives[0]!.evidence}`);
  print(table(
    ["NAME", "KIND", "SIZE", "MODEL", "SERIAL", "ID", "MOUNTED AT"],
    report.drives.map(({ id, name, kind, sizeBytes, model, serial }) => [
      name,
      kind,
      sizeBytes ? formatBytes(sizeBytes) : "?",
      model ?? "-",
      serial ?? "-",
      id,
      report.volumes.filter(({ driveIds }) => driveIds.includes(id))
        .flatMap(({ mountPoints }) => mountPoints).join(" ") || "-",
    ]),
  ));
}
