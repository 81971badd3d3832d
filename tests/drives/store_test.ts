import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { InvalidError } from "../../src/base/errors.ts";
import { migrations, openDatabase } from "../../src/db/mod.ts";
import {
  type Drive,
  type DriveReport,
  openDriveStore,
  type Partition,
  type Volume,
} from "../../src/drives/mod.ts";
import { fallback } from "../../src/drives/strategies/fallback.ts";

const monday = new Date("2026-01-05T10:00:00.000Z");
const tuesday = new Date("2026-01-06T10:00:00.000Z");

Deno.test("save() counts what is new, and find…() gives back what was saved", () => {
  using db = openDatabase(":memory:", migrations.library);
  const store = openDriveStore(db);

  const saved = store.save(report("a"), monday);

  deepStrictEqual(saved, { ...nothing, drivesAdded: 1, partitionsAdded: 1, volumesAdded: 1 });
  deepStrictEqual(store.findDrive("drv-a"), {
    id: "drv-a",
    name: "sda",
    model: "WD Red",
    sizeBytes: 4e12,
    kind: "hdd",
    evidence: "it says that it rotates",
    removable: false,
    present: true,
    firstSeenAt: monday.toISOString(),
    lastSeenAt: monday.toISOString(),
  });
  deepStrictEqual(store.findPartition("prt-a")?.driveIds, ["drv-a"]);
  strictEqual(store.findPartition("prt-a")?.volumeId, "vol-a");
  deepStrictEqual(store.findVolume("vol-a"), {
    ...volume("a"),
    present: true,
    firstSeenAt: monday.toISOString(),
    lastSeenAt: monday.toISOString(),
  });
  strictEqual(store.findDrive("drv-x"), undefined);
});

Deno.test("save() keeps a drive that is away as not present, and knows it when it is back", () => {
  using db = openDatabase(":memory:", migrations.library);
  const store = openDriveStore(db);
  store.save(report("a", "b"), monday);

  deepStrictEqual(store.save(report("a"), tuesday), { ...nothing, drivesRemoved: 1 });
  strictEqual(store.findDrive("drv-b")?.present, false);
  strictEqual(store.findDrive("drv-b")?.lastSeenAt, monday.toISOString());
  strictEqual(store.findPartition("prt-b")?.present, false);
  strictEqual(store.findVolume("vol-b")?.present, false);
  deepStrictEqual(store.findVolume("vol-b")?.mountPoints, ["/films & more"]);
  strictEqual(store.findDrive("drv-a")?.firstSeenAt, monday.toISOString());
  strictEqual(store.findDrive("drv-a")?.lastSeenAt, tuesday.toISOString());

  deepStrictEqual(store.save(report("a", "b"), tuesday), nothing);
  strictEqual(store.findDrive("drv-b")?.present, true);
  strictEqual(store.findDrive("drv-b")?.firstSeenAt, monday.toISOString());
});

Deno.test("save() never lets a guess replace a finding, and drops the guess once there is one", () => {
  using db = openDatabase(":memory:", migrations.library);
  const store = openDriveStore(db);
  const guess = fallback("nobody to ask").parse([]);

  strictEqual(store.save(guess, monday).drivesAdded, 1);
  strictEqual(store.drives().items[0]?.id, "unknown");

  store.save(report("a"), monday);
  deepStrictEqual(store.save(guess, tuesday), nothing);
  deepStrictEqual(store.drives().items.map(({ id, present }) => [id, present]), [["drv-a", true]]);
});

Deno.test("save() is all or nothing", () => {
  using db = openDatabase(":memory:", migrations.library);
  const store = openDriveStore(db);
  store.save(report("a"), monday);
  const broken = report("b");
  broken.partitions[0]!.sizeBytes = "much" as unknown as number;

  throws(() => store.save(broken, tuesday));

  deepStrictEqual(store.drives().items.map(({ id, present }) => [id, present]), [["drv-a", true]]);
});

Deno.test("drives(), partitions() and volumes() come in pages that meet without gap or overlap", () => {
  using db = openDatabase(":memory:", migrations.library);
  const store = openDriveStore(db);
  const names = Array.from({ length: 7 }, (_, index) => `n${index}`);
  store.save(report(...names), monday);

  for (const list of [store.drives, store.partitions, store.volumes]) {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { items, nextCursor } = list({ limit: 3, cursor });
      ok(items.length <= 3);
      seen.push(...items.map(({ id }) => id));
      cursor = nextCursor;
    } while (cursor !== undefined);
    deepStrictEqual(seen.map((id) => id.slice(4)), names);
  }
  throws(() => store.drives({ cursor: "%%" }), InvalidError);
});

Deno.test("report() is what is present, and the same object until something is saved", () => {
  using db = openDatabase(":memory:", migrations.library);
  const store = openDriveStore(db);
  store.save(report("a", "b"), monday);
  const first = store.report();

  strictEqual(store.report(), first);
  strictEqual(first.drives.length, 2);
  deepStrictEqual(first.graph, report("a", "b").graph);

  store.save(report("b"), tuesday);
  deepStrictEqual(store.report().drives.map(({ id }) => id), ["drv-b"]);
});

function report(...names: string[]): DriveReport {
  return {
    drives: names.map(drive),
    partitions: names.map(partition),
    volumes: names.map(volume),
    graph: {
      nodes: names.map((name) => ({ id: `drv-${name}`, type: "drive", name })),
      edges: names.map((name) => ({ from: `prt-${name}`, to: `drv-${name}` })),
    },
  };
}

const nothing = { drivesAdded: 0, partitionsAdded: 0, volumesAdded: 0, drivesRemoved: 0 };

function drive(name: string): Drive {
  return {
    id: `drv-${name}`,
    name: `sd${name}`,
    vendor: undefined,
    model: "WD Red",
    sizeBytes: 4e12,
    kind: "hdd",
    evidence: "it says that it rotates",
    removable: false,
  };
}

function partition(name: string): Partition {
  return {
    id: `prt-${name}`,
    name: `sd${name}1`,
    driveIds: [`drv-${name}`],
    sizeBytes: 1000,
    volumeId: `vol-${name}`,
  };
}

function volume(name: string): Volume {
  return {
    id: `vol-${name}`,
    name: `sd${name}1`,
    driveIds: [`drv-${name}`],
    mountPoints: ["/films & more"],
    sizeBytes: 1000,
    freeBytes: 10,
    readOnly: true,
    devices: [`sd${name}1`],
  };
}
