/**
 * `giggityflix collections`: items in an order of somebody's own. Collections are named by name or id.
 *
 * @module
 */
import { Command } from "commander";
import { NotFoundError } from "../../../base/errors.ts";
import type { CommandContext } from "../../cli.ts";
import { table } from "../../terminal.ts";
import { type Calls, common, withLibrary } from "./call.ts";
import { type Leaf, severalOf, tellLinked, toCommand } from "./tags.ts";

interface Collection {
  id: string;
  kind: string;
  name: string;
  "item_count": number;
}

const leaves: Record<string, Leaf> = {
  add: {
    args: "<name>",
    help: "Make a collection",
    options: [["--kind <kind>", "collection or series"]],
    run: async ({ call }, [name], { kind }) => {
      const made = await call<Collection>("POST", "/api/collections/", { name, kind });
      return { text: `${made.name} (${made.id})`, json: made };
    },
  },
  show: {
    args: "<collection>",
    help: "List what is in it, in its order",
    run: async (calls, [which]) => {
      const items = await calls.all<{ "item_id": string; title: string }>(
        `${await at(calls, which!)}/items`,
      );
      const rows = items.map((it) => [it.item_id, it.title]);
      return { text: table(["ITEM", "TITLE"], rows), json: items };
    },
  },
  put: {
    args: "<collection> <item...>",
    help: "Append items",
    run: async (calls, [which, ...ids]) =>
      tellLinked(
        await calls.call("POST", `${await at(calls, which!)}/items`, { "item_ids": ids }),
      ),
  },
  take: {
    args: "<collection> <item...>",
    help: "Take items out",
    run: async (calls, [which, ...ids]) =>
      tellLinked(
        await calls.call("DELETE", `${await at(calls, which!)}/items`, { "item_ids": ids }),
      ),
  },
  move: {
    args: "<collection> <item>",
    help: "Put an item just before or after another",
    options: [["--before <item>", "that one"], ["--after <item>", "that one"]],
    run: async (calls, [which, item], { before, after }) => {
      const path = `${await at(calls, which!)}/items/${encodeURIComponent(item!)}/move`;
      const json = await calls.call<Collection>("POST", path, { before, after });
      return { text: `It has its new place in ${json.name}`, json };
    },
  },
  delete: {
    args: "<collection>",
    help: "Delete a collection; its items stay in the library",
    run: async (calls, [which]) => {
      await calls.call("DELETE", await at(calls, which!));
      return { text: `${which} is gone` };
    },
  },
};

export function collections(context: CommandContext): Command {
  const { print } = context.terminal;
  const all = common(new Command("collections"), "print JSON Lines, one object a collection")
    .description("List the collections, or change them")
    .action(async (options) => {
      const found = await withLibrary(
        options,
        context,
        (calls) => calls.all<Collection>("/api/collections/"),
      );
      if (options.json) return found.forEach((it) => print(JSON.stringify(it)));
      print(table(
        ["ITEMS", "KIND", "NAME", "ID"],
        found.map((it) => [String(it.item_count), it.kind, it.name, it.id]),
      ));
    });
  for (const [name, leaf] of Object.entries(leaves)) all.addCommand(toCommand(name, leaf, context));
  return all;
}

async function at({ all }: Calls, which: string): Promise<string> {
  const found = await all<Collection>("/api/collections/");
  const lower = which.toLowerCase();
  const named = found.filter(({ name }) => name.toLowerCase() === lower);
  const one = found.find(({ id }) => id === which) ?? named[0];
  if (one?.id !== which && named.length > 1) throw severalOf(which, named);
  if (!one) throw new NotFoundError(`Cannot find the collection "${which}"`);
  return `/api/collections/${one.id}`;
}
