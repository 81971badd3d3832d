/**
 * What programs like this one get wrong, each class of it once and small: the evidence is in their
 * own issue trackers. The long tests of each part are beside its source.
 *
 * @module
 */
import {
  deepStrictEqual,
  match,
  notStrictEqual,
  ok,
  rejects,
  strictEqual,
} from "node:assert/strict";
import type { Run } from "../../src/base/command.ts";
import { silent } from "../../src/base/log.ts";
import { migrations, openDatabase } from "../../src/db/mod.ts";
import {
  NotAnsweringError,
  openDriveStore,
  openHealth,
  openHealthStore,
  openMounts,
  openMountTable,
  pictureOf,
} from "../../src/drives/mod.ts";
import { standby } from "./health/fake_smartctl.ts";
import { toPicture } from "./readers/linux/picture.ts";
import { drives as drivesOf, toPlist, volumes as volumesOf } from "./readers/macos/views.ts";

const never = new AbortController().signal;

function lsblk(...blockdevices: unknown[]) {
  return { tool: "lsblk --json", text: JSON.stringify({ blockdevices }) };
}

const linux = (...blockdevices: unknown[]) => toPicture(pictureOf([lsblk(...blockdevices)]));

const disk = (name: string, more: Record<string, unknown> = {}) => ({
  name,
  type: "disk",
  size: 1000,
  serial: `serial of ${name}`,
  ...more,
});

const windows = () =>
  pictureOf([{
    tool: "windows storage",
    text: Deno.readTextFileSync(
      new URL("../fixtures/powershell/written_desktop.json", import.meta.url),
    ),
  }]);

Deno.test("rivals: names (nvme0n1p2, sdaa1, vda1, mmcblk0p1) lead to their own disk", () => {
  const names = ["sda", "sdaa", "sdab", "vda", "nvme0n1", "nvme10n1", "mmcblk0"];
  const partition = (name: string) => /\d$/.test(name) ? `${name}p1` : `${name}1`;
  // Without children or parents: the name alone has to do.
  const parts = names.map((name) => ({ name: partition(name), type: "part", size: 10 }));

  const { partitions } = linux(...names.map((name) => disk(name)), ...parts);

  deepStrictEqual(
    partitions.sort(),
    names.map((name) => `${partition(name)} on ${name}`).sort(),
  );
});

Deno.test("rivals: an NVMe controller is no drive, its namespaces and not its paths are", () => {
  const { drives } = linux(
    disk("nvme0n1", { model: "T", serial: "N1", wwn: "eui.0025385b11b2c1a1" }),
    disk("nvme0n2", { model: "T", serial: "N1", wwn: "eui.0025385b11b2c1a2" }),
    disk("nvme0c0n1", { model: "T", serial: "N1" }),
    disk("nvme0c1n1", { model: "T", serial: "N1" }),
  );

  deepStrictEqual(drives, ["nvme0n1 nvme 1000 T / N1", "nvme0n2 nvme 1000 T / N1"]);
  const ids = pictureOf([lsblk(
    disk("nvme0n1", { serial: "N1", wwn: "eui.0025385b11b2c1a1" }),
    disk("nvme0n2", { serial: "N1", wwn: "eui.0025385b11b2c1a2" }),
  )]).drives.map(({ id }) => id);
  notStrictEqual(ids[0], ids[1]);
});

Deno.test("rivals: LVM on LUKS on md stands on every disk beneath, by every layer", () => {
  const stack = {
    name: "md0",
    type: "raid1",
    children: [{
      name: "vault",
      type: "crypt",
      children: [{ name: "vg-films", type: "lvm", fstype: "xfs", mountpoint: "/films" }],
    }],
  };

  const { volumes, edges } = linux(
    disk("sda", { children: [{ name: "sda1", type: "part", children: [stack] }] }),
    disk("sdb", { children: [{ name: "sdb1", type: "part", children: [stack] }] }),
  );

  deepStrictEqual(volumes, ["vg-films xfs on sda,sdb at /films"]);
  deepStrictEqual(edges, ["md0 > sda1", "md0 > sdb1", "vault > md0", "vg-films > vault"]);
});

Deno.test("rivals: btrfs, ZFS and multipath over several disks are counted once", () => {
  const zfs = { fstype: "zfs_member", label: "tank", uuid: "1234567890123456789" };
  const btrfs = { fstype: "btrfs", uuid: "6d2a8f0e-4a6c-4a43-9d7e-0a4b3b1f9c11" };
  const map = { name: "mpatha", type: "mpath", fstype: "ext4", uuid: "u", mountpoint: "/san" };

  const { drives, volumes } = linux(
    disk("sda", btrfs),
    disk("sdb", { ...btrfs, mountpoint: "/b" }),
    disk("sdc", zfs),
    disk("sdd", zfs),
    disk("sde", { serial: "LUN", fstype: "mpath_member", children: [map] }),
    disk("sdf", { serial: "LUN", fstype: "mpath_member", children: [map] }),
  );

  deepStrictEqual(drives.map((line) => line.split(" ")[0]), ["sda", "sdb", "sdc", "sdd", "sde"]);
  deepStrictEqual(volumes, [
    "mpatha ext4 on sde at /san",
    "sda btrfs on sda,sdb at /b",
    'sdc zfs "tank" on sdc,sdd',
  ]);
});

