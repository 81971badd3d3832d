/**
 * `giggityflix status`: what the running agent says of itself.
 *
 * @module
 */
import { Command } from "commander";
import { UnavailableError } from "../../base/errors.ts";
import { ask } from "../client.ts";
import type { CommandContext } from "../cli.ts";
import { findAgent } from "../data_folder.ts";
import { dataDirOf, textsOf, withSettings } from "./options.ts";
import { type Part, statusLines } from "./status_lines.ts";

interface Health {
  status: string;
  version: string;
  parts: Record<string, Part>;
}

export function status({ terminal, signal }: CommandContext): Command {
  return withSettings(new Command("status"), ["dataDir"])
    .description("Show whether an agent runs, and how it is")
    .option("--json", "print JSON")
    .action(async (options) => {
      const dataDir = dataDirOf(textsOf(options));
      const agent = await findAgent(dataDir);
      if (!agent) {
        if (options.json) terminal.print(JSON.stringify({ running: false, data_dir: dataDir }));
        throw new UnavailableError(
          `No agent runs for "${dataDir}": start one with "giggityflix start"`,
        );
      }
      const health = await ask<Health>(agent, "/api/health/", { signal });
      if (options.json) {
        const { url, pid } = agent;
        return terminal.print(
          JSON.stringify({ running: true, url, pid, data_dir: dataDir, ...health }),
        );
      }
      terminal.print(
        `giggityflix ${health.version} is ${health.status} at ${agent.url} (pid ${agent.pid})`,
      );
      terminal.print(statusLines(health.parts));
      terminal.print(`From another machine (when HTTP_HOST allows): add ?token=${agent.token}`);
    });
}
