import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { UnavailableError } from "../../../src/base/errors.ts";
import { collectSysfs } from "../../../src/drives/read_sysfs.ts";
import { lsblk } from "../../../src/drives/strategies/lsblk.ts";
import { sysfs } from "../../../src/drives/strategies/sysfs.ts";

const fixtures = new URL("../../fixtures/", import.meta.url);
const shared = new URL("../../../../shared/fixtures/linux/", import.meta.url);
const signal = new AbortController().signal;

Deno.test("sysfs finds the one disk of a virtual machine, and what is mounted from it", () => {
  const { drives, partitions } = sysfs.parse(read("sysfs/recorded_virtio_zram.json"));

  deepStrictEqual(drives.map(({ name, kind, bus }) => [name, kind, bus]), [
    ["vda", "virtual", "virtio"],
  ]);
  deepStrictEqual(
    partitions.map(({ name, fileSystem, mountPoints }) => [name, fileSystem, mountPoints]),
    [["vda", "ext4", ["/"]]],
  );
});

Deno.test("sysfs and lsblk give the same drives and partitions of one machine the same ids", () => {
  const one = sysfs.parse(read("sysfs/luks_lvm_md.json"));
  const other = lsblk.parse(read("lsblk/luks_lvm_md.json"));

  deepStrictEqual(one, other);
});

Deno.test("sysfs refuses a record that is none", () => {
  throws(() => sysfs.parse('{"mountInfo": ""}'), UnavailableError);
});

Deno.test("collectSysfs() says so where there is no /sys", async () => {
  const root = await Deno.makeTempDir();

  await rejects(collectSysfs({ signal, root }), UnavailableError);

  await Deno.remove(root, { recursive: true });
});

for (const machine of ["simple-lvm", "simple-nvme"]) {
  const archive = new URL(`sysfs/utillinux-${machine}.tar.xz`, shared);
  Deno.test({
    name: `sysfs finds in a copy of another machine what lsblk finds there: ${machine}`,
    ignore: !isThere(archive),
    async fn() {
      const root = await Deno.makeTempDir();
      const tar = new Deno.Command("tar", { args: ["xJf", archive.pathname, "-C", root] });
      ok((await tar.output()).success);

      const record = await collectSysfs({ signal, root: `${root}/${machine}` });
      const one = sysfs.parse(JSON.stringify(record));
      const capture = new URL(`lsblk-derived/json-allcols-utillinux-${machine}.json`, shared);
      const other = lsblk.parse(await Deno.readTextFile(capture));

      const picture = ({ drives, partitions }: typeof one) => ({
        drives: drives.map(({ name, kind, sizeBytes }) => [name, kind, sizeBytes]),
        partitions: partitions.map(({ name, mountPoints }) => [name, mountPoints]),
      });
      deepStrictEqual(picture(one), picture(other));
      strictEqual(one.drives.length, 3);
      await Deno.remove(root, { recursive: true });
    },
  });
}

function read(name: string): string {
  return Deno.readTextFileSync(new URL(name, fixtures));
}

function isThere(url: URL): boolean {
  try {
    return Deno.statSync(url).isFile;
  } catch {
    return false;
  }
}