Deno.test("rivals: a stick, a CD drive and a virtual disk are no hard disks, whatever rota says", () => {
  const { report } = linux(
    disk("sda", { rota: true }),
    disk("sdb", { rota: false }),
    disk("sdc", { rota: true, tran: "usb" }),
    disk("sr0", { rota: false, type: "rom" }),
    disk("vda", { rota: true }),
    disk("sdd", { rota: true, vendor: "QEMU", model: "QEMU HARDDISK" }),
    disk("sde", {}),
  );

  deepStrictEqual(Object.fromEntries(report.drives.map(({ name, kind }) => [name, kind])), {
    sda: "hdd",
    sdb: "ssd",
    sdc: "usb",
    sdd: "virtual",
    sde: "unknown",
    sr0: "optical",
    vda: "virtual",
  });
  for (const { evidence } of report.drives) match(evidence, /./);
});

/** Two equal disks in a Mac, each with an APFS container of its own. */
function mac() {
  const apfs = (name: string, store: string) => ({
    ContainerReference: name,
    CapacityCeiling: 900,
    CapacityFree: 500,
    PhysicalStores: [{ DeviceIdentifier: store, Size: 900 }],
    Volumes: ["Data", "Preboot", "VM"].map((title, at) => ({
      DeviceIdentifier: `${name}s${at + 1}`,
      Name: title,
      CapacityInUse: at === 0 ? 390 : 5,
    })),
  });
  const whole = (name: string) => ({
    DeviceIdentifier: name,
    Size: 1000,
    Partitions: [{ DeviceIdentifier: `${name}s1`, Content: "Apple_APFS", Size: 900 }],
  });
  const items = ["disk0", "disk1"].map((name, at) => ({
    _name: "Samsung SSD 870",
    bsd_name: name,
    device_model: "Samsung SSD 870",
    device_serial: `S${at}`,
    spsata_medium_type: "Solid State",
  }));
  return pictureOf([
    { text: toPlist({ AllDisksAndPartitions: [whole("disk0"), whole("disk1")] }) },
    { text: toPlist({ Containers: [apfs("disk2", "disk0s1"), apfs("disk3", "disk1s1")] }) },
    { text: JSON.stringify({ SPSerialATADataType: [{ _name: "port", _items: items }] }) },
  ]);
}

Deno.test("rivals: two drives of one model in a Mac are two, each with what stands on it", () => {
  const report = mac();

  deepStrictEqual(drivesOf(report).map((line) => line.split("#")[1]), ["S0", "S1"]);
  notStrictEqual(report.drives[0]!.id, report.drives[1]!.id);
  const data = volumesOf(report).filter((line) => line.includes("Data"));
  deepStrictEqual(data, ["disk2s1 on disk0 apfs 'Data'", "disk3s1 on disk1 apfs 'Data'"]);
});

Deno.test("rivals: volumes of one APFS container share its space and its disk, and are no disks", () => {
  const { drives, volumes } = mac();

  strictEqual(drives.length, 2);
  const shared = volumes.filter(({ name }) => name.startsWith("disk2"));
  strictEqual(shared.length, 3);
  for (const volume of shared) {
    deepStrictEqual(volume.driveIds, [drives[0]!.id]);
    strictEqual(volume.freeBytes, 500);
    ok(volume.totalBytes! <= 900, "not the whole disk for each");
  }
});

Deno.test("rivals: Windows' volumes in a folder, over two disks and in a storage space are all told", () => {
  const { drives, volumes } = windows();
  const on = (mountPoint: string) => {
    const volume = volumes.find(({ mountPoints }) => mountPoints.includes(mountPoint));
    return volume?.driveIds.map((id) => drives.find((it) => it.id === id)?.name).sort();
  };

  deepStrictEqual(on("C:\\mounts\\films\\"), ["PhysicalDrive4"]);
  deepStrictEqual(on("S:\\"), ["PhysicalDrive5", "PhysicalDrive6"]);
  deepStrictEqual(on("D:\\"), ["PhysicalDrive1", "PhysicalDrive2"]);
  ok(!drives.some(({ name }) => name === "PhysicalDrive3"), "a storage space is no drive");
  ok(drives.some(({ name }) => name === "net:nas"), "nor is a share invisible");
});

