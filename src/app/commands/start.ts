/**
 * `giggityflix start` and `giggityflix edge`: run until told to stop.
 *
 * @module
 */
import { Command } from "commander";
import type { CommandContext } from "../cli.ts";
import { type FlagName, textsOf, withSettings } from "./options.ts";

const common: FlagName[] = ["dataDir", "httpHost", "httpPort", "grpcServerAddress", "logLevel"];
const ofPeers: FlagName[] = ["edgeGrpcAddress", "peerId", "scanIntervalMinutes", "hashAlgorithms"];

export function start(context: CommandContext): Command {
  const command = new Command("start")
    .description("Run this peer, and the edge role unless an edge is named");
  return withSettings(command, [...common, ...ofPeers], true)
    .action((options) => runRole("peer", options, context));
}

export function edge(context: CommandContext): Command {
  const command = new Command("edge").description("Run the edge role alone");
  return withSettings(command, common).action((options) => runRole("edge", options, context));
}

async function runRole(
  role: "peer" | "edge",
  options: Record<string, unknown>,
  { terminal, signal }: CommandContext,
): Promise<void> {
  const { runAgent } = await import("../agent.ts");
  await runAgent({ role, texts: textsOf(options), terminal, signal });
}
