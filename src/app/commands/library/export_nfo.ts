/**
 * `giggityflix export nfo`: NFO files beside the films, for Kodi and its kin.
 *
 * @module
 */
import { Command } from "commander";
import { ConflictError, Failure, InvalidError, reasonOf } from "../../../base/errors.ts";
import type { CommandContext } from "../../cli.ts";
import { plain } from "../../terminal.ts";
import { type Calls, withLibrary } from "./call.ts";

interface Written {
  item: string;
  path?: string;
  kept?: string | null;
  problem?: string;
}

export function exportNfo(context: CommandContext): Command {
  const { print } = context.terminal;
  const command = new Command("nfo").exitOverride()
    .description("Write what is known of items beside their films, as Kodi reads it")
    .argument("[item...]")
    .option("--all", "of every item that has a film")
    .option("--overwrite", "also where somebody else has written one, which is kept as .bak");
  return command.action(async (ids: string[]) => {
    const options = command.optsWithGlobals();
    if ((ids.length > 0) === (options.all === true)) {
      throw new InvalidError("Cannot write NFO files: name items, or say --all");
    }
    let written = 0;
    let failed = 0;
    await withLibrary(options, context, async (calls) => {
      for await (const id of options.all ? everyItem(calls) : ids) {
        context.signal.throwIfAborted();
        const result = await write(calls, id, options.overwrite === true);
        if (result.problem === undefined) written++;
        else failed++;
        if (options.json) print(JSON.stringify(result));
        else print(plain(result.problem ?? result.path!));
      }
    });
    if (!options.json) print(`${written} written, ${failed} not`);
    if (failed > 0 && !options.all) throw new ConflictError(`Cannot write ${failed} of them`);
  });
}

async function write({ call }: Calls, item: string, overwrite: boolean): Promise<Written> {
  try {
    const path = `/api/items/${encodeURIComponent(item)}/nfo?overwrite=${overwrite}`;
    return { item, ...await call<{ path: string; kept: string | null }>("POST", path) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { item, problem: reasonOf(error) };
  }
}

/** Ids of all items with films, page by page. */
async function* everyItem({ call }: Calls): AsyncGenerator<string> {
  for (let cursor = "";;) {
    const page = await call<{
      items: { id: string; media: { status: string } | null }[];
      next_cursor: string | null;
    }>("GET", `/api/items/?limit=500${cursor && `&cursor=${cursor}`}`);
    for (const { id, media } of page.items) if (media) yield id;
    if (page.next_cursor === null) return;
    cursor = page.next_cursor;
  }
}
