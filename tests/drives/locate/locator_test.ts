import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { InvalidError } from "../../../src/base/errors.ts";
import type { DriveReport, Volume } from "../../../src/drives/drive.ts";
import type { Location } from "../../../src/drives/locate/location.ts";
import { openLocator } from "../../../src/drives/locate/locator.ts";
import { openMountTable } from "../../../src/drives/mounts/table.ts";
import type { LocatorSystem } from "../../../src/drives/locate/system.ts";

const ROOT = "1 0 8:1 / / rw - ext4 /dev/sda1 rw";

const report: DriveReport = {
  drives: [
    {
      id: "drv-a",
      name: "sda",
      model: "WDC WD40EFRX",
      serial: "WD-1",
      sizeBytes: 1,
      kind: "hdd",
      evidence: "",
      removable: false,
    },
    { id: "drv-n", name: "nvme0n1", sizeBytes: 1, kind: "nvme", evidence: "", removable: false },
  ],
  partitions: [],
  volumes: [
    volume({ id: "vol-root", driveIds: ["drv-a"], deviceNumber: "8:1", devices: ["sda1"] }),
    volume({ id: "vol-btrfs", driveIds: ["drv-b", "drv-c"], devices: ["sdb", "sdc"] }),
    volume({
      id: "vol-zfs",
      driveIds: ["drv-d"],
      devices: ["sdd1"],
      fileSystem: "zfs",
      label: "tank",
    }),
    volume({
      id: "vol-films",
      name: "vg0-films",
      driveIds: ["drv-a", "drv-n"],
      deviceNumber: "253:2",
      devices: ["dm-2", "vg0-films"],
      fileSystem: "ext4",
      label: "Films",
    }),
  ],
  graph: {
    nodes: [
      { id: "vol-films", type: "volume", name: "vg0-films" },
      { id: "dev:dm-2", type: "layer", name: "vg0-films", layer: "lvm" },
      { id: "dev:dm-1", type: "layer", name: "crypt0", layer: "crypt" },
      { id: "dev:md0", type: "layer", name: "md0", layer: "raid1" },
      { id: "prt-a2", type: "partition", name: "sda2" },
      { id: "drv-a", type: "drive", name: "sda" },
      { id: "drv-n", type: "drive", name: "nvme0n1" },
    ],
    edges: [
      { from: "vol-films", to: "dev:dm-2" },
      { from: "dev:dm-2", to: "dev:dm-1" },
      { from: "dev:dm-2", to: "drv-n", role: "cache" },
      { from: "dev:dm-1", to: "dev:md0" },
      { from: "dev:md0", to: "prt-a2" },
      { from: "prt-a2", to: "drv-a" },
    ],
  },
};

function volume(facts: Partial<Volume>): Volume {
  return { id: "", name: "x", driveIds: [], mountPoints: [], sizeBytes: 0, devices: [], ...facts };
}

/** A locator over a mount table, and a file system of which only `links` and `paths` exist. */
function locator(
  mounts: string,
  { links = {}, paths, ...system }: Partial<LocatorSystem> & {
    links?: Record<string, string>;
    paths?: string[];
  } = {},
) {
  const fail = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));
  return openLocator({
    report: () => report,
    table: openMountTable({ read: () => Promise.resolve(mounts) }),
    platform: "linux",
    system: {
      readLink: (path) => path in links ? Promise.resolve(links[path]!) : fail("EINVAL"),
      exists: (path) => Promise.resolve(paths?.includes(path) ?? true),
      imagesOf: () => Promise.resolve([]),
      branchesOf: () => Promise.resolve(undefined),
      argumentsFor: () => Promise.resolve(undefined),
      expand: (pattern) => Promise.resolve([pattern]),
      ...system,
    },
  });
}

const texts = ({ chain }: Location) => chain.map(({ text }) => text);

