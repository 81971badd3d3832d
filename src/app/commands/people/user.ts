/**
 * `giggityflix user`: the accounts of the edge that runs on this machine.
 *
 * @module
 */
import { Command } from "commander";
import type { CommandContext } from "../../cli.ts";
import { table } from "../../terminal.ts";
import { common, type Edge, newPassword, openEdge, readPassword, type User } from "./agent.ts";

type Options = Record<string, unknown>;

interface Said {
  text: string;
  json: unknown;
}

interface Leaf {
  args: string;
  help: string;
  options?: [flags: string, help: string][];
  run(edge: Edge, args: string[], options: Options): Promise<Said>;
}

const passwordStdin: [string, string] = [
  "--password-stdin",
  "read the password from what is piped in, not make one",
];

const change = async (edge: Edge, name: string, body: object, said: string): Promise<Said> => {
  const path = `/api/users/${await edge.userId(name)}`;
  const user = await edge.send<User>(path, { method: "PATCH", body });
  return { text: said, json: user };
};

/** A password that was made is shown, this once. */
async function password({ passwordStdin }: Options) {
  if (passwordStdin) return { text: await readPassword(), told: "", json: {} };
  const text = newPassword();
  return { text, told: `. Password, shown this once: ${text}`, json: { password: text } };
}

const leaves: Record<string, Leaf> = {
  list: {
    args: "",
    help: "The accounts",
    run: async (edge) => {
      const users = await edge.all<User>("/api/users/");
      const rows = users.map((it) => [
        it.name,
        it.role,
        it.is_disabled ? "disabled" : it.last_login_at ?? "never signed in",
      ]);
      return { text: table(["NAME", "ROLE", "LAST SIGN-IN"], rows), json: users };
    },
  },
  add: {
    args: "<name>",
    help: "Make an account, with a password that is made and printed",
    options: [["--role <role>", "owner, member or guest"], passwordStdin],
    run: async (edge, [name], options) => {
      const { text, told, json } = await password(options);
      const body = { name, role: options.role ?? "member", password: text };
      const user = await edge.send<User>("/api/users/", { method: "POST", body });
      return { text: `${user.name} is a ${user.role} now${told}`, json: { ...user, ...json } };
    },
  },
  password: {
    args: "<name>",
    help: "Give an account a new password; it is signed out everywhere",
    options: [passwordStdin],
    run: async (edge, [name], options) => {
      const { text, told, json } = await password(options);
      const said = `${name} has another password${told}`;
      const changed = await change(edge, name!, { password: text }, said);
      return { ...changed, json: { ...changed.json as User, ...json } };
    },
  },
  role: {
    args: "<name> <role>",
    help: "Make somebody an owner, a member or a guest",
    run: (edge, [name, role]) => change(edge, name!, { role }, `${name} is a ${role} now`),
  },
  disable: {
    args: "<name>",
    help: "Let somebody in no more, for now",
    run: (edge, [name]) =>
      change(edge, name!, { "is_disabled": true }, `${name} is not let in any more`),
  },
  enable: {
    args: "<name>",
    help: "Let somebody in again",
    run: (edge, [name]) => change(edge, name!, { "is_disabled": false }, `${name} is let in again`),
  },
  delete: {
    args: "<name>",
    help: "Delete an account, with its sessions, tokens, passkeys and rules",
    run: async (edge, [name]) => {
      await edge.send(`/api/users/${await edge.userId(name!)}`, { method: "DELETE" });
      return { text: `${name} is gone`, json: { deleted: name } };
    },
  },
  setup: {
    args: "",
    help: "A new link that makes the owner's account, while there is no owner",
    run: async (edge) => {
      const link = await edge.send<{ url: string }>("/api/setup/links", { method: "POST" });
      return { text: `Good once, within 24 hours: ${link.url}`, json: link };
    },
  },
};

export function user(context: CommandContext): Command {
  const { print } = context.terminal;
  const all = new Command("user").exitOverride()
    .description("The accounts of the edge that runs on this machine");
  for (const [name, { args, help, options = [], run }] of Object.entries(leaves)) {
    const leaf = common(new Command(`${name}`)).description(help);
    if (args) leaf.arguments(args);
    for (const [flags, text] of options) leaf.option(flags, text);
    leaf.action(async () => {
      const asked = leaf.opts<Options>();
      const said = await run(await openEdge(asked, context), leaf.args, asked);
      print(asked.json ? JSON.stringify(said.json) : said.text);
    });
    all.addCommand(leaf);
  }
  return all;
}
