/** `giggityflix items`, with an agent and without one. @module */
import { deepStrictEqual, match, rejects, strictEqual } from "node:assert/strict";
import { InvalidError } from "../../../../src/base/errors.ts";
import { toPatch } from "../../../../src/app/commands/items/edit.ts";
import { runCommand, startAgent, untilScanned } from "../../../helpers/agent.ts";
import { samples } from "../../../helpers/clips.ts";
import { tempDir } from "../../../helpers/temp.ts";

const json = (text: string) => text.trim().split("\n").map((line) => JSON.parse(line));

for (const withAgent of [false, true]) {
  const where = withAgent ? "asks the agent" : "works on the data folder";
  Deno.test(`items ${where}: list, show, edit, history, undo`, async () => {
    await using data = await tempDir();
    await using root = await tempDir();
    await root.file("one.webm", await Deno.readFile(samples.webm));
    await root.file("two.webm", await Deno.readFile(samples.webm));
    const env = { MEDIA_DIRS: root.path };
    const run = async (...args: string[]) => {
      const { code, stdout, stderr } = await runCommand(args, { dataDir: data.path, env });
      strictEqual(code, 0, stderr);
      return stdout;
    };
    await using held = new AsyncDisposableStack();
    if (withAgent) {
      const agent = held.use(await startAgent({ dataDir: data.path, env }));
      await untilScanned(agent);
    } else await run("scan", "--json");

    const [first, second] = json(await run("items", "list", "--json"));
    strictEqual(second.title.length > 0, true);
    await run(
      "items",
      "edit",
      first.id,
      "--set",
      "title=Heat",
      "--set",
      "year=1995",
      "--user",
      "ana",
    );
    match(await run("items", "show", first.id), /^title +Heat +a person$/m);
    deepStrictEqual(
      json(await run("items", "--sort=-year", "--json", "--limit", "1"))[0].id,
      first.id,
    );

    const [change] = json(await run("items", "history", first.id, "--json"));
    deepStrictEqual([change.user, change.after.year], ["ana", 1995]);
    match(await run("items", "history"), /year: null → 1995/);
    const [undone] = json(await run("items", "undo", change.batch, "--json"));
    strictEqual(undone.changes, 1);
    strictEqual(json(await run("items", "show", first.id, "--json"))[0].title, first.title);

    const refused = await runCommand(["items", "edit", first.id, "--set", "year=soon"], {
      dataDir: data.path,
      env,
    });
    deepStrictEqual([refused.code, /year/.test(refused.stderr)], [2, true], refused.stderr);
    const unknown = await runCommand(["items", "show", "nope"], { dataDir: data.path, env });
    deepStrictEqual([unknown.code, /Cannot find item "nope"/.test(unknown.stderr)], [4, true]);
  });
}

Deno.test("toPatch() knows what type each field takes", async () => {
  const typeOf = (key: string) =>
    Promise.resolve({ price: "number", lent: "yes_no" }[key] ?? "text");
  const access = { typeOf };

  deepStrictEqual(
    await toPatch(
      [
        "title=5=five",
        "year=1995",
        "season=x",
        "custom.price=9.5",
        "custom.lent=yes",
        "custom.n=5",
      ],
      ["description", "custom.old"],
      access,
    ),
    {
      title: "5=five",
      year: 1995,
      season: "x", // the library refuses it, and says what it expects
      description: null,
      custom: { price: 9.5, lent: true, n: "5", old: null },
    },
  );
  for (const set of ["title", "=x", "planet=earth", "toString=x"]) {
    await rejects(toPatch([set], [], access), InvalidError, set);
  }
  await rejects(toPatch([], ["planet"], access), InvalidError);
});