Deno.test("locate() tells every layer between a mount and its drives, roles named", async () => {
  const { locate } = locator(`${ROOT}\n2 1 253:2 / /films rw - ext4 /dev/mapper/vg0-films rw`);

  const location = await locate("/films/a/b.mkv");

  deepStrictEqual(location.driveIds, ["drv-a", "drv-n"]);
  strictEqual(location.volumeId, "vol-films");
  strictEqual(location.mountPoint, "/films");
  strictEqual(location.pathInVolume, "/a/b.mkv");
  deepStrictEqual(texts(location), [
    "mount /films (ext4, /dev/mapper/vg0-films, 253:2)",
    'volume vg0-films (ext4 "Films"), vol-films',
    "lvm vg0-films",
    "crypt crypt0",
    "raid1 md0",
    "partition sda2, prt-a2",
    "drive sda (hdd, WDC WD40EFRX, serial WD-1, drv-a)",
    "drive nvme0n1, as cache (nvme, drv-n)",
  ]);
  deepStrictEqual(location.chain.at(-1), {
    type: "drive",
    id: "drv-n",
    name: "nvme0n1",
    role: "cache",
    text: "drive nvme0n1, as cache (nvme, drv-n)",
  });
});

Deno.test("locate() gives every mount without a drive its lane, with the reason", async () => {
  const cases = [
    ["0:45", "btrfs", "/dev/sdc", "drv-b,drv-c", /volume/],
    ["0:46", "zfs", "tank/films", "drv-d", /volume/],
    ["0:47", "nfs4", "nas.home:/export/films", "net:nas.home", /a server has it/],
    ["0:47", "nfs", "[fe80::1]:/export", "net:fe80::1", /a server/],
    ["0:48", "cifs", "//NAS/films", "net:nas", /a server/],
    ["0:49", "fuse.sshfs", "me@box:/films", "net:box", /a server/],
    ["0:50", "tmpfs", "tmpfs", "mem", /memory/],
    ["252:0", "ext4", "/dev/zram0", "mem", /memory/],
    ["0:51", "9p", "host0", "unknown", /host of this virtual machine/],
    ["0:52", "fuse.secret", "x", "unknown", /program behind fuse.secret does not tell/],
    ["8:99", "ext4", "/dev/sdz", "unknown", /last detection saw no device \/dev\/sdz/],
  ] as const;

  for (const [device, fileSystem, source, expected, why] of cases) {
    const { locate } = locator(
      `${ROOT}\n2 1 ${device} / /with\\040space rw - ${fileSystem} ${source} rw`,
    );
    const location = await locate("/with space/not yet/there.mkv");
    strictEqual(location.driveIds.join(), expected, source);
    strictEqual(location.mountPoint, "/with space");
    match(texts(location).join("\n"), why);
  }
});

Deno.test("locate() tells the path inside the volume, whatever part of it is mounted", async () => {
  const { locate } = locator(`${ROOT}
2 1 8:1 /srv/films /mnt/bind rw - ext4 /dev/sda1 rw
3 1 0:45 /@home /home rw - btrfs /dev/sdb rw
4 1 0:46 / /tank rw - zfs tank/films rw`);
  const cases = [
    ["/", "vol-root", "/"],
    ["/etc/x", "vol-root", "/etc/x"],
    ["/mnt/bind/a/b", "vol-root", "/srv/films/a/b"],
    ["/mnt/bind", "vol-root", "/srv/films"],
    ["/home/me", "vol-btrfs", "/@home/me"],
    ["/tank/a", "vol-zfs", "/films/a"],
  ] as const;

  for (const [path, volumeId, pathInVolume] of cases) {
    const location = await locate(path);
    deepStrictEqual([location.volumeId, location.pathInVolume], [volumeId, pathInVolume], path);
  }
});

