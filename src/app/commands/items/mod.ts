/**
 * `giggityflix items`: the films (episodes, songs, pictures) as people see them; what they say of
 * them, who has changed that, and the way back.
 *
 * @module
 */
import { Command, Option } from "commander";
import { kinds, orders } from "../../../items/mod.ts";
import type { ItemBody } from "../../../http/mod.ts";
import type { CommandContext } from "../../cli.ts";
import { table } from "../../terminal.ts";
import { withItems } from "./access.ts";
import { history, undo } from "./changes.ts";
import { common, toCount } from "./common.ts";
import { edit } from "./edit.ts";

export function items(context: CommandContext): Command {
  return new Command("items")
    .description("The films of the library as people see them, and what they say of them")
    .addCommand(list(context), { isDefault: true })
    .addCommand(show(context))
    .addCommand(edit(context))
    .addCommand(history(context))
    .addCommand(undo(context));
}

function list(context: CommandContext): Command {
  const { print } = context.terminal;
  return common(new Command("list"), "print JSON Lines, one object an item")
    .description("List items")
    .addOption(
      new Option("--sort <order>", "a - before it: downwards")
        .choices(orders.flatMap((it) => [it, `-${it}`])).default("title"),
    )
    .addOption(new Option("--kind <kind>").choices(kinds))
    .option("--series <name>")
    .option("--tag <path>", "with this tag, or one below it")
    .option("--favorite", "only favourites")
    .option("--watched", "only what was watched")
    .option("--limit <count>", "at most so many", toCount, 100)
    .action(async (options) => {
      const { sort, limit, kind, series, tag, favorite, watched } = options;
      const filters = { kind, series, tag, favorite, watched };
      const given = Object.entries(filters).filter(([, value]) => value !== undefined);
      const query = { sort, limit, ...Object.fromEntries(given) };
      const found = await withItems(options, context, (items) => items.list(query));
      if (options.json) return found.forEach((item) => print(JSON.stringify(item)));
      print(table(
        ["ID", "YEAR", "STARS", "SEEN", "TITLE"],
        found.map((it) => [it.id, text(it.year), text(it.mine.rating), seen(it), titleOf(it)]),
      ));
    });
}

function show(context: CommandContext): Command {
  const { print } = context.terminal;
  return common(new Command("show"), "print one JSON object")
    .description("Show all of one item")
    .argument("<id>")
    .action(async (id: string, options) => {
      const item = await withItems(options, context, (items) => items.show(id));
      if (options.json) return print(JSON.stringify(item));
      const { media, mine, identity: _, custom, own, ...fields } = item;
      const rows = Object.entries({
        ...fields,
        ...Object.fromEntries(Object.entries(custom).map(([key, it]) => [`custom.${key}`, it])),
        ...mine,
        file: media && `${media.root}/${media.relative_path}`,
        status: media?.status ?? "no file",
      });
      const told = rows.filter(([, value]) => value !== null);
      print(table(
        ["FIELD", "VALUE", "SET BY"],
        told.map(([name, value]) => [name, String(value), own.includes(name) ? "a person" : ""]),
      ));
    });
}

const text = (value: unknown): string => value === null ? "-" : String(value);

function seen({ mine }: ItemBody): string {
  const heart = mine.favorite ? "♥" : "";
  if (mine.position_ms > 0) return `${Math.round(mine.position_ms / 60_000)} min${heart}`;
  return (mine.watched ? "yes" : "-") + heart;
}

function titleOf({ series, season, episode, title }: ItemBody): string {
  if (series === null) return title;
  const number = [season, episode].filter((it) => it !== null).join("x");
  return [series, number, title].filter(Boolean).join(" · ");
}
