/**
 * `giggityflix tags`: the tree of tags, and which items have them. Tags are named by their paths.
 *
 * @module
 */
import { Command } from "commander";
import { InvalidError, NotFoundError } from "../../../base/errors.ts";
import { counted } from "../../../base/text/counted.ts";
import type { CommandContext } from "../../cli.ts";
import { table } from "../../terminal.ts";
import { type Calls, common, withLibrary } from "./call.ts";

interface Tag {
  id: string;
  path: string;
  name: string;
  "item_count": number;
  "branch_count": number;
  synonyms: string[];
}

type Linked = { linked: number; unchanged: number; "not_found": string[] };

/** What was done, in a sentence, and as REST tells it; a list is printed line by line. */
interface Said {
  text: string;
  json?: object;
}

/** Does something with the library. */
type Verb = (calls: Calls, args: string[], options: Record<string, unknown>) => Promise<Said>;

interface Leaf {
  args: string;
  help: string;
  options?: [string, string][];
  run: Verb;
}

const leaves: Record<string, Leaf> = {
  add: {
    args: "<path>",
    help: "Make a tag, with all above it that is not there",
    run: async ({ call }, [path]) => {
      const tag = await call<Tag>("POST", "/api/tags/", { path });
      return { text: `${tag.path} (${tag.id})`, json: tag };
    },
  },
  rename: {
    args: "<path> <name>",
    help: "Give a tag another name; all paths below follow",
    run: async (calls, [path, name]) => {
      const tag = await calls.call<Tag>("PATCH", await at(calls, path!), { name });
      return { text: `It is ${tag.path} now`, json: tag };
    },
  },
  move: {
    args: "<path> [below]",
    help: "Hang a branch below another tag; without one it comes to the top",
    run: async (calls, [path, below]) => {
      const body = below === undefined ? { "parent_id": null } : { "parent_path": below };
      const tag = await calls.call<Tag>("POST", `${await at(calls, path!)}/move`, body);
      return { text: `It is ${tag.path} now`, json: tag };
    },
  },
  merge: {
    args: "<path> <into>",
    help: "Make two tags one; the second stays",
    run: async (calls, [path, into]) => {
      const { id } = await find(calls, into!);
      const tag = await calls.call<Tag>("POST", `${await at(calls, path!)}/merge`, { into: id });
      return {
        text: `${counted(tag.item_count, "item has", "items have")} ${tag.path} now`,
        json: tag,
      };
    },
  },
  delete: {
    args: "<path>",
    help: "Take a tag from its items and delete it",
    options: [["--recursive", "all tags below it too"]],
    run: async (calls, [path], { recursive }) => {
      const query = recursive ? "?recursive=true" : "";
      await calls.call("DELETE", `${await at(calls, path!)}${query}`);
      return { text: `${path} is gone` };
    },
  },
  synonym: {
    args: "<path> <name>",
    help: "Give a tag a second name",
    run: async (calls, [path, name]) => {
      const tag = await calls.call<Tag>("POST", `${await at(calls, path!)}/synonyms`, { name });
      return { text: `${tag.path}: ${tag.synonyms.join(", ")}`, json: tag };
    },
  },
  link: {
    args: "<path> <item...>",
    help: "Give a tag to items",
    run: (calls, [path, ...ids]) => link(calls, "POST", path!, ids),
  },
  unlink: {
    args: "<path> <item...>",
    help: "Take a tag from items",
    run: (calls, [path, ...ids]) => link(calls, "DELETE", path!, ids),
  },
};

export function tags(context: CommandContext): Command {
  const { print } = context.terminal;
  const all = common(new Command("tags"), "print JSON Lines, one object a tag")
    .description("List the tags, or change their tree")
    .option("--below <path>", "only what stands right below this tag")
    .action(async (options) => {
      const found = await withLibrary(options, context, async (calls) => {
        const below = options.below && `?parent_id=${(await find(calls, options.below)).id}`;
        return await calls.all<Tag>(`/api/tags/${below ?? ""}`);
      });
      if (options.json) return found.forEach((tag) => print(JSON.stringify(tag)));
      print(table(
        ["ITEMS", "WITH BELOW", "TAG", "NAME", "SYNONYMS"],
        found.map((it) => [
          String(it.item_count),
          String(it.branch_count),
          it.path,
          it.name,
          it.synonyms.join(", ") || "-",
        ]),
      ));
    });
  for (const [name, leaf] of Object.entries(leaves)) all.addCommand(toCommand(name, leaf, context));
  return all;
}

/** A command that says what it has done. */
export function toCommand(name: string, leaf: Leaf, context: CommandContext): Command {
  const command = new Command(name).exitOverride().description(leaf.help);
  for (const arg of leaf.args.split(" ").filter(Boolean)) command.argument(arg);
  for (const [flag, help] of leaf.options ?? []) command.option(flag, help);
  return command.action(async (...given: unknown[]) => {
    const options = command.optsWithGlobals();
    const args = given.slice(0, -2).flat().filter((it) => it !== undefined) as string[];
    const said = await withLibrary(options, context, (calls) => leaf.run(calls, args, options));
    const { text, json = { done: text } } = said;
    if (!options.json) return context.terminal.print(text);
    for (const it of Array.isArray(json) ? json : [json]) {
      context.terminal.print(JSON.stringify(it));
    }
  });
}

export type { Leaf };

/** Two of one name: nobody but who asks can tell which of them is meant. */
export function severalOf(name: string, all: { id: string }[]): InvalidError {
  const ids = all.map(({ id }) => id).join(", ");
  return new InvalidError(`Cannot tell which "${name}" is meant: name one by its id: ${ids}`);
}

async function find({ call }: Calls, path: string): Promise<Tag> {
  const { items } = await call<{ items: Tag[] }>(
    "GET",
    `/api/tags/?path=${encodeURIComponent(path)}`,
  );
  if (!items[0]) throw new NotFoundError(`Cannot find the tag "${path}"`);
  return items[0];
}

async function at(calls: Calls, path: string): Promise<string> {
  return `/api/tags/${(await find(calls, path)).id}`;
}

async function link(calls: Calls, method: "POST" | "DELETE", path: string, ids: string[]) {
  const body = { "item_ids": ids };
  return tellLinked(await calls.call<Linked>(method, `${await at(calls, path)}/items`, body));
}

/** "2 items changed, 1 as before; not found: x". */
export function tellLinked(json: Linked): Said {
  const { linked, unchanged, not_found: missing } = json;
  const rest = missing.length > 0 ? `; not found: ${missing.join(", ")}` : "";
  return { text: `${counted(linked, "item")} changed, ${unchanged} as before${rest}`, json };
}
