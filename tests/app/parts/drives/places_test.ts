import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { createPlaces, followVolumes, whyAway } from "../../../../src/app/parts/drives/places.ts";
import { silent } from "../../../../src/base/log.ts";
import type { MountedPlace } from "../../../../src/drives/mod.ts";
import { until } from "../../../helpers/wait.ts";

type Drives = Parameters<typeof followVolumes>[1]["drives"];

/** As much of the drives as places ask for. */
function drivesWith(places: MountedPlace[], hanging: string[] = []): Drives {
  const volumes = [
    { id: "vol-a", label: "Films", driveIds: ["drv-a"], present: false },
    { id: "vol-b", driveIds: ["drv-b"], present: true },
    { id: "vol-c", driveIds: ["drv-here"], present: false },
  ];
  return {
    places: () => Promise.resolve(places),
    mountState: (key: string) => ({ answering: !hanging.includes(key) }),
    findVolume: (id: string) => volumes.find((one) => one.id === id),
    findDrive: (id: string) => ({
      id,
      name: "sda",
      model: `Model of ${id}`,
      present: id === "drv-here",
    }),
  } as unknown as Drives;
}

const library = {
  settle: () => Promise.resolve({ gone: 0, back: 0 }),
  volumes: () => ["vol-a"],
  volumesOf: (folders: readonly string[]) =>
    [{ folder: "/set/films", volumeId: "vol-a", volumeFolder: "/films" }]
      .filter(({ folder }) => folders.includes(folder)),
};

function place(placeId: string, mountPoint: string, rootInPlace = "/"): MountedPlace {
  return { placeId, mountPoint, rootInPlace };
}

Deno.test("followVolumes() adds the folder where its volume is now, and nothing twice", async () => {
  const cases = [
    [[], ["/set/films"]],
    [[place("vol-a", "/set")], ["/set/films"]],
    [[place("vol-a", "/other")], ["/set/films", "/other/films"]],
    [[place("vol-a", "/other", "/films")], ["/set/films", "/other"]],
    [[place("vol-a", "/other", "/films2")], ["/set/films"]],
    [[place("vol-a", "/other"), place("vol-a", "/set")], ["/set/films"]],
    [[place("vol-a", "/other"), place("vol-a", "/third")], ["/set/films", "/other/films"]],
    [[place("vol-b", "/set")], ["/set/films"]],
  ] as const;

  for (const [places, expected] of cases) {
    const drives = drivesWith([...places]);
    deepStrictEqual(await followVolumes(["/set/films"], { drives, library }), expected);
  }
  const hanging = drivesWith([place("vol-a", "/other")], ["/other"]);
  deepStrictEqual(await followVolumes(["/set/films"], { drives: hanging, library }), [
    "/set/films",
  ]);
});

Deno.test("a scan is asked for when something appears where files are, or were", async () => {
  const places = [place("vol-root", "/")];
  let settled = 0;
  let scans = 0;
  const follow = createPlaces({
    drives: drivesWith(places),
    library: { ...library, settle: () => Promise.resolve({ gone: 0, back: settled++ }) },
    folders: () => ["/set/films"],
    onNew: () => scans++,
    log: silent,
  });
  const changes = [
    [undefined, 0], // the first look: a scan is due anyway
    [place("vol-x", "/unrelated"), 0],
    [place("vol-x", "/set"), 1],
    [place("vol-y", "/set/films/inside"), 2],
    [place("vol-a", "/anywhere"), 3],
  ] as const;

  for (const [at, [added, expected]] of changes.entries()) {
    if (added) places.push(added);
    follow();
    await until("it is settled", () => settled === at + 1);
    await Promise.resolve();
    await until(`${expected} scans`, () => scans === expected, 1000);
  }
});

Deno.test("whyAway() says what to do", () => {
  const drives = drivesWith([], ["vol-b"]);

  strictEqual(
    whyAway("vol-a", drivesWith([])),
    'its drive ("Films" on Model of drv-a) is away: plug it in',
  );
  match(whyAway("vol-b", drives), /^its drive \(Model of drv-b\) does not answer/);
  match(whyAway("vol-b", drivesWith([])), /is not mounted: mount it/);
  strictEqual(whyAway("mount:fuse:/a:b", drives), '"/a:b" is not mounted: mount it again');
  match(whyAway("vol-gone", drives), /plug it in/);
  match(whyAway("vol-c", drives), /volume is closed, on its drive \(Model of drv-here\): unlock/);
});
