import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { hasShared } from "../../../helpers/shared_fixtures.ts";
import { shared, told } from "./picture.ts";

const ignore = !hasShared;

/** What one desktop had mounted, by whatever tool told of it. */
const desktop = [
  "//foo.home/bar/ cifs on net:foo.home at /mnt/sounds",
  "kzak-home ext4 on  at /home/kzak",
  "sda4 ext3 on sda at /",
  "sda6 ext3 on sda at /boot",
];

Deno.test({
  name: "findmnt in JSON and pairs, and mountinfo, tell the same of one machine",
  ignore,
  fn() {
    for (
      const path of [
        "mounts/findmnt-J-tree.json",
        "mounts/findmnt-pairs.txt",
        "mounts/mountinfo-fedora-nfs-cifs-fuse.txt",
      ]
    ) {
      const { drives, volumes } = shared(path);
      deepStrictEqual(volumes, desktop, path);
      deepStrictEqual(drives, ["net:foo.home network 0 - / -", "sda unknown 0 - / -"], path);
    }
  },
});

Deno.test({
  name: "mtab: a line of 15 kB is one mount and no drive",
  ignore,
  fn() {
    const { volumes } = shared("mounts/mtab-overlay-15k-line.txt");

    deepStrictEqual(volumes, desktop.slice(1));
  },
});

Deno.test({
  name: "findmnt as a tree and as a list: containers and name spaces are no volumes",
  ignore,
  fn() {
    const tree = shared("mounts/findmnt-centos7.txt");
    strictEqual(tree.report.volumes[0]?.name, "centos-root");
    strictEqual(tree.report.volumes[0]?.mountPoints[0], "/");
    ok(tree.volumes.includes("sda1 xfs on sda at /boot"));

    deepStrictEqual(shared("mounts/findmnt-containers-nsfs.txt").drives, []);
  },
});

Deno.test({
  name: "mountinfo: subvolumes are of one volume, servers are drives, loops and autofs nothing",
  ignore,
  fn() {
    const btrfs = shared("mounts/mountinfo-btrfs-subvols.txt");
    deepStrictEqual(btrfs.volumes, [
      "sdc1 btrfs on sdc at / /mnt/a /var/cache /var/lib/containers /var/lib/libvirt /var/tmp",
    ]);

    const servers = shared("mounts/mountinfo-rhel-nfs-autofs.txt");
    deepStrictEqual(servers.drives, [
      "net:hostname1 network 0 - / -",
      "net:hostname2 network 0 - / -",
      "sda unknown 0 - / -",
    ]);
    ok(servers.volumes.includes("hostname1:/shared_dir1 nfs4 on net:hostname1 at /shared/dir1"));
    ok(servers.volumes.includes("vgsys-var ext4 on  at /var"));

    const snaps = shared("mounts/mountinfo-ubuntu-snaps.txt");
    deepStrictEqual(snaps.volumes, [
      "sda2 ext4 on sda at /boot",
      "ubuntu--vg-ubuntu--lv ext4 on  at /",
    ]);
  },
});

const disk = JSON.stringify({
  blockdevices: [{
    name: "sda",
    type: "disk",
    "maj:min": "8:0",
    size: 10,
    children: [{
      name: "sda1",
      type: "part",
      "maj:min": "8:1",
      size: 9,
      fstype: "ext4",
      ro: false,
      mountpoints: ["/etc/hosts", "/etc/hostname", "/films", "/srv", "/app/config.yaml"],
    }],
  }],
});
const mount = (root: string, point: string, flags = "rw") =>
  `36 35 8:1 ${root} ${point} ${flags},relatime - ext4 /dev/sda1 rw`;

Deno.test("a volume is mounted where all of it is, then where folders of it are bound", () => {
  const { report } = told(
    disk,
    [
      mount("/docker/1/hosts", "/etc/hosts"),
      mount("/docker/1/hostname", "/etc/hostname"),
      mount("/srv", "/films"),
      mount("/", "/srv"),
      mount("/x.yaml", "/app/config.yaml"),
    ].join("\n"),
  );

  deepStrictEqual(report.volumes[0]?.mountPoints, ["/srv", "/films"]);
  strictEqual(report.volumes[0]?.readOnly, false);
});

Deno.test("a volume of which only files are bound, as in a container, is mounted there", () => {
  const { report } = told(
    disk.replace(/"mountpoints":\[.*?\]/, '"mountpoints":[]'),
    [mount("/docker/1/hosts", "/etc/hosts", "ro"), mount("/docker/1/name", "/etc/hostname", "ro")]
      .join("\n"),
  );

  deepStrictEqual(report.volumes[0]?.mountPoints, ["/etc/hostname", "/etc/hosts"]);
  strictEqual(report.volumes[0]?.readOnly, true);
});

Deno.test("`mount` and /proc/mounts find their devices by any name, and servers by theirs", () => {
  const lsblk = JSON.stringify({
    blockdevices: [{
      name: "sda",
      type: "disk",
      children: [{ name: "vg-my--films", kname: "dm-0", type: "lvm", fstype: "ext4" }],
    }],
  });
  const command = told(
    lsblk,
    "/dev/mapper/vg-my--films on /films type ext4 (rw,relatime)\n" +
      "proc on /proc type proc (rw)\n" +
      "nas:/media on /mnt/nas type nfs4 (ro,addr=10.0.0.2)\n",
  );
  deepStrictEqual(command.volumes, [
    "nas:/media nfs4 on net:nas at /mnt/nas",
    "vg-my--films ext4 on sda at /films",
  ]);
  strictEqual(command.report.volumes[0]?.readOnly, true);

  const table = told(lsblk, "/dev/dm-0 /my\\040films ext4 rw 0 0\n");
  deepStrictEqual(table.volumes, ["vg-my--films ext4 on sda at /my films"]);
});

Deno.test("iSCSI, nbd, NFS and CIFS are of the network; one server is one drive", () => {
  const { drives } = told(
    JSON.stringify({
      blockdevices: [
        { name: "sda", type: "disk", tran: "iscsi", size: 5, rota: true, serial: "L" },
        { name: "nbd0", type: "disk", size: 5 },
        { name: "nbd1", type: "disk", size: 0 },
      ],
    }),
    "NAS:/a /a nfs4 rw 0 0\nnas:/b /b nfs rw 0 0\n//me@nas/share /c cifs rw 0 0\n",
  );

  deepStrictEqual(drives.map((line) => line.split(" ").slice(0, 2).join(" ")), [
    "nbd0 network",
    "net:nas network",
    "sda network",
  ]);
});

Deno.test("findmnt in other columns, with subvolumes in brackets", () => {
  const { volumes } = told(`SOURCE          FSTYPE  TARGET
/dev/sda2[/@]   btrfs   /
/dev/sda2[/@f]  btrfs   ├─/films
/dev/sda1       vfat    └─/boot/efi
`);

  deepStrictEqual(volumes, ["sda1 vfat on sda at /boot/efi", "sda2 btrfs on sda at / /films"]);
});
