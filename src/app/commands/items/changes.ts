/**
 * `giggityflix items history` and `undo`: who changed what, and the way back.
 *
 * @module
 */
import { counted } from "../../../base/text/counted.ts";
import { Command } from "commander";
import type { ChangeBody } from "../../../http/mod.ts";
import type { CommandContext } from "../../cli.ts";
import { table } from "../../terminal.ts";
import { withItems } from "./access.ts";
import { common, toCount } from "./common.ts";

export function history(context: CommandContext): Command {
  const { print } = context.terminal;
  return common(new Command("history"), "print JSON Lines, one object a change")
    .description("Who changed what of an item, or of all; the last first")
    .argument("[id]")
    .option("--limit <count>", "at most so many, up to 500", toCount, 50)
    .action(async (id: string | undefined, options) => {
      const found = await withItems(options, context, (it) => it.history(id, options.limit));
      if (options.json) return found.forEach((change) => print(JSON.stringify(change)));
      print(table(
        ["AT", "USER", "BATCH", "WHAT", "ID", "CHANGE"],
        found.map((it) => [
          it.at,
          it.user,
          it.undone_by ? `${it.batch} (undone)` : it.batch,
          it.entity,
          it.entity_id,
          describe(it),
        ]),
      ));
    });
}

export function undo(context: CommandContext): Command {
  const { print } = context.terminal;
  return common(new Command("undo"), "print one JSON object")
    .description("Take a batch of changes back; to undo that batch is to redo it")
    .argument("<batch>", "as history shows it")
    .action(async (batch: string, options) => {
      const undone = await withItems(options, context, (items) => items.undo(batch));
      if (options.json) return print(JSON.stringify(undone));
      const changes = counted(undone.changes, "change");
      print(`Took ${changes} back. To redo: giggityflix items undo ${undone.batch}`);
    });
}

/** "year: 1994 → 1995", without whose field it became. */
function describe({ before, after }: ChangeBody): string {
  if (before === null) return "made";
  if (after === null) return "deleted";
  return Object.keys(after).filter((name) => !name.startsWith("own."))
    .map((name) => `${name}: ${short(before[name])} → ${short(after[name])}`).join("; ");
}

function short(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value ?? null);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
