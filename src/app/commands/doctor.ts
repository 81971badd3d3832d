/**
 * `giggityflix doctor`: what is wrong with the running agent, why, and what helps.
 *
 * @module
 */
import { Command } from "commander";
import { UnavailableError } from "../../base/errors.ts";
import { ask } from "../client.ts";
import type { CommandContext } from "../cli.ts";
import { findAgent } from "../data_folder.ts";
import { plain } from "../terminal.ts";
import { dataDirOf, textsOf, withSettings } from "./options.ts";

interface Problem {
  text: string;
  fix?: string;
}

interface Health {
  parts: Record<string, { status: string; problems?: Problem[] }>;
}

export function doctor({ terminal, signal }: CommandContext): Command {
  return withSettings(new Command("doctor"), ["dataDir"])
    .description("Show what is wrong with the running agent, and what helps")
    .option("--json", "print JSON")
    .action(async (options) => {
      const dataDir = dataDirOf(textsOf(options));
      const agent = await findAgent(dataDir);
      if (!agent) {
        throw new UnavailableError(
          `No agent runs for "${dataDir}": start one with "giggityflix start"`,
        );
      }
      const { parts } = await ask<Health>(agent, "/api/health/", { signal });
      const found = Object.entries(parts).flatMap(([part, { status, problems = [] }]) =>
        problems.length === 0 && status === "degraded"
          ? [{ part, text: 'It is degraded: "giggityflix status" says more' }]
          : problems.map((problem) => ({ part, ...problem }))
      );
      if (options.json) return terminal.print(JSON.stringify({ problems: found }));
      if (found.length === 0) return terminal.print("Nothing is wrong");
      for (const { part, text, fix } of found as (Problem & { part: string })[]) {
        terminal.print(`${part}: ${plain(text)}`);
        if (fix) terminal.print(`  ${plain(fix)}`);
      }
    });
}
