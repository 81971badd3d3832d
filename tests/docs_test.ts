/**
 * The docs say what the program does: settings, commands, resources, events, tasks and links are
 * compared with the code that they speak of.
 *
 * @module
 */
import { deepStrictEqual, match, ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import type { Command } from "commander";
import { Terminal } from "../src/app/terminal.ts";
import { silent } from "../src/base/log.ts";
import { envNameOf, formatSetting, loadConfig, settingNames, settings } from "../src/config/mod.ts";
import { type ApiPorts, createApi } from "../src/http/mod.ts";

const read = (path: string) => Deno.readTextFileSync(path);
const pages = ["README.md", "CHANGELOG.md"].concat(
  [...Deno.readDirSync("docs")].map(({ name }) => `docs/${name}`).filter((it) => /\.md$/.test(it)),
);

Deno.test("docs/settings.md has every setting with its default and its help, and no other", () => {
  // The defaults in force, for somebody whose home is called "~".
  const { values } = loadConfig({ stored: {}, flag: {}, environment: { HOME: "~" } });
  const expected = settingNames.map((name) => {
    const value = formatSetting(values[name]);
    return [`\`${envNameOf(name)}\``, value ? `\`${value}\`` : "(empty)", settings[name].help];
  });

  const rows = read("docs/settings.md").split("\n").filter((line) => /^\| `[A-Z]/.test(line));
  const told = rows.map((row) => row.split(" | ").map((it) => it.replace(/^\| /, "").trim()));

  deepStrictEqual(told.map((cells) => cells.slice(0, 3)), expected);
});

Deno.test("docs/cli.md has every command under its name with its options, and no others", async () => {
  const page = read("docs/cli.md");
  const sections = page.split(/^## /m).slice(1);
  const options = new Set(["--help", "--version"]);
  const missing: string[] = [];
  for (const command of await allCommands()) {
    const section = sections.find((text) => text.startsWith(`\`${command.name()}`));
    if (!section) missing.push(command.name());
    for (const leaf of command.commands) {
      if (!section?.includes(`${command.name()} ${leaf.name()}`)) missing.push(leaf.name());
    }
    for (const { long } of [command, ...command.commands].flatMap((it) => it.options)) {
      if (!section?.includes(long!)) missing.push(`${command.name()} ${long}`);
      options.add(long!);
    }
  }
  const told = [...page.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([option]) => option);

  deepStrictEqual(missing, []);
  deepStrictEqual(told.filter((option) => !options.has(option)), []);
});

Deno.test("docs/rest.md has every call of the OpenAPI text, and no other", async () => {
  const port = {} as never; // asked for its routes only
  const ports: ApiPorts = {
    health: port,
    configurations: port,
    events: port,
    peer: { drives: port, media: port, library: port, jobs: port },
    edge: port,
    people: port,
    metrics: () => [],
  };
  const api = createApi(ports, { token: "", log: silent });
  const { paths } = await (await api.request("http://localhost/api/schema/")).json();
  const calls = Object.entries<object>(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`)
  );

  const told = [...read("docs/rest.md").matchAll(/^\| `([A-Z]+ \/api\/\S+)` +\|/gm)];

  deepStrictEqual(told.map(([, call]) => call).sort(), calls.sort());
});

Deno.test("docs/rest.md has every event that is published, and no other", async () => {
  const published = new Set<string>();
  for await (const path of sources("src")) {
    for (const [, type] of read(path).matchAll(/\bpublish\(\s*"([^"]+)"/g)) published.add(type!);
  }
  const [, events] = read("docs/rest.md").split("\n## Events\n");
  const [table] = events!.split("\n## ");

  const told = [...table!.matchAll(/^\| `([a-z]+\.[a-z]+)`/gm)].map(([, type]) => type);

  ok(published.size > 10, "it looked at the sources");
  deepStrictEqual(told.sort(), [...published].sort());
});

Deno.test("every task and package of deno.json that the docs speak of is there, and told", () => {
  const { tasks, imports } = JSON.parse(read("deno.json"));
  const named = pages.flatMap((page) =>
    [...read(page).matchAll(/\b(?:deno|deno@[\d.]+) task ([a-z]+)/g)].map(([, task]) => task!)
  );
  const readme = read("README.md");

  deepStrictEqual(named.filter((task) => !(task in tasks)), []);
  ok(named.includes("start") && named.includes("test"));
  deepStrictEqual(Object.keys(imports).filter((name) => !readme.includes(`\`${name}\``)), []);
});

Deno.test("the docs name one Deno, the one that CI runs", () => {
  const [, pinned] = /npx -y (deno@[\d.]+\d)/.exec(read(".ci/run"))!;
  const named = pages.flatMap((page) =>
    [...read(page).matchAll(/deno@[\d.]+\d/g)].map(([name]) => name)
  );

  match(pinned!, /^deno@\d/);
  deepStrictEqual([...new Set(named)], [pinned]);
});

Deno.test("links between the docs lead to files and to headings", () => {
  const broken: string[] = [];
  for (const page of pages) {
    for (const [, link] of read(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(link!)) continue;
      const [path, heading] = link!.split("#");
      const target = path ? join(dirname(page), path) : page;
      const leads = existsSync(target) && (!heading || headingsOf(target).includes(heading));
      if (!leads) broken.push(`${page}: ${link}`);
    }
  }

  deepStrictEqual(broken, []);
});

/** The commands that src/app/cli.ts lists, made by the functions that it imports. */
async function allCommands(): Promise<Command[]> {
  const cli = read("src/app/cli.ts");
  const [, listed] = /const commands = \[([^\]]+)\]/.exec(cli)!;
  const context = { terminal: new Terminal(), signal: new AbortController().signal };
  const commands: Command[] = [];
  for (
    const [, names, path] of cli.matchAll(/import \{ ([^}]+) \} from "(\.\/commands\/[^"]+)"/g)
  ) {
    const module = await import(`../src/app/${path}`);
    for (const name of names!.split(", ")) commands.push(module[name](context));
  }
  const names = commands.map((it) =>
    it.name().replaceAll(/-[a-z]/g, ([, letter]) => letter!.toUpperCase())
  );
  // "export" and "import" cannot be names of functions.
  const told = listed!.split(",").map((it) => it.trim().replace(/Command$/, "")).filter(Boolean);
  deepStrictEqual(names.sort(), told.sort());
  return commands;
}

/** Headings as links write them. */
function headingsOf(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
  );
}

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* sources(path);
    else if (/\.tsx?$/.test(name)) yield path;
  }
}
