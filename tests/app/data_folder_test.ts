/** How commands find the program that works in a data folder. @module */
import { match, rejects, strictEqual } from "node:assert/strict";
import { findAgent, openDataFolder } from "../../src/app/data_folder.ts";
import { ConflictError } from "../../src/base/errors.ts";
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
