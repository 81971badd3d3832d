import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { CommandError, type Run } from "../../../src/base/command.ts";
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
    run: (program, args) => {
      if (program !== "lsblk" || args[0] === "--help") return Promise.resolve("");
      asked.push(args.at(-1)!);
      if (asked.length > 1) return Promise.resolve('{"blockdevices": []}');
      return Promise.reject(new CommandError("unknown column: MOUNTPOINTS"));
    },
  });

  strictEqual(asked.length, 2);
  ok(asked[0]?.includes("MOUNTPOINTS") && !asked[1]?.includes("MOUNTPOINTS"));
  deepStrictEqual(lsblk.parse(recordings.slice(0, 1)).drives, []);
});

Deno.test("lsblk that tells of nothing is not believed where the kernel has a disk", () => {
  const nothing = { tool: "lsblk --json", text: '{"blockdevices": []}' };
  const kernel = (...names: string[]) => ({
    tool: "sysfs identities",
    text: JSON.stringify({ identities: Object.fromEntries(names.map((name) => [name, {}])) }),
  });

  throws(
    () => lsblk.parse([nothing, kernel("loop0", "sda")]),
    /tells of nothing, and there is sda/,
  );
  deepStrictEqual(lsblk.parse([nothing, kernel("loop0", "zram0")]).drives, []);
});

/** Runs nothing: answers for lsblk, and for `zpool` as told. */
function fakeRun(answer: string, zpool: () => Promise<string>): { asked: string[]; run: Run } {
  const asked: string[] = [];
  const run: Run = (program, args) => {
    asked.push([program, ...args].join(" "));
    if (program === "zpool") return zpool();
    return Promise.resolve(args[0] === "--help" ? "" : answer);
  };
  return { asked, run };
}

const signal = new AbortController().signal;

Deno.test("lsblk asks ZFS of its pools only where there is one", async () => {
  const member = '{"blockdevices": [{"name": "sda", "type": "disk", "fstype": "zfs_member"}]}';
  const status = "  pool: tank\n state: ONLINE\nconfig:\n";
  const withPool = fakeRun(member, () => Promise.resolve(status));
  const without = fakeRun('{"blockdevices": []}', () => Promise.resolve(status));

  const recordings = await lsblk.collect({ signal, run: withPool.run });
  await lsblk.collect({ signal, run: without.run });

  ok(withPool.asked.includes("zpool status -LP"));
  strictEqual(recordings.at(-1)?.tool, "zpool status");
  ok(!without.asked.some((command) => command.startsWith("zpool")));
});

Deno.test("lsblk does without ZFS when that does not answer", async () => {
  const member = '{"blockdevices": [{"name": "sda", "type": "disk", "fstype": "zfs_member"}]}';
  const { run } = fakeRun(member, () => Promise.reject(new CommandError("no answer in 3000 ms")));

  const recordings = await lsblk.collect({ signal, run });

  ok(!recordings.some(({ tool }) => tool === "zpool status"));
  strictEqual(lsblk.parse(recordings.slice(0, 1)).drives.length, 1);
});
