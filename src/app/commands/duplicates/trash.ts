/**
 * `giggityflix trash [list|restore|empty]`: what was thrown away, and how to have it back.
 *
 * @module
 */
import { Command } from "commander";
import { InvalidError } from "../../../base/errors.ts";
import { counted } from "../../../base/text/counted.ts";
import type { Emptied, Restored, TrashEntryBody } from "../../../http/mod.ts";
import type { CommandContext } from "../../cli.ts";
import { formatBytes, plain, table } from "../../terminal.ts";
import { withSettings } from "../options.ts";
import { askPages, withDuplicates } from "./asking.ts";

export function trash(context: CommandContext): Command {
  const { print } = context.terminal;
  const all = new Command("trash")
    .description("What was thrown away, in the trash of each volume, and how to have it back");

  const list = withJson(new Command("list")).description("List what was thrown away");
  list.action(async () => {
    const { json, ...options } = list.optsWithGlobals();
    const entries = await withDuplicates(
      options,
      context,
      (ask) => askPages<TrashEntryBody>(ask, "trash/", {}, MOST),
    );
    if (json) return entries.forEach((it) => print(JSON.stringify(it)));
    print(table(
      ["ID", "SINCE", "SIZE", "WAS", "WHY"],
      entries.map((it) => [
        it.id,
        it.trashed_at.slice(0, 10),
        formatBytes(it.size_bytes),
        plain(`${it.root}/${it.relative_path}`),
        plain(it.why),
      ]),
    ));
  });

  const restore = withJson(new Command("restore")).description("Move a file back to where it was")
    .argument("<id>").option("--rename", "beside the file that has its name now");
  restore.action(async (id: string) => {
    const { json, rename = false, ...options } = restore.optsWithGlobals();
    const path = `trash/${encodeURIComponent(id)}/restore`;
    const restored = await withDuplicates(
      options,
      context,
      (ask) => ask<Restored>(path, { method: "POST", body: { rename } }),
    );
    print(json ? JSON.stringify(restored) : `It is at ${plain(restored.path)}`);
  });

  const empty = withJson(new Command("empty"))
    .description("Delete what is in the trash, for good").argument("[IDS...]")
    .option("--days <n>", "only what has been there for so many days")
    .option("--yes", "do it");
  empty.action(async (ids: string[]) => {
    const { json, days, yes, ...options } = empty.optsWithGlobals();
    if (!yes) throw new InvalidError("Cannot delete for good without --yes");
    const body = {
      ...ids.length > 0 && { ids },
      ...days !== undefined && { before: daysAgo(days) },
    };
    const emptied = await withDuplicates(
      options,
      context,
      (ask) => ask<Emptied>("trash/empty", { method: "POST", body }),
    );
    if (json) return print(JSON.stringify(emptied));
    print(`${counted(emptied.files, "file")} deleted: ${formatBytes(emptied.bytes)}`);
    for (const { id, problem } of emptied.failed) print(`  ${id}: ${plain(problem)}`);
  });

  all.addCommand(list, { isDefault: true });
  all.addCommand(restore);
  all.addCommand(empty);
  return all;
}

/** More than anybody reads. */
const MOST = 100_000;

function withJson(command: Command): Command {
  return withSettings(command.exitOverride(), ["dataDir"])
    .option("--json", "print JSON, one object a line");
}

function daysAgo(days: string): string {
  if (!/^\d{1,5}$/.test(days)) {
    throw new InvalidError(`Cannot read --days "${days}": expected a whole number`);
  }
  return new Date(Date.now() - Number(days) * 24 * 60 * 60 * 1000).toISOString();
}
