/**
 * A volume that goes while its files are looked into: a real mount, a real scan. Root only.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { canMount, tool, unmountLater } from "../../helpers/mounts.ts";
import { noise } from "../../helpers/temp.ts";
import { openRig } from "../rig.ts";

const FILES = 60;
const VOLUME = "vol-stick";

for (const isFirst of [true, false]) {
  Deno.test({
    name: `a volume that goes while ${isFirst ? "a first" : "another"} scan looks into its files ` +
      "leaves them offline, and they are looked into when it is back",
    ignore: !canMount,
    async fn() {
      let usb = "";
      let isMounted = false;
      let leaveIn: string | undefined;
      await using rig = await openRig({
        deps: () => ({
          locate: (path) =>
            Promise.resolve(
              usb !== "" && path.startsWith(usb)
                ? {
                  driveIds: ["stick"],
                  placeId: VOLUME,
                  pathInVolume: path.slice(usb.length) || "/",
                }
                : { driveIds: ["disk"], placeId: "vol-disk", pathInVolume: path },
            ),
          places: () =>
            Promise.resolve([
              { placeId: "vol-disk", mountPoint: "/", rootInPlace: "/" },
              ...isMounted ? [{ placeId: VOLUME, mountPoint: usb, rootInPlace: "/" }] : [],
            ]),
          mountPoints: () => Promise.resolve(isMounted ? [usb] : []),
        }),
        onPublish(type, data) {
          if (type !== "scan.progress" || data.phase !== leaveIn) return;
          leaveIn = undefined;
          new Deno.Command("umount", { args: ["-l", usb] }).outputSync();
          isMounted = false;
        },
      });
      const stick = join(rig.dir.path, "stick");
      await Deno.mkdir(stick);
      for (let file = 0; file < FILES; file++) {
        await rig.dir.file(`stick/s${file % 9}/${file}.wav`, noise(300, file + 1));
      }
      usb = join(rig.root, "usb");
      await Deno.mkdir(usb);
      await using _usb = unmountLater(usb);
      const plug = async () => {
        await tool("mount", "--bind", stick, usb);
        isMounted = true;
      };
      if (!isFirst) {
        await rig.file("home.wav", noise(300, 999));
        await rig.scan();
      }
      await plug();
      leaveIn = "probe";
      await rig.scan();
      const during = Object.groupBy(rig.files(), ({ status }) => status);
      await plug();
      await rig.scan();

      strictEqual(leaveIn, undefined, "it went in the middle");
      strictEqual(during.unreadable, undefined);
      ok((during.offline?.length ?? 0) > 0, JSON.stringify(Object.keys(during)));
      const after = rig.files().map(({ status }) => status);
      deepStrictEqual(new Set(after), new Set(["ready"]));
      strictEqual(after.length, FILES + (isFirst ? 0 : 1));
    },
  });
}
