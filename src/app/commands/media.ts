/**
 * `giggityflix media`: the files in the library.
 *
 * @module
 */
import { Command } from "commander";
import { mediaBody, type MediaItem } from "../../http/mod.ts";
import type { MediaFile } from "../../media/mod.ts";
import { askAll } from "../client.ts";
import type { CommandContext } from "../cli.ts";
import { findAgent } from "../data_folder.ts";
import { formatBytes, table } from "../terminal.ts";
import { openOffline } from "./offline.ts";
import { dataDirOf, type Texts, textsOf, withSettings } from "./options.ts";

export function media(context: CommandContext): Command {
  const { terminal } = context;
  return withSettings(new Command("media"), ["dataDir"])
    .description("List the files in the library")
    .option("--json", "print JSON Lines, one object a file")
    .action(async (options) => {
      const texts = textsOf(options);
      const agent = await findAgent(dataDirOf(texts));
      const items = agent
        ? await askAll<MediaItem>(agent, "/api/media/")
        : await listHere(texts, context);
      if (options.json) return items.forEach((item) => terminal.print(JSON.stringify(item)));
      terminal.print(table(
        ["STATUS", "SIZE", "LENGTH", "CONTAINER", "TITLE", "FILE"],
        items.map((it) => [
          it.error ? `${it.status}!` : it.status,
          formatBytes(it.size_bytes),
          it.duration_ms === null ? "-" : `${Math.round(it.duration_ms / 1000)} s`,
          it.container ?? "-",
          it.title,
          `${it.root}/${it.relative_path}`,
        ]),
      ));
    });
}

async function listHere(texts: Texts, context: CommandContext): Promise<MediaItem[]> {
  await using offline = await openOffline(texts, context);
  const { library } = await offline.openPeer();
  const all: MediaFile[] = [];
  for (let after = "";;) {
    const some = library.list({ after, limit: 500 });
    all.push(...some);
    if (some.length < 500) return all.map(mediaBody);
    after = some.at(-1)!.id;
  }
}
