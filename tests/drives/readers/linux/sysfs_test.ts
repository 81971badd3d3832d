import { deepStrictEqual, throws } from "node:assert/strict";
import { UnavailableError } from "../../../../src/base/errors.ts";
import type { DriveReport } from "../../../../src/drives/drive.ts";
import { pictureOf } from "../../../../src/drives/readers/mod.ts";

const fixtures = new URL("../../../fixtures/", import.meta.url);

Deno.test("sysfs finds the one disk of a virtual machine, and what is mounted from it", () => {
  const { drives, volumes } = bySysfs("recorded_virtio_zram");

  deepStrictEqual(drives.map(({ name, kind, bus }) => [name, kind, bus]), [
    ["vda", "virtual", "virtio"],
  ]);
  deepStrictEqual(
    volumes.map(({ name, fileSystem, mountPoints }) => [name, fileSystem, mountPoints]),
    [["vda", "ext4", ["/"]]],
  );
});

Deno.test("sysfs and lsblk give the same drives and volumes of one machine the same ids", () => {
  const one = bySysfs("luks_lvm_md");
  const other = pictureOf([
    { text: read("lsblk/luks_lvm_md.json") },
    { text: read("sysfs/luks_lvm_md.mountinfo.txt") },
  ]);

  deepStrictEqual(one, other);
});

Deno.test("sysfs refuses a record that is none", () => {
  throws(() => pictureOf([{ tool: "sysfs", text: '{"mountInfo": ""}' }]), UnavailableError);
});

function bySysfs(name: string): DriveReport {
  return pictureOf([
    { text: read(`sysfs/${name}.json`) },
    { text: read(`sysfs/${name}.mountinfo.txt`) },
  ]);
}

function read(name: string): string {
  return Deno.readTextFileSync(new URL(name, fixtures));
}
