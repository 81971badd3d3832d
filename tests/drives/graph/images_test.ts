/** Files that are mounted as disks: no drives, and on the drive that they lie on. @module */
import { deepStrictEqual, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { pictureOf } from "../../../src/drives/mod.ts";

const uuid = "6d2a8f0e-4a6c-4a43-9d7e-0a4b3b1f9c11";

function picture(diskUuid = "0c1d6a53-4d3f-4a5e-a8f6-27a0b8c5b001") {
  const blockdevices = [
    {
      name: "sda",
      type: "disk",
      size: 4000,
      serial: "S1",
      children: [{ name: "sda1", type: "part", size: 3000, fstype: "xfs", uuid: diskUuid }],
    },
    { name: "sdb", type: "disk", size: 4000, serial: "S2", fstype: "ext4" },
    { name: "loop0", type: "loop", size: 100, fstype: "xfs", uuid },
    { name: "loop1", type: "loop", size: 100, fstype: "squashfs" },
    { name: "loop2", type: "loop", size: 100, children: [{ name: "loop2p1", type: "part" }] },
    { name: "loop3", type: "loop", size: 100, fstype: "ext4" },
  ];
  const images = {
    loop0: "/home/films.img",
    loop1: "/home/snap.img",
    loop2: "/home/card.img",
    loop3: "/home/other/disk.img",
  };
  const identities = Object.fromEntries(Object.keys(images).map((name) => [name, {}]));
  const mounts = [
    "1 0 8:1 / / rw - xfs /dev/sda1 rw",
    "2 1 7:0 / /films rw - xfs /dev/loop0 rw",
    "3 1 7:1 / /snap/core ro - squashfs /dev/loop1 ro",
    "4 1 259:1 / /card rw - vfat /dev/loop2p1 rw",
    "5 1 0:50 / /home/other rw - nfs4 nas:/pool rw",
    "6 1 7:3 / /far rw - ext4 /dev/loop3 rw",
  ];
  return pictureOf([
    { tool: "lsblk --json", text: JSON.stringify({ blockdevices }) },
    { tool: "sysfs identities", text: JSON.stringify({ identities, images }) },
    { tool: "mountinfo", text: mounts.join("\n") },
  ]);
}

Deno.test("an image is a volume on the drive that its file lies on, and no drive", () => {
  const { drives, partitions, volumes, graph } = picture();

  deepStrictEqual(drives.map(({ name }) => name), ["net:nas", "sda", "sdb"]);
  const nameOf = new Map(drives.map(({ id, name }) => [id, name]));
  deepStrictEqual(
    Object.fromEntries(
      volumes.map(({ mountPoints, driveIds }) => [
        mountPoints.join(),
        driveIds.map((id) => nameOf.get(id)).join(),
      ]).filter(([at]) => at !== ""),
    ),
    { "/": "sda", "/films": "sda", "/card": "sda", "/home/other": "net:nas", "/far": "net:nas" },
  );
  deepStrictEqual(partitions.map(({ name }) => name), ["sda1"]);
  ok(graph.nodes.some(({ layer, name }) => layer === "image" && name === "/home/films.img"));
});

Deno.test("an image that is a copy of a disk does not take the id of its volume", () => {
  const idOf = (at: string, { volumes }: ReturnType<typeof picture>) =>
    volumes.find(({ mountPoints }) => mountPoints.includes(at))?.id;
  const copied = picture(uuid);

  strictEqual(idOf("/", copied), idOf("/films", picture()), "it follows from the UUID");
  notStrictEqual(idOf("/films", copied), idOf("/", copied));
});
