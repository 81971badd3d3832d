/** Ids that stay when a tool fails, or a copy of a disk comes and goes. @module */
import { deepStrictEqual, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { migrations, openDatabase } from "../../../src/db/mod.ts";
import { openDriveStore, pictureOf } from "../../../src/drives/mod.ts";

const lsblk = (...blockdevices: unknown[]) =>
  pictureOf([{ tool: "lsblk --json", text: JSON.stringify({ blockdevices }) }]);

const sda = { name: "sda", kname: "sda", type: "disk", size: 4000, model: "WD 1", serial: "S1" };
const sda1 = {
  name: "sda1",
  type: "part",
  size: 2000,
  "maj:min": "8:1",
  partuuid: "p-1",
  fstype: "ext4",
  uuid: "6d2a8f0e-4a6c-4a43-9d7e-0a4b3b1f9c11",
  label: "FILMS",
  mountpoint: "/films",
};
const known = lsblk({ ...sda, children: [sda1] });

/** /sys without udev: no serial number of a SATA disk, no UUID of anything. */
function sysfsWithoutUdev(mounts = "36 1 8:1 / /films rw - ext4 /dev/sda1 rw", size = "8") {
  const blocks = {
    sda: {
      path: "../devices/pci0/ata1/host0/target0/block/sda",
      slaves: [],
      address: "0:0:0:0",
      attributes: { dev: "8:0", size, "device/model": "WD 1" },
    },
    sda1: {
      path: "../devices/pci0/ata1/host0/target0/block/sda/sda1",
      parent: "sda",
      slaves: [],
      attributes: { dev: "8:1", size: "4", partition: "1" },
    },
  };
  return pictureOf([
    { tool: "sysfs", text: JSON.stringify({ blocks }) },
    { tool: "mountinfo", text: mounts },
  ]);
}
// Of 512 bytes each.
const inBytes = lsblk({ ...sda, size: 4096, children: [{ ...sda1, size: 2048 }] });

function openStore() {
  const db = openDatabase(":memory:", migrations.library);
  return { ...openDriveStore(db), [Symbol.dispose]: () => db[Symbol.dispose]() };
}

const idsIn = ({ drives, partitions, volumes }: typeof known) =>
  [drives, partitions, volumes].map((all) => all.map(({ id }) => id));

Deno.test("drive, partition and volume keep their ids when lsblk fails over to /sys without udev", () => {
  using store = openStore();
  store.save(inBytes);
  const poor = sysfsWithoutUdev();
  notStrictEqual(poor.volumes[0]!.id, inBytes.volumes[0]!.id, "by itself it knows less");

  const saved = store.save(poor);

  const now = store.report();
  deepStrictEqual(idsIn(now), idsIn(inBytes));
  deepStrictEqual([saved.drivesAdded, saved.volumesAdded, saved.drivesRemoved], [0, 0, 0]);
  strictEqual(now.drives[0]!.serial, "S1");
  strictEqual(now.volumes[0]!.label, "FILMS");
  strictEqual(now.partitions[0]!.volumeId, now.volumes[0]!.id);
  const nodes = new Set(now.graph.nodes.map(({ id }) => id));
  ok(idsIn(inBytes).flat().every((id) => nodes.has(id)), "the graph has the same ids");
  ok(now.graph.edges.every(({ from, to }) => nodes.has(from) && nodes.has(to)));

  store.save(inBytes);
  deepStrictEqual(idsIn(store.report()), idsIn(inBytes));
});

Deno.test("a drive keeps its id when only the beginning of its model is told", () => {
  using store = openStore();
  const ssd = { ...sda, model: "Samsung SSD 870 EVO 1TB" };
  store.save(lsblk(ssd));
  const id = store.report().drives[0]!.id;

  store.save(lsblk({ ...ssd, model: "Samsung SSD 870 " }));

  deepStrictEqual(store.report().drives.map((it) => [it.id, it.serial]), [[id, "S1"]]);
});

Deno.test("a disk seen before udev has looked at it leaves no second drive behind", () => {
  using store = openStore();
  store.save(sysfsWithoutUdev());
  const [poor] = store.report().drives;

  store.save(inBytes);

  deepStrictEqual(idsIn(store.report()), idsIn(inBytes));
  strictEqual(store.findDrive(poor!.id), undefined);
  deepStrictEqual(store.drives().items.length, 1);
  deepStrictEqual(store.partitions().items.length, 1);
});

Deno.test("a disk that is back is known by its number before udev tells the rest", () => {
  using store = openStore();
  const ssd = { ...sda, model: "Samsung SSD 870 EVO 1TB" };
  store.save(lsblk(ssd));
  const [{ id } = { id: "" }] = store.report().drives;
  store.save(lsblk({ ...sda, name: "sdb", kname: "sdb", serial: "other" }));
  strictEqual(store.findDrive(id)?.present, false);

  store.save(lsblk({ ...ssd, model: "Samsung SSD 870 ", name: "sdc", kname: "sdc" }));

  strictEqual(store.findDrive(id)?.present, true);
  strictEqual(store.findDrive(id)?.name, "sdc");
  store.save(lsblk({ ...ssd, name: "sdc", kname: "sdc" }));
  deepStrictEqual(store.report().drives.map((it) => it.id), [id]);
  strictEqual(store.drives().items.length, 2);
});

Deno.test("what was formatted anew, or is another disk, is another one, whoever tells", () => {
  using store = openStore();
  store.save(inBytes);

  store.save(sysfsWithoutUdev("36 1 8:1 / /films rw - xfs /dev/sda1 rw"));
  notStrictEqual(store.report().volumes[0]!.id, inBytes.volumes[0]!.id);

  store.save(inBytes);
  store.save(sysfsWithoutUdev(undefined, "16"));
  notStrictEqual(store.report().drives[0]!.id, inBytes.drives[0]!.id);
});

Deno.test("a disk and its copy: each keeps its id, whichever of them is mounted or pulled", () => {
  const copyOf = (mountpoint: string | null) => ({
    ...sda,
    name: "sdb",
    kname: "sdb",
    serial: "S2",
    children: [{ ...sda1, name: "sdb1", "maj:min": "8:17", mountpoint }],
  });
  const original = (mountpoint: string | null) => ({ ...sda, children: [{ ...sda1, mountpoint }] });
  using store = openStore();
  store.save(lsblk(original("/films"), copyOf(null)));
  const byDrive = () =>
    Object.fromEntries(store.report().volumes.map(({ id, name }) => [name, id]));
  const first = byDrive();
  strictEqual(first["sda1"], known.volumes[0]!.id);

  store.save(lsblk(original(null), copyOf("/films")));
  deepStrictEqual(byDrive(), first);
  store.save(lsblk(copyOf("/films")));
  deepStrictEqual(byDrive(), { sdb1: first["sdb1"] });
  store.save(lsblk(original("/films"), copyOf(null)));
  deepStrictEqual(byDrive(), first);
});

Deno.test("a copy that is plugged in and mounted does not take the id of the known one", () => {
  using store = openStore();
  store.save(lsblk({ ...sda, children: [{ ...sda1, mountpoint: null }] }));
  const copy = { ...sda, name: "sdb", kname: "sdb", serial: "S2" };
  store.save(lsblk(
    { ...sda, children: [{ ...sda1, mountpoint: null }] },
    { ...copy, children: [{ ...sda1, name: "sdb1", "maj:min": "8:17" }] },
  ));
  const { volumes } = store.report();
  strictEqual(volumes.find(({ name }) => name === "sda1")?.id, known.volumes[0]!.id);
  strictEqual(new Set(volumes.map(({ id }) => id)).size, 2);
});
