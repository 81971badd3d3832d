import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { CommandError } from "../../../src/base/command.ts";
import { columnsIn, lsblk } from "../../../src/drives/strategies/lsblk.ts";

const help = Deno.readTextFileSync(
  new URL("../../fixtures/lsblk/recorded_help_2.38.txt", import.meta.url),
);

Deno.test("columnsIn() asks only for what this lsblk lists, and for all where it lists none", () => {
  const known = columnsIn(help);
  ok(known.includes("MOUNTPOINTS") && known.includes("MAJ:MIN") && known.includes("PARTUUID"));

  const old = columnsIn(help.replace(/^.*MOUNTPOINTS.*$/m, ""));
  ok(!old.includes("MOUNTPOINTS") && old.includes("MOUNTPOINT"));

  ok(columnsIn("Usage:\n lsblk [options]\n").includes("MOUNTPOINTS"));
});

Deno.test("lsblk asks again for the basic columns when it is refused", async () => {
  const asked: string[] = [];
  const recordings = await lsblk.collect({
    signal: new AbortController().signal,
    run: (_, args) => {
      if (args[0] === "--help") return Promise.resolve("");
      asked.push(args.at(-1)!);
      if (asked.length > 1) return Promise.resolve('{"blockdevices": []}');
      return Promise.reject(new CommandError("unknown column: MOUNTPOINTS"));
    },
  });

  strictEqual(asked.length, 2);
  ok(asked[0]?.includes("MOUNTPOINTS") && !asked[1]?.includes("MOUNTPOINTS"));
  deepStrictEqual(lsblk.parse(recordings.slice(0, 1)).drives, []);
});
