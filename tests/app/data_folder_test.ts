/** How commands find the program that works in a data folder. @module */
import { match, rejects, strictEqual } from "node:assert/strict";
import { findAgent, openDataFolder } from "../../src/app/data_folder.ts";
import { run } from "../../src/base/command.ts";
import { ConflictError } from "../../src/base/errors.ts";
import { hasRights, heldByRights } from "../helpers/rights.ts";
import { tempDir } from "../helpers/temp.ts";

Deno.test("an agent that is just starting is waited for, and one that is there is told", async () => {
  await using data = await tempDir();
  const now = AbortSignal.abort();
  const stop = new AbortController();
  strictEqual(await findAgent(data.path, stop.signal), undefined, "nobody is there");

  using folder = await openDataFolder(data.path);
  const found = findAgent(data.path, stop.signal);
  strictEqual(await findAgent(data.path, now), undefined);
  await rejects(openDataFolder(data.path), (error: ConflictError) => {
    match(error.message, /works in it, or is just starting. Try again in a moment/);
    return error instanceof ConflictError;
  });
  await folder.announce("http://127.0.0.1:1");

  strictEqual((await found)?.url, "http://127.0.0.1:1");
  await rejects(openDataFolder(data.path), /works in it. Stop that one, or set DATA_DIR/);
});

Deno.test({
  name: "a data folder that may not be written to says what to do",
  ignore: !hasRights,
}, async () => {
  await using data = await tempDir();
  await Deno.chmod(data.path, 0o500);
  const module = import.meta.resolve("../../src/app/data_folder.ts");
  const code = `import { openDataFolder } from "${module}";
    await openDataFolder(Deno.args[0]).catch((error) => console.log(error.message));`;
  const [program, args] = heldByRights(Deno.execPath(), "eval", code, data.path);

  const said = await run(program, args, { timeoutMs: 60_000 });

  match(said, /^Cannot use the data folder ".*": this user may not write there. Give it the right/);
  await Deno.chmod(data.path, 0o700);
});