Deno.test("locate() follows links as the kernel does, dangling and circular ones too", async () => {
  const { locate } = locator(`${ROOT}\n2 1 253:2 / /films rw - ext4 /dev/mapper/vg0-films rw`, {
    links: {
      "/home/me/link": "/films/new",
      "/home/me/up": "../../films",
      "/films/back": "/etc",
      "/loop1": "/loop2",
      "/loop2": "/loop1",
    },
  });
  const cases = [
    ["/home/me/link/x", "/films", "/new/x"],
    ["/home/me/up/x", "/films", "/x"],
    ["/films/back/hosts", "/", "/etc/hosts"],
    ["/home/me/./up/../x", "/", "/home/me/x"],
  ] as const;

  for (const [path, mountPoint, inside] of cases) {
    const location = await locate(path);
    deepStrictEqual([location.mountPoint, location.pathInVolume], [mountPoint, inside], path);
  }
  match(texts(await locate("/home/me/link/x"))[0]!, /link \/home\/me\/link → \/films\/new/);
  match(texts(await locate("/loop1/x")).join("\n"), /leads round in a circle/);
});

Deno.test("locate() shows the union of what an overlay lies over", async () => {
  const mounts = (options: string) =>
    `${ROOT}
2 1 253:2 / /films rw - ext4 /dev/mapper/vg0-films rw
3 1 0:60 / /merged rw - overlay overlay ${options}`;
  const long = Array.from({ length: 500 }, (_, at) => `/films/l${at}`).join(":");
  const cases = [
    ["rw,lowerdir=/etc/low:/films/low,upperdir=/films/up,workdir=/films/work", "drv-a,drv-n"],
    [String.raw`rw,lowerdir=/etc/a\134:b,upperdir=/etc/up`, "drv-a"],
    ["rw,lowerdir+=/etc/a,lowerdir+=/films/b", "drv-a,drv-n"],
    [`rw,lowerdir=${long}`, "drv-a,drv-n"],
    ["rw,lowerdir=l/AB:l/CD,upperdir=/etc/up", "drv-a,unknown"],
    ["rw,lowerdir=/gone,upperdir=/etc/up", "drv-a,unknown"],
    ["rw,lowerdir=/merged/itself", "unknown"],
    ["rw", "unknown"],
  ] as const;

  for (const [options, expected] of cases) {
    const { locate } = locator(mounts(options), {
      exists: (path) => Promise.resolve(path !== "/gone"),
    });
    const location = await locate("/merged/x");
    strictEqual(location.driveIds.join(), expected, options.slice(0, 80));
    strictEqual(location.volumeId, undefined);
    if (expected.includes("unknown")) match(texts(location).at(-1)!, /^unknown: .{10}/);
  }
});

Deno.test("locate() shows the branches of pools and what lies beneath encrypted folders", async () => {
  const args = { mergerfs: ["mergerfs", "-o", "rw", "/etc/a=RW:/films/b=NC,10G", "/pool"] };
  const cases = [
    ["fuse.mergerfs", "a:b", args.mergerfs, "drv-a,drv-n"],
    ["fuse.mergerfs", "/etc/a:/films/b", undefined, "drv-a,drv-n"],
    ["fuse.mergerfs", "a:b", undefined, "unknown"],
    ["fuse.mhddfs", "/etc/a;/films/b", undefined, "drv-a,drv-n"],
    ["fuse.unionfs-fuse", "unionfs", ["unionfs", "/etc/a=RW:/films/b=RO", "/pool"], "drv-a,drv-n"],
    ["fuse", "/films/src", undefined, "drv-a,drv-n"],
    ["fuse.gocryptfs", "/films/cipher", undefined, "drv-a,drv-n"],
    ["ecryptfs", "/etc/.Private", undefined, "drv-a"],
    ["fuse.cryfs", "cryfs@/etc/base", undefined, "drv-a"],
    ["fuse.encfs", "encfs", ["encfs", "/etc/enc", "/pool", "-o", "ro"], "drv-a"],
    ["fuse.encfs", "encfs", ["encfs", "relative", "/pool"], "unknown"],
    ["fuse.rclone", "/films/remote", undefined, "drv-a,drv-n"],
    ["fuse.rclone", "cloud:films", undefined, "net:cloud"],
  ] as const;

  for (const [fileSystem, source, args, expected] of cases) {
    const { locate } = locator(
      `${ROOT}
2 1 253:2 / /films rw - ext4 /dev/mapper/vg0-films rw
3 1 0:61 / /pool rw - ${fileSystem} ${source} rw`,
      { argumentsFor: () => Promise.resolve(args && [...args]) },
    );
    strictEqual((await locate("/pool/x")).driveIds.join(), expected, `${fileSystem} ${source}`);
  }
});