Deno.test("rivals: a dead NFS server costs one question, and every other mount goes on", async () => {
  const asked: string[] = [];
  // `stat -f` that never answers, as on a mount whose server is gone; of /dev it does.
  const run: Run = (_, args) => {
    asked.push(args.at(-1)!);
    return args.at(-1) === "/nas" ? new Promise(() => {}) : Promise.resolve("4096 10 5");
  };
  const table = "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:50 / /nas rw - nfs4 nas:/films rw";
  using mounts = openMounts({
    table: openMountTable({ read: () => Promise.resolve(table) }),
    report: () => pictureOf([lsblk(disk("sda"))]),
    run,
    platform: "linux",
    limits: { askMs: 50 },
  });
  let touched = 0;
  const touch = (path: string) => mounts.touch(path, () => Promise.resolve(++touched));

  const all = await Promise.allSettled(Array.from({ length: 20 }, () => touch("/nas/film.mkv")));

  ok(all.every((one) => one.status === "rejected" && one.reason instanceof NotAnsweringError));
  strictEqual(touched, 0);
  strictEqual(asked.filter((path) => path === "/nas").length, 1);
  strictEqual(await touch("/films"), 1);
  await rejects(touch("/nas"), /not answering since/);
});

/** The health of one drive whose smartctl answers `json`. */
async function healthBy(
  drive: { kind: "hdd" | "usb" | "nvme"; name: string; bus?: string },
  answer: (args: string[]) => unknown,
) {
  using db = openDatabase(":memory:", migrations.library);
  const calls: string[][] = [];
  const one = { id: "drv-a", ...drive };
  const health = openHealth({
    store: openHealthStore(db),
    drives: () => [one],
    run: (_, args) => {
      calls.push(args);
      return Promise.resolve(JSON.stringify(answer(args)));
    },
    platform: "linux",
    publish: () => {},
    log: silent,
  });
  return { ...await health.check(one, never), calls };
}

Deno.test("rivals: a sleeping disk is asked not to wake, and is asleep, not failed", async () => {
  const found = await healthBy({ kind: "hdd", name: "sda" }, () => standby("/dev/sda").json);

  strictEqual(found.powerState, "asleep");
  notStrictEqual(found.verdict, "failing");
  ok(found.calls.every((args) => args.join(" ").includes("-n standby")));
});

Deno.test("rivals: an unknown USB bridge is tried as SAT, once, and never taken for a failed disk", async () => {
  const unknown = {
    smartctl: {
      version: [7, 3],
      exit_status: 1,
      messages: [{
        string: "/dev/sdc: Unknown USB bridge [0x1234:0x5678 (0x100)]",
        severity: "error",
      }],
    },
  };
  const found = await healthBy({ kind: "usb", name: "sdc", bus: "usb" }, () => unknown);

  strictEqual(found.verdict, "unknown");
  ok(found.calls.length <= 2);
  ok(found.calls.some((args) => args.join(" ").includes("-d sat")));
});

Deno.test("rivals: an HBA's disks are what they are, a RAID controller's volume is one drive", () => {
  const { report } = linux(
    disk("sda", { tran: "sas", rota: true, model: "ST8000NM", wwn: "0x5000c500a1b2c3d4" }),
    disk("sdb", { vendor: "DELL", model: "PERC H730", serial: "0062", wwn: "0x6d0946606c3d1f00" }),
    disk("sdc", { vendor: "DELL", model: "PERC H730", serial: "0063", wwn: "0x6d0946606c3d1f01" }),
  );

  deepStrictEqual(report.drives.map(({ name, kind }) => [name, kind]), [
    ["sda", "hdd"],
    ["sdb", "unknown"],
    ["sdc", "unknown"],
  ]);
  strictEqual(new Set(report.drives.map(({ id }) => id)).size, 3);
});

Deno.test("rivals: identity survives another name, another port, another tool, and a fact less", () => {
  const part = { type: "part", size: 900, partuuid: "p-1", fstype: "ext4", uuid: "abcd-1234-u1" };
  const told = { model: "WDC WD40EFRX", serial: "WD-1", wwn: "0x50014ee20d887d66" };
  const ids = (name: string, more: object) => {
    const child = { ...part, name: `${name}1` };
    const it = pictureOf([lsblk(disk(name, { ...told, ...more, children: [child] }))]);
    return [it.drives[0]!.id, it.partitions[0]!.id, it.volumes[0]!.id];
  };
  const [first, ...others] = [
    ids("sda", { hctl: "0:0:0:0" }),
    ids("sdq", { hctl: "7:0:0:0" }),
    ids("sda", { model: "WDC_WD40EFRX" }),
    ids("sda", { wwn: undefined }),
    ids("sda", { serial: "  WD-1" }),
  ];
  for (const other of others) deepStrictEqual(other, first);

  // A detection that failed, or knew nothing, leaves what is stored as it was.
  using db = openDatabase(":memory:", migrations.library);
  const store = openDriveStore(db);
  const report = pictureOf([lsblk(disk("sda", told))]);
  store.save(report);
  store.save({ ...report, drives: [], isGuess: true });
  strictEqual(store.findDrive(first![0]!)?.present, true);
});
