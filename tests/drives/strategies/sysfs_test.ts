import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { UnavailableError } from "../../../src/base/errors.ts";
import { collectMountInfo, collectSysfs } from "../../../src/drives/read_sysfs.ts";
import { pictureOf } from "../../../src/drives/readers/mod.ts";
import { hasShared, sharedText } from "../../helpers/shared_fixtures.ts";

const shared = new URL("../../../../shared/fixtures/linux/", import.meta.url);
const signal = new AbortController().signal;

Deno.test("collectSysfs() says so where there is no /sys", async () => {
  const root = await Deno.makeTempDir();

  await rejects(collectSysfs({ signal, root }), UnavailableError);

  await Deno.remove(root, { recursive: true });
});

for (const machine of ["simple-lvm", "simple-nvme"]) {
  const archive = new URL(`sysfs/utillinux-${machine}.tar.xz`, shared);
  Deno.test({
    name: `sysfs finds in a copy of another machine what lsblk finds there: ${machine}`,
    ignore: !hasShared,
    async fn() {
      const root = await Deno.makeTempDir();
      const tar = new Deno.Command("tar", { args: ["xJf", archive.pathname, "-C", root] });
      ok((await tar.output()).success);

      const record = await collectSysfs({ signal, root: `${root}/${machine}` });
      const one = pictureOf([
        { tool: "sysfs", text: JSON.stringify(record) },
        { tool: "mountinfo", text: await collectMountInfo(`${root}/${machine}`) },
      ]);
      const capture = `linux/lsblk-derived/json-allcols-utillinux-${machine}.json`;
      const other = pictureOf([{ text: sharedText(capture) }]);

      const picture = ({ drives, volumes }: typeof one) => ({
        drives: drives.map(({ name, kind, sizeBytes }) => [name, kind, sizeBytes]),
        volumes: volumes.map(({ name, mountPoints }) => [name, mountPoints]),
      });
      deepStrictEqual(picture(one), picture(other));
      strictEqual(one.drives.length, 3);
      await Deno.remove(root, { recursive: true });
    },
  });
}
