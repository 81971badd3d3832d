/** `giggityflix duplicates` and `giggityflix trash`, with an agent and without one. @module */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { runCommand, startAgent, untilScanned } from "../../../helpers/agent.ts";
import { wav } from "../../../helpers/clips.ts";
import { tempDir } from "../../../helpers/temp.ts";

const json = (text: string) => text.trim().split("\n").map((line) => JSON.parse(line));

for (const withAgent of [false, true]) {
  const where = withAgent ? "ask the agent" : "work on the data folder";
  Deno.test(`duplicates and trash ${where}: find, show, resolve, restore, empty`, async () => {
    await using data = await tempDir();
    await using root = await tempDir();
    for (const name of ["a.wav", "sub/a (1).wav", "b.wav", "b - Copy.wav"]) {
      await root.file(name, wav(name.includes("a.wav") || name.includes("a (") ? 1 : 2));
    }
    const env = { MEDIA_DIRS: root.path, INCLUDE_EXTENSIONS: ".wav" };
    const exists = (name: string) =>
      Deno.lstat(join(root.path, name)).then(() => true, () => false);
    const runAny = (...args: string[]) => runCommand(args, { dataDir: data.path, env });
    const run = async (...args: string[]) => {
      const { code, stdout, stderr } = await runAny(...args);
      strictEqual(code, 0, stderr);
      return stdout;
    };
    await using held = new AsyncDisposableStack();
    if (withAgent) await untilScanned(held.use(await startAgent({ dataDir: data.path, env })));
    else await run("scan", "--json");

    // An agent looks by itself after a scan: one look at a time.
    let found = await runAny("duplicates", "find", "--json");
    for (let tries = 0; found.code === 5 && tries < 20; tries++) {
      found = await runAny("duplicates", "find", "--json");
    }
    strictEqual(json(found.stdout)[0].kinds.exact.groups, 2);
    const groups = json(await run("duplicates", "--json", "--kind", "exact"));
    strictEqual(groups.length, 2);
    const a = groups.find(({ title }) => /^a/.test(title));
    match(await run("duplicates", "show", a.id), /^keep .*\/a\.wav$/m);

    match(await run("duplicates", "resolve-all"), /2 files of 2 groups would be dealt with/);
    ok(await exists("sub/a (1).wav"), "that was a plan");
    match(await run("duplicates", "resolve", a.id, "--how", "trash"), /a \(1\)\.wav: trashed/);
    strictEqual(await exists("sub/a (1).wav"), false);

    const [entry] = json(await run("trash", "--json"));
    match(await run("trash", "restore", entry.id), /a \(1\)\.wav/);
    ok(await exists("sub/a (1).wav"));
    strictEqual((await runAny("duplicates", "resolve", a.id)).code, 5, "until the next look");

    const [b] = groups.filter(({ id }) => id !== a.id);
    strictEqual(json(await run("duplicates", "dismiss", b.id, "--json"))[0].state, "dismissed");
    match(await run("duplicates", "reopen", b.id), /is open/);
    match(await run("duplicates", "resolve-all", "--yes"), /1 file of 1 group was dealt with/);
    deepStrictEqual([await exists("b.wav"), await exists("b - Copy.wav")], [true, false]);

    strictEqual((await runAny("trash", "empty")).code, 2, "not without --yes");
    match(await run("trash", "empty", "--days", "1", "--yes"), /0 files deleted/);
    match(await run("trash", "empty", "--yes"), /1 file deleted/);
    strictEqual((await runAny("duplicates", "show", "dup-nope")).code, 4);
  });
}
