/**
 * `giggityflix people`: who made and who plays. People are named by name, alias or id.
 *
 * @module
 */
import { Command } from "commander";
import { NotFoundError } from "../../../base/errors.ts";
import { counted } from "../../../base/text/counted.ts";
import type { CommandContext } from "../../cli.ts";
import { table } from "../../terminal.ts";
import { type Calls, common, withLibrary } from "./call.ts";
import { type Leaf, severalOf, toCommand } from "./tags.ts";

interface Person {
  id: string;
  name: string;
  aliases: string[];
  "item_count": number;
}

const leaves: Record<string, Leaf> = {
  add: {
    args: "<name>",
    help: "Add a person",
    options: [["--namesake", "somebody else of a name that is there already"]],
    run: async ({ call }, [name], { namesake }) => {
      const body = { name, "allow_namesake": namesake === true };
      const person = await call<Person>("POST", "/api/people/", body);
      return { text: `${person.name} (${person.id})`, json: person };
    },
  },
  rename: {
    args: "<person> <name>",
    help: "Give a person another name",
    run: async (calls, [who, name]) => {
      const person = await calls.call<Person>("PATCH", await at(calls, who!), { name });
      return { text: `${person.name} (${person.id})`, json: person };
    },
  },
  alias: {
    args: "<person> <name>",
    help: "Give a person a second name",
    run: async (calls, [who, alias]) => {
      const path = `${await at(calls, who!)}/aliases`;
      const person = await calls.call<Person>("POST", path, { alias });
      return { text: `${person.name}: ${person.aliases.join(", ")}`, json: person };
    },
  },
  merge: {
    args: "<person> <into>",
    help: "Make two one; the second stays",
    run: async (calls, [who, into]) => {
      const { id } = await find(calls, into!);
      const path = `${await at(calls, who!)}/merge`;
      const person = await calls.call<Person>("POST", path, { into: id });
      return {
        text: `${person.name} is in ${counted(person.item_count, "item")} now`,
        json: person,
      };
    },
  },
  delete: {
    args: "<person>",
    help: "Take a person out of all credits and delete them",
    run: async (calls, [who]) => {
      await calls.call("DELETE", await at(calls, who!));
      return { text: `${who} is gone` };
    },
  },
  credit: {
    args: "<person> <item>",
    help: "Give a person a role in an item",
    options: [
      ["--role <role>", "actor, director, writer, composer, producer or other"],
      ["--as <name>", "the part, or the name in the credits"],
    ],
    run: async (calls, [who, item], { role = "actor", as: credited }) => {
      const { id, name } = await find(calls, who!);
      const path = `/api/items/${encodeURIComponent(item!)}/people/${id}`;
      await calls.call("PUT", path, { role, "credited_as": credited ?? null });
      return { text: `${name} is ${role} in ${item}` };
    },
  },
};

export function people(context: CommandContext): Command {
  const { print } = context.terminal;
  const all = common(new Command("people"), "print JSON Lines, one object a person")
    .description("List people, or change what is known of them")
    .option("--find <words>", "how words of their names begin")
    .action(async (options) => {
      const query = options.find ? `?q=${encodeURIComponent(options.find)}` : "";
      const found = await withLibrary(
        options,
        context,
        (calls) => calls.all<Person>(`/api/people/${query}`),
      );
      if (options.json) return found.forEach((person) => print(JSON.stringify(person)));
      print(table(
        ["ITEMS", "NAME", "ALIASES", "ID"],
        found.map((it) => [
          String(it.item_count),
          it.name,
          it.aliases.join(", ") || "-",
          it.id,
        ]),
      ));
    });
  for (const [name, leaf] of Object.entries(leaves)) all.addCommand(toCommand(name, leaf, context));
  return all;
}

async function find({ all, call }: Calls, who: string): Promise<Person> {
  const same = (name: string) => name.localeCompare(who, undefined, { sensitivity: "base" }) === 0;
  const found = await all<Person>(`/api/people/?q=${encodeURIComponent(who)}`);
  const named = found.filter(({ name }) => same(name));
  const alias = found.filter(({ aliases }) => aliases.some(same));
  const [person, ...others] = named.length > 0 ? named : alias;
  if (others.length > 0) throw severalOf(who, [person!, ...others]);
  if (person) return person;
  return await call<Person>("GET", `/api/people/${encodeURIComponent(who)}`).catch((cause) => {
    if (!(cause instanceof NotFoundError)) throw cause;
    throw new NotFoundError(`Cannot find the person "${who}"`, {}, { cause });
  });
}

async function at(calls: Calls, who: string): Promise<string> {
  return `/api/people/${(await find(calls, who)).id}`;
}
