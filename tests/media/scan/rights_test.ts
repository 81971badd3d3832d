import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { run } from "../../../src/base/command.ts";
import { hasRights, heldByRights } from "../../helpers/rights.ts";

const script = fileURLToPath(new URL("./unprivileged.ts", import.meta.url));

const locked = ["locked", "[1] *? locked", "back\\slash", "parent/locked"];
const below = (folder: string) => `${folder}/deep/a.wav`;

Deno.test(
  {
    name: "a folder that may not be read is said so, and its files are not gone",
    ignore: !hasRights,
  },
  async () => {
    const [program, args] = heldByRights(Deno.execPath(), "run", "-A", script);

    const { without, nothing, again } = JSON.parse(
      await run(program, args, { timeoutMs: 60_000 }),
    );

    const may = "may not be read: give this user the right to read it";
    deepStrictEqual(
      Object.fromEntries(without.issues),
      Object.fromEntries([
        ...locked.map((folder) => [folder, `The folder ${may}`]),
        ["unreadable.wav", `The file ${may}`],
      ]),
    );
    strictEqual(without.statuses["gone.wav"], "missing");
    strictEqual(without.statuses["unreadable.wav"], "unreadable");
    for (const folder of locked) strictEqual(without.statuses[below(folder)], "ready", folder);
    strictEqual(without.statuses["open/a.wav"], "ready");

    deepStrictEqual(nothing.issues[0], ["", `The folder ${may}`]);
    ok(locked.every((folder) => nothing.statuses[below(folder)] === "ready"));

    deepStrictEqual(again.issues, []);
    strictEqual(again.statuses["unreadable.wav"], "ready");
  },
);
