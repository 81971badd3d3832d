import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { createMountTree, parseMountInfo } from "../../../src/drives/graph/mount_info.ts";
import { toRecord } from "../../../src/drives/mod.ts";

const table = `1 0 8:1 / / rw - ext4 /dev/sda1 rw
20 1 8:17 / /mnt/a rw,noatime shared:4 - ext4 /dev/sdb1 rw
21 1 8:33 / /mnt/with\\040space rw - ext4 /dev/disk/by\\134x rw
22 1 0:40 / /over rw - tmpfs tmpfs rw
23 22 8:49 / /over/deep rw - ext4 /dev/sdd1 rw
24 22 8:65 / /over rw - ext4 /dev/sde1 rw
25 20 8:81 /films /mnt/a/b rw - ext4 /dev/sdf1 rw
nonsense
26 1 8:97`;

Deno.test("parseMountInfo() undoes octal escapes, and leaves out broken lines", () => {
  const mounts = parseMountInfo(table);

  strictEqual(mounts.length, 7);
  strictEqual(mounts[2]?.mountPoint, "/mnt/with space");
  strictEqual(mounts[2]?.source, "/dev/disk/by\\x");
  deepStrictEqual(mounts[1], {
    id: "20",
    parentId: "1",
    deviceNumber: "8:17",
    root: "/",
    mountPoint: "/mnt/a",
    fileSystem: "ext4",
    source: "/dev/sdb1",
    readOnly: false,
    options: "rw",
  });
});

Deno.test("a password in the table of mounts is told to nobody", () => {
  const line = "30 1 0:50 / /far rw - fuse curlftpfs#ftp://me:s3cret@nas:21/films rw";

  strictEqual(parseMountInfo(line)[0]?.source, "curlftpfs#ftp://me@nas:21/films");
  const record = toRecord([{ tool: "mountinfo", text: line }]);
  ok(!record.includes("s3cret") && record.includes("me@nas:21/films"));
});

Deno.test("createMountTree() finds the mount by whole segments, and the uppermost one", () => {
  const find = createMountTree(parseMountInfo(table));
  const cases = [
    ["/", "8:1"],
    ["/home/x", "8:1"],
    ["/mnt/a", "8:17"],
    ["/mnt/ab/file", "8:1"],
    ["/mnt/a/b/file", "8:81"],
    ["/mnt/with space/x", "8:33"],
    ["/over/x", "8:65"],
    ["/over/deep/x", "8:65"], // the later mount on /over hides what was below
  ] as const;

  for (const [path, expected] of cases) strictEqual(find(path)?.deviceNumber, expected, path);
});

Deno.test("createMountTree() knows nothing where nothing is mounted, and ends in a circle", () => {
  strictEqual(createMountTree([])("/x"), undefined);
  const circle = parseMountInfo("1 2 8:1 / / rw - ext4 a rw\n2 1 8:2 / / rw - ext4 b rw");
  strictEqual(typeof createMountTree(circle)("/x")?.id, "string");
});
