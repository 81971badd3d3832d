/**
 * `giggityflix detect-drives`: detects now and keeps what was found; the running agent does it, or
 * this command where none runs.
 *
 * @module
 */
import { Command } from "commander";
import type { CommandContext } from "../../cli.ts";
import { ask } from "../../client.ts";
import { findAgent } from "../../data_folder.ts";
import { openOffline } from "../offline.ts";
import { dataDirOf, type Texts, textsOf, withSettings } from "../options.ts";

type Result = Record<"drives_added" | "partitions_added", number>;

/** Every tool of every strategy may take its time. */
const LIMIT_MS = 70_000;

export function detectDrives(context: CommandContext): Command {
  const { terminal, signal } = context;
  return withSettings(new Command("detect-drives"), ["dataDir"])
    .description("Detect the drives now, and keep what is found")
    .option("--json", "print JSON")
    .action(async (options) => {
      const texts = textsOf(options);
      const agent = await findAgent(dataDirOf(texts));
      const result = agent
        ? await ask<Result>(agent, "/api/drives/refresh", {
          method: "POST",
          signal,
          timeoutMs: LIMIT_MS,
        })
        : await detectHere(texts, context);
      if (options.json) return terminal.print(JSON.stringify(result));
      const [drives, partitions] = [result["drives_added"], result["partitions_added"]];
      terminal.print(
        drives || partitions
          ? `New drives: ${drives}; new partitions: ${partitions}`
          : "Nothing new: every drive and partition was known",
      );
    });
}

async function detectHere(texts: Texts, context: CommandContext): Promise<Result> {
  await using offline = await openOffline(texts, context);
  const peer = await offline.openPeer();
  const { drivesAdded, partitionsAdded } = await peer.drives.refresh(context.signal);
  return { "drives_added": drivesAdded, "partitions_added": partitionsAdded };
}
