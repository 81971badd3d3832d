import { ok, strictEqual } from "node:assert/strict";
import { isMountOf } from "../../../src/drives/graph/mount_info.ts";
import { openMountTable } from "../../../src/drives/mounts/table.ts";

// As a machine told it whose btrfs was made by names of /dev/disk/by-id.
const text = `28 1 0:25 / / rw - overlay overlay rw
36 28 8:1 / /mnt/pulled rw,relatime - ext4 /dev/disk/by-id/wwn-0x1-part1 rw
37 28 0:32 / /mnt/two rw,relatime - btrfs /dev/disk/by-id/wwn-0x5000c50000000006 rw,subvol=/
38 28 0:33 / /mnt/gone rw,relatime - btrfs /dev/disk/by-id/wwn-0x9 rw
39 28 0:34 / /mnt/nas rw,relatime - nfs4 nas:/films rw
`;

Deno.test("a btrfs that was made by a link's name is known by the disk that it leads to", async () => {
  const followed: string[] = [];
  const table = openMountTable({
    read: () => Promise.resolve(text),
    follow: (path) => {
      followed.push(path);
      if (path.endsWith("6")) return Promise.resolve("/dev/sdd");
      return Promise.reject(new Deno.errors.NotFound());
    },
  });

  const { find } = await table.now();

  const mount = find("/mnt/two/films")!;
  strictEqual(mount.source, "/dev/disk/by-id/wwn-0x5000c50000000006");
  ok(isMountOf(mount, undefined, ["sdd", "sde"]));
  ok(!isMountOf(mount, undefined, ["sde"]));
  ok(!isMountOf(find("/mnt/gone")!, undefined, ["sdd", "sde"]));
  strictEqual(followed.length, 2, "numbers tell of the others");
});