Deno.test("locate() believes a mergerfs what it says of itself now", async () => {
  const { locate } = locator(`${ROOT}\n3 1 0:61 / /pool rw - fuse.mergerfs a:b rw`, {
    branchesOf: () => Promise.resolve("/etc/a=RW:/etc/c=NC,10G"),
    argumentsFor: () => Promise.resolve(["mergerfs", "/etc/a:/gone", "/pool"]),
  });
  const location = await locate("/pool/x");
  deepStrictEqual(location.driveIds, ["drv-a"]);
  ok(texts(location).includes("folder /etc/c"));
});

Deno.test("locate() finds the drives beneath images, and images in images", async () => {
  const { locate } = locator(
    `${ROOT}
2 1 7:1 / /disc rw - iso9660 /dev/loop1 ro
3 1 7:2 / /inner rw - iso9660 /dev/loop2 ro`,
    {
      imagesOf: (device) =>
        Promise.resolve(device === "7:1" ? ["/etc/films.iso"] : ["/disc/inner.iso"]),
    },
  );

  const location = await locate("/inner/VIDEO_TS");
  deepStrictEqual(location.driveIds, ["drv-a"]);
  ok(texts(location).includes("image /disc/inner.iso"));
  ok(texts(location).includes("image /etc/films.iso"));
});

Deno.test("locate() mounts nothing on demand", async () => {
  const asked: string[] = [];
  const { locate } = locator(
    `${ROOT}
2 1 0:30 / /net rw - autofs auto.net rw
3 2 0:31 / /net/nas rw - nfs4 nas:/films rw`,
    {
      readLink: (path) => {
        asked.push(path);
        return Promise.reject(Object.assign(new Error("no link"), { code: "EINVAL" }));
      },
    },
  );

  const away = await locate("/net/other/x");
  deepStrictEqual(away.driveIds, ["unknown"]);
  match(texts(away).join("\n"), /mounted when somebody goes there/);
  deepStrictEqual(asked, []);
  deepStrictEqual((await locate("/net/nas/x")).driveIds, ["net:nas"]);
});

Deno.test("locate() answers by the names where a file system does not answer", async () => {
  const never = Promise.withResolvers<string>();
  const { locate } = openLocator({
    report: () => report,
    table: openMountTable({ read: () => Promise.resolve(ROOT) }),
    platform: "linux",
    system: { readLink: () => never.promise },
    limitMs: 20,
  });

  const location = await locate("/etc/hosts");
  deepStrictEqual(location.driveIds, ["drv-a"]);
  match(texts(location)[0]!, /did not answer/);
});

Deno.test("locate() takes paths that cannot exist, and refuses what is none", async () => {
  const { locate } = openLocator({
    report: () => report,
    table: openMountTable({ read: () => Promise.resolve(ROOT) }),
    platform: "linux",
  });

  strictEqual((await locate(`/etc/${"x".repeat(300)}`)).volumeId, "vol-root");
  strictEqual((await locate("/y/".repeat(3000))).volumeId, "vol-root");
  strictEqual((await locate("not/absolute")).volumeId, "vol-root");
  strictEqual((await locate("/etc/hosts/is/a/file")).volumeId, "vol-root");
  await rejects(locate("/etc/\0x"), InvalidError);
  await rejects(locate(""), InvalidError);
});

