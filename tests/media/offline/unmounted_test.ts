/**
 * A volume that is unmounted in the middle of a walk, and mounted elsewhere afterwards: real mounts,
 * a real walk. Root only.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { openMountTable } from "../../../src/drives/mod.ts";
import { canMount, makeImage, tool, unmountLater } from "../../helpers/mounts.ts";
import { noise } from "../../helpers/temp.ts";
import { openRig } from "../rig.ts";

const FILES = 400;
const VOLUME = "vol-stick";

Deno.test({
  name:
    "a volume that goes in mid-walk and comes back elsewhere loses nothing, and is not read again",
  ignore: !canMount,
  async fn() {
    const table = openMountTable();
    let image = "";
    /** Where the stick is mounted now, as the system says. */
    const points = async (root: string) => {
      await table.refresh();
      const { mounts } = await table.now();
      return mounts.map(({ mountPoint }) => mountPoint).filter((it) => it.startsWith(`${root}/`));
    };
    let onTouch = (_: string): Promise<void> => Promise.resolve();
    await using rig = await openRig({
      deps: (root) => ({
        locate: async (path) => {
          const point = (await points(root)).find((it) => `${path}/`.startsWith(`${it}/`));
          if (!point) return { driveIds: ["disk"], placeId: "vol-disk", pathInVolume: path };
          return {
            driveIds: ["stick"],
            placeId: VOLUME,
            pathInVolume: path.slice(point.length) || "/",
          };
        },
        places: async () => [
          { placeId: "vol-disk", mountPoint: "/", rootInPlace: "/" },
          ...(await points(root)).map((mountPoint) => ({
            placeId: VOLUME,
            mountPoint,
            rootInPlace: "/",
          })),
        ],
        mountPoints: () => points(root),
        touch: async (path, work) => {
          await onTouch(path);
          return await work(() => {});
        },
      }),
    });
    image = join(rig.dir.path, "stick.img");
    await makeImage(image, "ext4", 32);
    const [usb, other] = [join(rig.root, "usb"), join(rig.root, "zz-elsewhere")];
    for (const folder of [usb, other]) await Deno.mkdir(folder);
    await using _usb = unmountLater(usb);
    await using _other = unmountLater(other);
    await tool("mount", "-o", "loop", image, usb);
    for (let file = 0; file < FILES; file++) {
      await rig.file(`usb/s${file % 20}/${file}.wav`, noise(300, file + 1));
    }
    await rig.file("home.wav", noise(300));
    strictEqual((await rig.scan()).new, FILES + 1);
    const before = rig.files().map(({ id }) => id).sort();
    rig.db.run("UPDATE hashes SET digest = 'kept ' || media_id WHERE algorithm = 'md5'");

    // Behind the first look into it: what the walk has seen is there, the rest is an empty folder.
    let looks = 0;
    onTouch = async (path) => {
      if (path.startsWith(usb) && ++looks === 1) await tool("umount", "-l", usb);
    };
    const during = await rig.scan();

    ok(looks > 0, "it was in the middle of its walk");
    deepStrictEqual([during.gone, during.confirmations, during.changed], [0, [], 0]);
    strictEqual(during.offline, FILES);
    strictEqual(rig.files().filter(({ status }) => status === "offline").length, FILES);

    onTouch = () => Promise.resolve();
    await tool("mount", "-o", "loop", image, other);
    const after = await rig.scan();

    deepStrictEqual([after.moved, after.new, after.gone, after.bytesRead], [FILES, 0, 0, 0]);
    deepStrictEqual(rig.files().map(({ id }) => id).sort(), before);
    ok(rig.files().every(({ status }) => status === "ready"));
    ok(rig.files().every(({ id }) => rig.library.hashesOf(id).md5 === `kept ${id}`));
    ok(rig.files().filter((it) => it.relativePath.startsWith("zz-elsewhere/")).length === FILES);
  },
});
