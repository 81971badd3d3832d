import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { createMountTree } from "../../../../src/drives/graph/mount_info.ts";
import { parseMacMount } from "../../../../src/drives/readers/macos/mount.ts";
import { hasShared } from "../../../helpers/shared_fixtures.ts";
import { drives, shown, told, toPlist, volumes } from "./views.ts";

const ignore = !hasShared;

Deno.test({
  name: "`mount` tells of servers; maps of the automounter and devfs are nothing to read from",
  ignore,
  fn() {
    const report = shown("mount/mount-10.14.txt");

    deepStrictEqual(drives(report), ["disk1 unknown 0", "net:mycloudex2ultra network 0"]);
    const share = "//brazil@MyCloudEX2Ultra._afpovertcp._tcp.local/brazil";
    deepStrictEqual(volumes(report), [
      `${share} on net:mycloudex2ultra afpfs /Volumes/brazil`,
      "disk1s1 on disk1 apfs /",
      "disk1s3 on disk1 apfs /Volumes/Recovery",
      "disk1s4 on disk1 apfs /private/var/vm",
    ]);
    match(report.drives[0]!.evidence, /the disk beneath disk1 \(apfs container\) is not visible/);
  },
});

Deno.test({
  name: "`df` tells what is used and free; volumes with the same space are of one container",
  ignore,
  fn() {
    const report = shown("mount/df-10.14.txt");

    deepStrictEqual(drives(report), [
      "disk1 unknown 0",
      "disk2 unknown 0",
      "net:mycloudex2ultra network 0",
    ]);
    const space = report.volumes.map(({ name, mountPoints, totalBytes, freeBytes }) => [
      name.replace(/^.*\//, ""),
      mountPoints.join(),
      totalBytes,
      freeBytes,
    ]);
    deepStrictEqual(space, [
      ["brazil", "/Volumes/brazil", 7604804600 * 512, 5195725928 * 512],
      ["disk1s1", "/", (302197928 + 660310352) * 512, 660310352 * 512],
      ["disk1s4", "/private/var/vm", (12583000 + 660310352) * 512, 660310352 * 512],
      ["disk2s2", "/Volumes/InstallESD", 14463464 * 512, 3576160 * 512],
    ]);
    strictEqual(report.volumes[1]?.fileSystem, "apfs");
    strictEqual(report.volumes[3]?.fileSystem, undefined);
  },
});

Deno.test({
  name: "Preboot, VM and Data are not a device each (fclones #158)",
  ignore,
  fn() {
    const report = shown("mount/mount-10.14.txt", "mount/df-10.14.txt");

    deepStrictEqual(report.drives.map(({ name }) => name), [
      "disk1",
      "disk2",
      "net:mycloudex2ultra",
    ]);
    const vm = report.volumes.find(({ name }) => name === "disk1s4");
    deepStrictEqual([vm?.fileSystem, vm?.freeBytes], ["apfs", 660310352 * 512]);
  },
});

Deno.test("`df -h` has rounded sizes, and other headings", () => {
  const report = told(
    `Filesystem      Size   Used  Avail Capacity iused      ifree %iused  Mounted on
/dev/disk0s2   233Gi  217Gi   16Gi    94% 3000000 4000000   43%   /
map -hosts       0Bi    0Bi    0Bi   100%       0       0  100%   /net
nas:/volume1   7.1Ti  2.2Ti  4.8Ti    32%       -       -    -    /Volumes/films and more
`,
  );

  deepStrictEqual(volumes(report), [
    "disk0s2 on disk0 ? /",
    "nas:/volume1 on net:nas ? /Volumes/films and more",
  ]);
  strictEqual(report.volumes[0]?.freeBytes, 16 * 2 ** 30);
  strictEqual(report.volumes[1]?.freeBytes, Math.round(4.8 * 2 ** 40));
});

const modern = `/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
devfs on /dev (devfs, local, nobrowse)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled, nobrowse, protect)
map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)
/dev/disk4s1 on /Volumes/Films (old) on disk (exfat, local, nodev, nosuid, noowners)
//GUEST:@nas._smb._tcp.local/media on /Volumes/media (smbfs, nodev, nosuid, mounted by ann)
nas:/volume1/photos on /Volumes/photos (nfs, nodev, nosuid, automounted)
com.apple.TimeMachine.2024-01-01-000000.local@/dev/disk3s5 on /Volumes/.timemachine/x (apfs, local, read-only, nobrowse)
`;

Deno.test("parseMacMount() gives mounts that a path can be found in", () => {
  const mounts = parseMacMount(modern);
  const find = createMountTree(mounts);

  const at = (path: string) => [find(path)?.source, find(path)?.mountPoint];
  deepStrictEqual(at("/Applications"), ["/dev/disk3s1s1", "/"]);
  deepStrictEqual(at("/System/Volumes/Data/Users/ann/film.mkv"), [
    "/dev/disk3s5",
    "/System/Volumes/Data",
  ]);
  deepStrictEqual(at("/System/Volumes/Data/home/x"), [
    "map auto_home",
    "/System/Volumes/Data/home",
  ]);
  deepStrictEqual(at("/Volumes/Films (old) on disk/a.mkv"), [
    "/dev/disk4s1",
    "/Volumes/Films (old) on disk",
  ]);
  deepStrictEqual(at("/Volumes/media/b.mkv")[0], "//GUEST:@nas._smb._tcp.local/media");
  deepStrictEqual(at("/Volumes/.timemachine/x/Users"), ["/dev/disk3s5", "/Volumes/.timemachine/x"]);
  deepStrictEqual(mounts.map(({ readOnly }) => readOnly), [
    true,
    false,
    false,
    false,
    false,
    false,
    false,
    true,
  ]);
  strictEqual(mounts.at(-1)?.root, "com.apple.TimeMachine.2024-01-01-000000.local");
});

Deno.test("parseMacMount(): of two mounts on one folder the newer wins", () => {
  const find = createMountTree(parseMacMount(`/dev/disk3s1s1 on / (apfs, local)
/dev/disk4s1 on /Volumes/Films (hfs, local)
/dev/disk5s1 on /Volumes/Films (hfs, local)
`));

  strictEqual(find("/Volumes/Films/a.mkv")?.source, "/dev/disk5s1");
});

Deno.test("SMB and NFS from one machine are one server, and a local snapshot is no mount more", () => {
  const report = told(modern);

  deepStrictEqual(drives(report).map((line) => line.split(" ")[0]), ["disk3", "disk4", "net:nas"]);
  deepStrictEqual(volumes(report), [
    "//GUEST:@nas._smb._tcp.local/media on net:nas smbfs /Volumes/media",
    "disk3s1 on disk3 apfs /",
    "disk3s5 on disk3 apfs /System/Volumes/Data",
    "disk4s1 on disk4 exfat /Volumes/Films (old) on disk",
    "nas:/volume1/photos on net:nas nfs /Volumes/photos",
  ]);
  strictEqual(report.volumes.find(({ name }) => name === "disk3s1")?.readOnly, true);
});

Deno.test("`mount` adds to what diskutil shows, and makes no second device of it", () => {
  const list = toPlist({
    AllDisksAndPartitions: [
      {
        DeviceIdentifier: "disk0",
        Content: "GUID_partition_scheme",
        Size: 100,
        Partitions: [{ DeviceIdentifier: "disk0s2", Content: "Apple_APFS", Size: 90 }],
      },
      {
        DeviceIdentifier: "disk3",
        Size: 90,
        APFSPhysicalStores: [{ DeviceIdentifier: "disk0s2" }],
        APFSVolumes: [
          { DeviceIdentifier: "disk3s1", VolumeName: "Macintosh HD" },
          { DeviceIdentifier: "disk3s5", VolumeName: "Data" },
        ],
      },
    ],
  });

  const report = told(modern, list);

  ok(volumes(report).includes("disk3s1 on disk0 apfs 'Macintosh HD' /"));
  ok(volumes(report).includes("disk3s5 on disk0 apfs 'Data' /System/Volumes/Data"));
});