Deno.test("locate() uses the longest mount point where there is no mount table", async () => {
  const at = (id: string, ...mountPoints: string[]) => volume({ id, driveIds: [id], mountPoints });
  const windows = [at("c", "C:\\"), at("d", "D:\\"), at("n", "C:\\Mount\\Films\\")];
  const macos = [at("sys", "/"), at("data", "/System/Volumes/Data"), at("usb", "/Volumes/USB")];
  const cases = [
    ["windows", windows, "c:\\users\\me", "c", "/users/me"],
    ["windows", windows, "C:\\mount\\FILMS\\a.mkv", "n", "/a.mkv"],
    ["windows", windows, "C:\\Mount\\FilmsX", "c", "/Mount/FilmsX"],
    ["windows", windows, "\\\\?\\D:\\a", "d", "/a"],
    ["windows", windows, "E:\\a", "unknown", undefined],
    ["windows", windows, "\\\\NAS\\films\\a", "net:nas", undefined],
    ["windows", windows, "\\\\?\\UNC\\NAS\\films\\a", "net:nas", undefined],
    ["darwin", macos, "/usr/bin/x", "sys", "/usr/bin/x"],
    ["darwin", macos, "/Users/me/x", "data", "/Users/me/x"],
    ["darwin", macos, "/System/Volumes/Data/Users/me/x", "data", "/Users/me/x"],
    ["darwin", macos, "/Volumes/USB/x", "usb", "/x"],
    ["darwin", macos, "/Volumes/USB2/x", "data", "/Volumes/USB2/x"],
  ] as const;

  for (const [platform, volumes, path, expected, inside] of cases) {
    const { locate } = openLocator({
      report: () => ({ ...report, volumes }),
      table: openMountTable({ read: () => Promise.resolve(undefined) }),
      platform,
      system: {
        readLink: () => Promise.reject(Object.assign(new Error("x"), { code: "EINVAL" })),
        nearestReal: (path) => Promise.resolve(path),
      },
    });
    const location = await locate(path);
    deepStrictEqual(location.driveIds, [expected], path);
    strictEqual(location.pathInVolume, inside, path);
  }
});

Deno.test("locate() reads the mounts once for many, and sees a new report and a new mount", async () => {
  const tables = [ROOT, `${ROOT}\n2 1 0:9 / /etc rw - tmpfs tmpfs rw`];
  let reads = 0;
  let now = report;
  const table = openMountTable({
    read: () => Promise.resolve(tables[Math.min(reads++, 1)]),
    freshMs: 60_000,
  });
  const { locate, locateReal } = openLocator({ report: () => now, table, platform: "linux" });

  await Promise.all(Array.from({ length: 1000 }, () => locateReal("/etc/hosts")));
  strictEqual(reads, 1);
  now = { ...report, volumes: [] };
  deepStrictEqual((await locate("/etc")).driveIds, ["unknown"]);
  await table.refresh();
  deepStrictEqual((await locate("/etc")).driveIds, ["mem"]);
});

Deno.test("places() reads anew: what went a moment ago is not told", async () => {
  let text = `${ROOT}
2 1 0:45 / /films rw - nfs4 nas:/films rw`;
  const table = openMountTable({ read: () => Promise.resolve(text), freshMs: 60_000 });
  const { places } = openLocator({ report: () => report, table, platform: "linux" });
  const points = async () => (await places()).map(({ mountPoint }) => mountPoint);
  const before = await points();

  text = ROOT;

  deepStrictEqual((await points()).sort(), before.filter((it) => it !== "/films").sort());
  ok(before.includes("/films"));
});

Deno.test("places() lists what is mounted and not hidden", async () => {
  const { places } = locator(`${ROOT}
2 1 0:45 /@films /films rw - btrfs /dev/sdb rw
3 2 0:50 / /films rw - tmpfs tmpfs rw`);

  deepStrictEqual(await places(), [
    { placeId: "vol-root", mountPoint: "/", rootInPlace: "/" },
  ]);
});
