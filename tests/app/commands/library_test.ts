import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { runCommand, startAgent, untilScanned } from "../../helpers/agent.ts";
import { tempDir } from "../../helpers/temp.ts";

/** Runs a command that must succeed; what it says. */
async function say(dataDir: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand(args, { dataDir });
  strictEqual(code, 0, `${args.join(" ")}: ${stderr}`);
  return stdout.trimEnd();
}

Deno.test("tags, people and collections are kept without an agent, and go to another library", async () => {
  await using dir = await tempDir();
  const [one, other] = [`${dir.path}/one`, `${dir.path}/other`];

  await say(one, "tags", "add", "Genre/Film Noir");
  await say(one, "tags", "rename", "genre/film-noir", "Noir", "--user", "mia");
  await say(one, "tags", "synonym", "genre/noir", "Dark");
  await say(one, "people", "add", "Hedy Lamarr");
  await say(one, "people", "alias", "hedy lamarr", "Hedwig Kiesler");
  await say(one, "collections", "add", "Best");
  const tags = await say(one, "tags", "--json");
  const exported = await say(one, "export");
  await Deno.writeTextFile(`${dir.path}/out.jsonl`, exported);
  const tried = JSON.parse(
    await say(other, "import", `${dir.path}/out.jsonl`, "--dry-run", "--json"),
  );
  const report = await say(other, "import", `${dir.path}/out.jsonl`);
  const second = await say(other, "import", `${dir.path}/out.jsonl`);
  const again = await say(other, "export", `${dir.path}/again.jsonl`, "--json");
  const missing = await runCommand(["tags", "rename", "nope", "x"], { dataDir: one });

  const lines = (text: string) => text.trimEnd().split("\n").slice(1).sort();
  deepStrictEqual(tags.split("\n").map((line) => JSON.parse(line).path), ["genre", "genre/noir"]);
  deepStrictEqual([tried.dry_run, tried.by_type.tag.changed], [true, 2]);
  match(report, /person: 1 changed[^]*To take it back: giggityflix items undo /);
  match(second, /person: 0 changed/);
  ok(!second.includes("undo"), "nothing was changed");
  deepStrictEqual(lines(await Deno.readTextFile(`${dir.path}/again.jsonl`)), lines(exported));
  ok(JSON.parse(again).bytes > 100);
  deepStrictEqual([missing.code, /Cannot find the tag "nope"/.test(missing.stderr)], [4, true]);
});

Deno.test("an import of no file says so; of bad lines all others are in, and it does not end well", async () => {
  await using dir = await tempDir();
  const dataDir = `${dir.path}/data`;
  const header = await say(dataDir, "export");
  const of = (name: unknown) =>
    JSON.stringify({ type: "collection", id: "best", kind: "collection", name, description: null });
  const file = await dir.file("out.jsonl", [header, of(7), of("Best")].join("\n"));

  const missing = await runCommand(["import", `${dir.path}/nothing.jsonl`], { dataDir });
  const partly = await runCommand(["import", file], { dataDir });

  deepStrictEqual([missing.code, partly.code], [4, 1]);
  match(missing.stderr, /there is no such file\. Name one that "giggityflix export" has made/);
  match(partly.stdout, /collection: 1 changed[^]*1 line was left out[^]*line 2: name: /);
  match(partly.stderr, /but 1 line of it is not in, or not wholly: mend them and import it again/);
});

Deno.test("what a command has made or changed is told in JSON as REST tells it", async () => {
  await using dir = await tempDir();
  const dataDir = `${dir.path}/data`;
  const tell = async (...args: string[]) => JSON.parse(await say(dataDir, ...args, "--json"));

  const tag = await tell("tags", "add", "Genre/Noir");
  const first = await tell("people", "add", "Bob");
  const second = await tell("people", "add", "Bob", "--namesake");
  const unclear = await runCommand(["people", "delete", "Bob"], { dataDir });
  const renamed = await tell("people", "rename", second.id, "Bobby");
  const put = await tell("tags", "link", "genre/noir", "nope");
  await tell("collections", "add", "Best");
  const shown = await say(dataDir, "collections", "show", "Best", "--json");

  deepStrictEqual([tag.path, first.name, renamed.id], ["genre/noir", "Bob", second.id]);
  deepStrictEqual(put, { linked: 0, unchanged: 0, not_found: ["nope"] });
  deepStrictEqual([unclear.code, unclear.stderr.includes(first.id)], [2, true]);
  strictEqual(shown, "");
});

