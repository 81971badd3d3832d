import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { CommandError, type Run } from "../../src/base/command.ts";
import { pictureOf } from "../../src/drives/mod.ts";
import { collectSignatures } from "../../src/drives/read_blkid.ts";
import { tempDir } from "../helpers/temp.ts";

const mounts = [
  "1 0 8:1 / / rw - ext4 /dev/sda1 rw",
  "2 1 0:30 / /run rw - tmpfs tmpfs rw",
  "3 1 8:17 / /films rw - ext4 /dev/sdb1 rw",
];
const lsblk = JSON.stringify({
  blockdevices: [
    { name: "sda", type: "disk", serial: "A", children: [{ name: "sda1", type: "part" }] },
    { name: "sdb", type: "disk", serial: "B", children: [{ name: "sdb1", type: "part" }] },
  ],
});

Deno.test("without udev blkid tells what was mounted, once for each mount", async () => {
  await using dir = await tempDir();
  const asked: string[] = [];
  const run: Run = (program, args = []) => {
    asked.push([program, ...args].join(" "));
    if (args.at(-1) === "/dev/sda1") return Promise.reject(new CommandError("not permitted"));
    return Promise.resolve("DEVNAME=/dev/sdb1\nLABEL=FILMS\nUUID=1c9b-u\nTYPE=ext4\n");
  };
  const collect = (lines: string[]) =>
    collectSignatures(lines.join("\n"), {
      run,
      signal: new AbortController().signal,
      root: dir.path,
    });

  const recordings = await collect(mounts);
  deepStrictEqual(await collect(mounts), recordings);

  deepStrictEqual(asked, ["blkid -p -o export -- /dev/sda1", "blkid -p -o export -- /dev/sdb1"]);
  const { volumes } = pictureOf([
    { tool: "lsblk --json", text: lsblk },
    { tool: "mountinfo", text: mounts.join("\n") },
    ...recordings,
  ]);
  deepStrictEqual(volumes.map(({ uuid, label, mountPoints }) => [uuid, label, mountPoints]), [
    [undefined, undefined, ["/"]],
    ["1c9b-u", "FILMS", ["/films"]],
  ]);

  await collect(mounts.map((line) => line.replace(/^3 /, "9 ")));
  strictEqual(asked.length, 3, "mounted anew, it may be another");
  await Deno.mkdir(`${dir.path}/run/udev/data`, { recursive: true });
  deepStrictEqual(await collect(mounts), []);
});
