import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { UnavailableError } from "../../src/base/errors.ts";
import type { DriveReport, Partition } from "../../src/drives/drive.ts";
import { openLocator } from "../../src/drives/locate.ts";

const report: DriveReport = {
  drives: [{
    id: "drv-a",
    name: "sda",
    sizeBytes: 1,
    kind: "hdd",
    evidence: "",
    removable: false,
  }],
  partitions: [
    partition({ id: "prt-root", driveIds: ["drv-a"], deviceNumber: "8:1", devices: ["sda1"] }),
    partition({ id: "prt-btrfs", driveIds: ["drv-b", "drv-c"], devices: ["sdb", "sdc"] }),
    partition({
      id: "prt-zfs",
      driveIds: ["drv-d"],
      devices: ["sdd1"],
      fileSystem: "zfs",
      label: "tank",
    }),
  ],
};

/** Mounts that hold `folder`, in which a test may make files. */
function mounted(on: string, deviceNumber: string, fileSystem: string, source: string): string {
  return `1 0 8:1 / / rw - ext4 /dev/sda1 rw\n` +
    `2 1 ${deviceNumber} / ${on.replaceAll(" ", "\\040")} rw - ${fileSystem} ${source} rw\n`;
}

Deno.test("locate() names the drives of a path, with the chain that proves it", async () => {
  const { locate } = locator("1 0 8:1 / / rw - ext4 /dev/sda1 rw");

  deepStrictEqual(await locate("/etc"), {
    driveIds: ["drv-a"],
    partitionId: "prt-root",
    mountPoint: "/",
    chain: ["mount / (ext4, /dev/sda1, 8:1)", "partition prt-root (x)", "drive drv-a (sda)"],
  });
});

Deno.test("locate() gives every mount without a drive its lane", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "with space " }));
  const cases = [
    ["0:45", "btrfs", "/dev/sdc", "drv-b,drv-c"],
    ["0:46", "zfs", "tank/films", "drv-d"],
    ["0:47", "nfs4", "nas.home:/export/films", "net:nas.home"],
    ["0:47", "nfs", "[fe80::1]:/export", "net:fe80::1"],
    ["0:48", "cifs", "//NAS/films", "net:nas"],
    ["0:49", "fuse.sshfs", "me@box:/films", "net:box"],
    ["0:50", "tmpfs", "tmpfs", "mem"],
    ["252:0", "ext4", "/dev/zram0", "mem"],
    ["0:51", "overlay", "overlay", "unknown"],
    ["8:99", "ext4", "/dev/sdz", "unknown"],
  ] as const;

  for (const [device, fileSystem, source, expected] of cases) {
    const { locate } = locator(mounted(folder, device, fileSystem, source));
    const { driveIds, mountPoint } = await locate(`${folder}/not yet/there.mkv`);
    strictEqual(driveIds.join(), expected, source);
    strictEqual(mountPoint, folder);
  }
  await Deno.remove(folder);
});

Deno.test("locate() follows links, and images to the drive that holds them", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  await Deno.mkdir(`${folder}/disc`);
  await Deno.symlink("/etc", `${folder}/link`);
  const { locate } = openLocator({
    report: () => report,
    readMountInfo: () => Promise.resolve(mounted(`${folder}/disc`, "7:3", "iso9660", "/dev/loop3")),
    readBackingFile: (device) => Promise.resolve(device === "7:3" ? "/films.iso" : undefined),
  });

  strictEqual((await locate(`${folder}/link/hosts`)).mountPoint, "/");
  const disc = await locate(`${folder}/disc/VIDEO_TS`);
  deepStrictEqual(disc.driveIds, ["drv-a"]);
  ok(disc.chain.includes("/films.iso"));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("locate() has one lane where there is no mount table", async () => {
  const { locate } = openLocator({
    report: () => report,
    readMountInfo: () => Promise.resolve(undefined),
  });

  deepStrictEqual((await locate("/etc")).driveIds, ["unknown"]);
});

Deno.test("locate() reads the mounts once for many files, and sees a new report at once", async () => {
  let reads = 0;
  let now = report;
  const { locate } = openLocator({
    report: () => now,
    readMountInfo: () => {
      reads++;
      return Promise.resolve("1 0 8:1 / / rw - ext4 /dev/sda1 rw");
    },
    freshMs: 60_000,
  });

  await Promise.all(Array.from({ length: 1000 }, () => locate("/etc/hosts")));
  strictEqual(reads, 1);

  now = { drives: [], partitions: [] };
  deepStrictEqual((await locate("/etc")).driveIds, ["unknown"]);
});

Deno.test("locate() sees a new mount once the old reading is stale", async () => {
  const tables = [
    "1 0 8:1 / / rw - ext4 /dev/sda1 rw",
    "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:9 / /etc rw - tmpfs tmpfs rw",
  ];
  const { locate } = openLocator({
    report: () => report,
    readMountInfo: () => Promise.resolve(tables.shift()),
    freshMs: -1,
  });

  deepStrictEqual((await locate("/etc")).driveIds, ["drv-a"]);
  deepStrictEqual((await locate("/etc")).driveIds, ["mem"]);
});

Deno.test("locate() gives up on a file system that does not answer", async () => {
  const never = Promise.withResolvers<string>();
  const { locate } = openLocator({
    report: () => report,
    readMountInfo: () => never.promise,
    limitMs: 20,
  });

  const late = locate("/etc");
  await rejects(late, UnavailableError);
});

function locator(mountInfo: string) {
  return openLocator({ report: () => report, readMountInfo: () => Promise.resolve(mountInfo) });
}

function partition(facts: Partial<Partition>): Partition {
  return { id: "", name: "x", driveIds: [], mountPoints: [], sizeBytes: 0, devices: [], ...facts };
}