Deno.test("a backup of a running agent's library is restored once the agent has stopped", async () => {
  await using dir = await tempDir();
  const dataDir = `${dir.path}/data`;
  const file = `${dir.path}/copy.db`;
  {
    await using agent = await startAgent({ dataDir });
    await untilScanned(agent);
    await say(dataDir, "tags", "add", "kept");
    await say(dataDir, "backup", file);
    await say(dataDir, "backup");
    await say(dataDir, "tags", "add", "later");
    const refused = await runCommand(["restore", file], { dataDir });

    deepStrictEqual([refused.code, /Stop it/.test(refused.stderr)], [5, true]);
    const { items } = await agent.get<{ items: unknown[] }>("/api/backups/");
    strictEqual(items.length, 1);
  }

  const { former, halted_ingests } = JSON.parse(await say(dataDir, "restore", file, "--json"));
  const tags = await say(dataDir, "tags", "--json");
  const wrong = await runCommand(["restore", `${dir.path}/nothing.db`], { dataDir });

  deepStrictEqual(tags.split("\n").map((line) => JSON.parse(line).path), ["kept"]);
  ok((await Deno.stat(former)).size > 0);
  strictEqual(halted_ingests, 0);
  strictEqual(wrong.code, 2);
});

Deno.test("a scan takes NFO files in, and what is known goes out beside the films", async () => {
  await using dir = await tempDir();
  const dataDir = `${dir.path}/data`;
  const films = `${dir.path}/films`;
  await Deno.mkdir(films);
  for (const name of ["heat", "ronin"]) {
    await Deno.copyFile("samples/Counting Colours.mp4", `${films}/${name}.mp4`);
  }
  await Deno.writeTextFile(
    `${films}/heat.nfo`,
    "<movie><title>Heat</title><genre>Crime</genre><actor><name>Al Pacino</name></actor></movie>",
  );

  const scanned = JSON.parse(await say(dataDir, "scan", films, "--json"));
  const tags = await say(dataDir, "tags", "--json");
  const people = await say(dataDir, "people", "--json");
  const written = await say(dataDir, "export", "nfo", "--all", "--json");
  const names = (await Array.fromAsync(Deno.readDir(films))).map(({ name }) => name).sort();

  strictEqual(scanned.files, 2);
  deepStrictEqual(
    tags.split("\n").map((line) => JSON.parse(line)).map((it) => [it.path, it.item_count]),
    [["genre", 0], ["genre/crime", 1]],
  );
  strictEqual(JSON.parse(people).name, "Al Pacino");
  const results = written.split("\n").map((line) => JSON.parse(line));
  strictEqual(results.filter(({ path }) => path?.endsWith("ronin.nfo")).length, 1);
  ok(results.some(({ problem }) => /somebody else/.test(problem ?? "")));
  deepStrictEqual(names, ["heat.mp4", "heat.nfo", "ronin.mp4", "ronin.nfo"]);
});

Deno.test("what has the name of an export or a backup stays, unless it may be replaced", async () => {
  await using dir = await tempDir();
  const dataDir = `${dir.path}/data`;
  const film = await dir.file("film.mkv", "a film");
  const link = `${dir.path}/link.mkv`;
  await Deno.symlink(`${dir.path}/gone`, link);
  await say(dataDir, "tags", "add", "kept");
  const refused = async (...args: string[]) => {
    const { code, stderr } = await runCommand(args, { dataDir });
    return [code, /(a file has this name|it is a folder|there is no folder)/.exec(stderr)?.[0]];
  };

  for (const command of ["export", "backup"]) {
    const taken = [5, "a file has this name"];
    deepStrictEqual(await refused(command, film), taken);
    deepStrictEqual(await refused(command, link), taken);
    deepStrictEqual(await refused(command, dir.path, "--force"), [2, "it is a folder"]);
    deepStrictEqual(await refused(command, `${dir.path}/none/x`), [4, "there is no folder"]);
  }
  strictEqual(await Deno.readTextFile(film), "a film");
  await say(dataDir, "export", film, "--force");
  match(await Deno.readTextFile(film), /"kept"/);
  await say(dataDir, "backup", film, "--force");
  match(await Deno.readTextFile(film), /^SQLite format 3/);
});
