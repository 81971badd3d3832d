/**
 * What a command does itself where no agent runs: it holds the data folder meanwhile.
 *
 * @module
 */
import { Events } from "../../base/events.ts";
import { filtered, Log, textSink } from "../../base/log.ts";
import type { CommandContext } from "../cli.ts";
import { openDataFolder } from "../data_folder.ts";
import { openConfiguration, openData, openPeer } from "../parts/peer.ts";
import { dataDirOf, type Texts } from "./options.ts";

/** Opens the data folder, its database and its settings, until disposed. */
export async function openOffline(texts: Texts, { terminal }: CommandContext) {
  await using held = new AsyncDisposableStack();
  const folder = held.use(await openDataFolder(dataDirOf(texts)));
  const warnings = new Log(filtered(textSink(terminal.logLine), () => "warn"));
  const db = held.use(openData(folder.path, "library", warnings));
  const config = openConfiguration(db, texts);
  const log = new Log(filtered(textSink(terminal.logLine), () => config.value.logLevel));
  const events = new Events();
  const kept = held.move();
  return {
    folder,
    db,
    config,
    events,
    log,
    openPeer: async () =>
      kept.use(
        await openPeer({
          db,
          config,
          dataDir: folder.path,
          publish: events.publish,
          log,
          onFound() {},
        }),
      ),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
