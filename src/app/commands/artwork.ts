/**
 * `giggityflix artwork [make ID…]`: what the pictures take, and making them before anybody asks.
 *
 * @module
 */
import { Command } from "commander";
import { type ArtworkUsage, usageBody } from "../../http/mod.ts";
import { ask } from "../client.ts";
import type { CommandContext } from "../cli.ts";
import { findAgent } from "../data_folder.ts";
import { formatBytes } from "../terminal.ts";
import { openOffline } from "./offline.ts";
import { dataDirOf, textsOf, withSettings } from "./options.ts";

export function artwork(context: CommandContext): Command {
  const { print } = context.terminal;
  const show = (usage: ArtworkUsage, options: { json?: boolean }) => {
    if (options.json) return print(JSON.stringify(usage));
    const { ffmpeg, cache_bytes: bytes, cache_limit_bytes: limit } = usage;
    print(`${formatBytes(bytes)} of ${formatBytes(limit)} are taken by pictures`);
    if (!ffmpeg) print("There are covers only: ffmpeg is not installed, or not in PATH");
  };
  const all = withJson(new Command("artwork"))
    .description("Show what the pictures of films take, or make them")
    .action(async (options) => {
      const texts = textsOf(options);
      const agent = await findAgent(dataDirOf(texts));
      if (agent) return show(await ask<ArtworkUsage>(agent, "/api/artwork/"), options);
      await using offline = await openOffline(texts, context);
      show(await usageBody((await offline.openPeer()).artwork), options);
    });
  all.addCommand(
    withJson(new Command("make")).exitOverride()
      .description("Make pictures and fingerprints of these files, or of all that have none")
      .argument("[ID...]", "of media, as `giggityflix media --json` prints it")
      .action(async (ids: string[], _, command: Command) => {
        const options = command.optsWithGlobals();
        const texts = textsOf(options);
        const agent = await findAgent(dataDirOf(texts));
        const chosen = ids.length > 0 ? ids : undefined;
        if (agent) {
          const body = { ...chosen && { media_ids: chosen } };
          const { signal } = context;
          const usage = await ask<ArtworkUsage>(agent, "/api/artwork/", {
            method: "POST",
            body,
            signal,
          });
          if (options.json) return show(usage, options);
          return print('The agent makes them: "giggityflix jobs" shows how far it is');
        }
        await using offline = await openOffline(texts, context);
        const peer = await offline.openPeer();
        await peer.drives.refresh(context.signal);
        await peer.artwork.makeNow(chosen, context.signal);
        show(await usageBody(peer.artwork), options);
      }),
  );
  return all;
}

function withJson(command: Command): Command {
  return withSettings(command, ["dataDir"]).option("--json", "print one JSON object");
}
