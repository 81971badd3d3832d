/** locate() over real mounts of this kernel; root only. @module */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import type { DriveReport } from "../../../src/drives/drive.ts";
import { openLocator } from "../../../src/drives/locate/locator.ts";
import { parseMountInfo } from "../../../src/drives/graph/mount_info.ts";
import { openMountTable } from "../../../src/drives/mounts/table.ts";
import { canMount, hasProgram, makeImage, tool, unmountLater } from "../../helpers/mounts.ts";
import { tempDir } from "../../helpers/temp.ts";

/** Every file system with a device of its own, as if each stood on one drive called like it. */
function reportOf(...numbers: string[]): DriveReport {
  return {
    drives: [],
    partitions: [],
    graph: { nodes: [], edges: [] },
    volumes: numbers.map((deviceNumber) => ({
      id: `vol-${deviceNumber}`,
      name: deviceNumber,
      driveIds: [`drv-${deviceNumber}`],
      mountPoints: [],
      sizeBytes: 1,
      deviceNumber,
      devices: [],
    })),
  };
}

function locatorFor(...numbers: string[]) {
  const report = reportOf(...numbers);
  return openLocator({
    report: () => report,
    table: openMountTable({ freshMs: 0 }),
    platform: "linux",
  });
}

/** The device number of what holds a folder. */
async function numberOf(path: string): Promise<string> {
  const mounts = parseMountInfo(await Deno.readTextFile("/proc/self/mountinfo"));
  return mounts.findLast(({ mountPoint }) => path === mountPoint || mountPoint === "/")!
    .deviceNumber;
}

Deno.test({
  name: "locate() sees through a real bindfs, mergerfs and overlay to two images on one drive",
  ignore: !canMount || !hasProgram("bindfs") || !hasProgram("mergerfs"),
  async fn() {
    await using dir = await tempDir();
    const at = (name: string) => `${dir.path}/${name}`;
    for (const name of ["one", "two", "bind", "pool", "merged", "tied"]) await Deno.mkdir(at(name));
    await makeImage(at("one.img"), "ext4");
    await makeImage(at("two.img"), "ext4");
    await tool("mount", "-o", "loop", at("one.img"), at("one"));
    await using _one = unmountLater(at("one"));
    await tool("mount", "-o", "loop", at("two.img"), at("two"));
    await using _two = unmountLater(at("two"));
    for (const name of ["low", "up", "work"]) await Deno.mkdir(at(`two/${name}`));
    await Deno.mkdir(at("one/films"));
    await tool("bindfs", at("one/films"), at("bind"));
    await using _bind = unmountLater(at("bind"));
    await tool("mergerfs", `${at("on?")}:${at("two")}`, at("pool"));
    await using _pool = unmountLater(at("pool"));
    const layers = `lowerdir=${at("one")},upperdir=${at("two/up")},workdir=${at("two/work")}`;
    await tool("mount", "-t", "overlay", "overlay", "-o", layers, at("merged"));
    await using _merged = unmountLater(at("merged"));
    await tool("mount", "--bind", at("one/films"), at("tied"));
    await using _tied = unmountLater(at("tied"));

    const [one, two] = [await numberOf(at("one")), await numberOf(at("two"))];
    const apart = locatorFor(one, two);
    const drives = async (path: string) => (await apart.locate(at(path))).driveIds.sort();

    deepStrictEqual(await drives("bind/x"), [`drv-${one}`]);
    deepStrictEqual(await drives("pool/x"), [`drv-${one}`, `drv-${two}`].sort());
    deepStrictEqual(await drives("merged/x"), [`drv-${one}`, `drv-${two}`].sort());
    const tied = await apart.locate(at("tied/a.mkv"));
    deepStrictEqual([tied.volumeId, tied.pathInVolume], [`vol-${one}`, "/films/a.mkv"]);

    // Nobody knows the loop devices: the images lead to the drive that holds them.
    const root = await numberOf(dir.path);
    const beneath = await locatorFor(root).locate(at("pool/x"));
    deepStrictEqual(beneath.driveIds, [`drv-${root}`]);
    ok(beneath.chain.some(({ text }) => text === `image ${at("one.img")}`));
  },
});

Deno.test({
  name: "locate() tells the subvolume of a real btrfs",
  ignore: !canMount || !hasProgram("mkfs.btrfs"),
  async fn() {
    await using dir = await tempDir();
    const [image, whole, home] = ["image", "whole", "home"].map((name) => `${dir.path}/${name}`);
    await Deno.mkdir(whole!);
    await Deno.mkdir(home!);
    await makeImage(image!, "btrfs");
    await tool("mount", "-o", "loop", image!, whole!);
    await using _whole = unmountLater(whole!);
    await tool("btrfs", "subvolume", "create", `${whole}/@home`);
    const device = (await tool("findmnt", "-no", "SOURCE", whole!)).trim();
    await tool("mount", "-o", "subvol=@home", device, home!);
    await using _home = unmountLater(home!);
    const { locate } = openLocator({
      report: () => ({
        ...reportOf("x"),
        volumes: [{ ...reportOf("x").volumes[0]!, devices: [device.replace("/dev/", "")] }],
      }),
      table: openMountTable({ freshMs: 0 }),
      platform: "linux",
    });

    const location = await locate(`${home}/me/a.mkv`);
    strictEqual(location.pathInVolume, "/@home/me/a.mkv");
    strictEqual(location.volumeId, "vol-x");
    match(location.chain.map(({ text }) => text).join("\n"), /its folder \/@home/);
    strictEqual((await locate(`${whole}/@home/me/a.mkv`)).pathInVolume, "/@home/me/a.mkv");
  },
});
