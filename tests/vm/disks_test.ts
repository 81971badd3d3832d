/**
 * The agent in a machine with real disks: what it says of stacks, of a disk that is pulled, of one
 * that turns bad and of those that hang. One machine for all tests, in this order.
 *
 * @module
 */
import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { say } from "../helpers/say.ts";
import { whyNot } from "../rigs/vm/mod.ts";
import { eventually, type Machine, startMachine } from "./machine.ts";
import { readSpeed } from "./read_speed.ts";
import {
  type Drive,
  driveWith,
  idsOf,
  type Item,
  list,
  type Partition,
  type Volume,
  type Why,
} from "./rest.ts";

const reason = whyNot();
if (reason) say(`No virtual machine here: ${reason}`);
let starting: Promise<Machine> | undefined;
let failures = 0;
const machine = () => starting ??= startMachine({ HEALTH_INTERVAL_MINUTES: "1" });

/** Milliseconds between two looks at a disk's health. */
const HEALTH_MS = 60_000;

/** Films in each folder: stacks.sh puts them there. */
const FILMS = 2;

const HDD = "/dev/disk/by-id/wwn-0x5000c50000000001";

/** A test that shares the machine, so its resources outlive it. */
function scenario(name: string, fn: (machine: Machine) => Promise<void>): void {
  Deno.test({
    name: `In a machine with real disks, ${name}`,
    ignore: reason !== undefined,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      failures++;
      await fn(await machine());
      failures--;
    },
  });
}

Deno.test.afterAll(async () => {
  await using machine = await starting?.catch(() => undefined);
  if (machine && failures > 0) say(`The agent's log:\n${await machine.log()}`);
});

scenario("every disk is found, with its kind", async (machine) => {
  const drives = await list<Drive>(machine, "drives");

  deepStrictEqual(Object.fromEntries(drives.map(({ serial, kind }) => [serial, kind])), {
    VBLK0001: "virtual",
    NVME0001: "nvme",
    HDD0001: "hdd",
    SSD0001: "ssd",
    NAS0001: "hdd",
    ONE0001: "hdd",
    TWO0001: "hdd",
    MAP0001: "hdd",
    SATA0001: "hdd",
    SATA0002: "ssd",
    QM00017: "optical",
    USB0001: "usb",
    "0xdeadbeef": "sd",
  });
});

/** A path → the serial numbers of the disks beneath it, and what the chain must name. */
const stacks = [
  ["/mnt/media/films", ["SATA0001", "SATA0002"], ["vg0-media", "crypt0", "md0"]],
  ["/mnt/bind/not yet there", ["SATA0001", "SATA0002"], ["/mnt/bind", "crypt0", "md0"]],
  ["/mnt/cached", ["SSD0001", "VBLK0001"], ["/mnt/cached", "bcache0"]],
  ["/mnt/two", ["ONE0001", "TWO0001"], ["/mnt/two", "btrfs"]],
  ["/mnt/pulled/films", ["HDD0001"], ["/mnt/pulled", "ext4"]],
  ["/mnt/mapped", ["MAP0001"], ["/mnt/mapped", "mapped"]],
] as const;

for (const [path, serials, named] of stacks) {
  scenario(`${path} is known to lie on ${serials.join(" and ")}`, async (machine) => {
    const drives = await list<Drive>(machine, "drives");
    const serialOf = (id: string) => drives.find((drive) => drive.id === id)?.serial ?? id;
    const proven = [
      ...named,
      ...serials.map((serial) => drives.find((drive) => drive.serial === serial)!.name),
    ];

    const told = await machine.get<Why>(`/api/drives/why?path=${encodeURIComponent(path)}`);
    const { code, stdout, stderr } = await machine.giggityflix(`drives why --json "${path}"`);

    deepStrictEqual(told.drive_ids.map(serialOf).sort(), serials);
    for (const name of proven) match(told.chain.join("\n"), new RegExp(name));
    strictEqual(code, 0, stderr);
    deepStrictEqual(JSON.parse(stdout).drive_ids.map(serialOf).sort(), serials);
    deepStrictEqual(JSON.parse(stdout).chain, told.chain);
  });
}

scenario("a disk that turns bad is told within one look at its health", async (machine) => {
  const { id } = await driveWith(machine, "NVME0001");
  const health = () =>
    machine.get<{ verdict: string; reasons: { text: string }[] }>(`/api/drives/${id}/health`);
  const isKnown = ({ verdict }: { verdict: string }) => verdict !== "unknown";
  const before = await eventually("the first look at its health", health, isKnown, 90_000);
  strictEqual(before.verdict, "good", JSON.stringify(before));

  // Bit 2 of the critical warnings: "NVM subsystem reliability degraded".
  await machine.vm.qmp.execute("qom-set", {
    path: "/machine/peripheral/nvme",
    property: "smart_critical_warning",
    value: 4,
  });

  const isBad = ({ verdict }: { verdict: string }) => verdict === "failing";
  const after = await eventually("the next look", health, isBad, HEALTH_MS + 30_000);
  match(after.reasons.map(({ text }) => text).join("; "), /reliab/i);
});

scenario("a disk pulled while mounted comes back as what it was", async (machine) => {
  const { vm } = machine;
  const drive = await driveWith(machine, "HDD0001");
  const on = <T extends { drive_ids: string[] }>(things: T[]) =>
    things.filter(({ drive_ids }) => drive_ids.includes(drive.id));
  const items = () => list<Item>(machine, "media").then(on);
  const volumes = () => list<Volume>(machine, "volumes").then(on);
  const partitions = () => list<Partition>(machine, "partitions").then(on);
  const others = async () =>
    (await list<Item>(machine, "media")).filter((it) => !it.drive_ids.includes(drive.id));
  const are = (status: string) => (all: Item[]) =>
    all.length === FILMS && all.every((item) => item.status === status);
  const letter = () => vm.sh(`readlink ${HDD} | sed s,../../,,`);
  const before = {
    letter: await letter(),
    items: await eventually("its films", items, are("ready"), 30_000),
    volumes: await volumes(),
    partitions: await partitions(),
    others: await others(),
  };
  strictEqual(before.partitions.length, 2);

  await vm.unplug("hdd");

  const away = () => driveWith(machine, "HDD0001");
  await eventually("it to be away", away, ({ present }) => !present, 60_000);
  await eventually("its films to be offline", items, are("offline"), 30_000);
  deepStrictEqual((await volumes()).map(({ present }) => present), [false]);
  // A scan in between loses nothing, and the others stay what they were.
  await machine.post("/api/media/scan/", { wait: true }, 120_000);
  deepStrictEqual(idsOf(await items()), idsOf(before.items));
  ok(are("offline")(await items()));
  deepStrictEqual(await others(), before.others);

  await vm.plug("hdd");
  await vm.sh(`timeout 30 sh -c 'until [ -e ${HDD}-part1 ]; do sleep 0.2; done'; udevadm settle`);

  notStrictEqual(await letter(), before.letter, "its old letter is taken");
  await eventually("it to be back", away, ({ present }) => present, 60_000);
  strictEqual((await away()).id, drive.id);
  strictEqual((await away()).name, (await letter()).trim());

  await vm.sh(`umount -l /mnt/pulled; mount ${HDD}-part1 /mnt/pulled`);
  const back = await eventually("its films to be back", items, are("ready"), 90_000);
  deepStrictEqual(idsOf(back), idsOf(before.items));
  deepStrictEqual(idsOf(await volumes()), idsOf(before.volumes));
  deepStrictEqual(idsOf(await partitions()), idsOf(before.partitions));
  ok([...await volumes(), ...await partitions()].every(({ present }) => present));

  // The scan that found them may look into a folder yet.
  await vm.sh("timeout 20 sh -c 'until umount /mnt/pulled; do sleep 0.2; done'");
  await vm.sh(`mkdir -p /mnt/elsewhere; mount ${HDD}-part1 /mnt/elsewhere`);
  const isElsewhere = (all: Item[]) => all.every(({ root }) => root.startsWith("/mnt/elsewhere"));
  const moved = await eventually(
    "its films to be found at another mount point",
    items,
    (all) => are("ready")(all) && isElsewhere(all),
    90_000,
  );
  deepStrictEqual(idsOf(moved), idsOf(before.items));
  const [film] = await vm.sh("ls /mnt/elsewhere/films").then((names) => names.split("\n"));
  ok(film);
  strictEqual((await machine.head(moved[0]!.id, 1000)).length, 1000);
});

/** How a disk is made to hang and freed, and what stands on it. */
const hangs = [
  {
    how: "its device stops",
    mount: "/mnt/served",
    hang: ({ vm }: Machine) => vm.hang("nas"),
    free: ({ vm }: Machine) => vm.revive("nas"),
  },
  {
    how: "dmsetup suspends it",
    mount: "/mnt/mapped",
    hang: ({ vm }: Machine) => vm.sh("dmsetup suspend --noflush --nolockfs mapped"),
    free: ({ vm }: Machine) => vm.sh("dmsetup resume mapped"),
  },
];

for (const { how, mount, hang, free } of hangs) {
  scenario(`a disk that hangs because ${how} stops nobody else`, async (machine) => {
    const { vm } = machine;
    const volume = async () => {
      const found = (await list<Volume>(machine, "volumes"))
        .find(({ mount_points }) => mount_points.includes(mount));
      ok(found, `${mount} is still shown`);
      return found;
    };
    const items = async () =>
      (await list<Item>(machine, "media")).filter(({ root }) => root === mount);
    const before = await items();
    strictEqual(before.length, FILMS);
    ok((await volume()).answering, "it answers before");
    const title = `New while ${mount.slice(5)} hangs`;
    // What is in memory would be answered from there.
    await vm.sh(`sync; cp /src/samples/*.mp4 "/mnt/two/${title}.mp4"
      echo 3 >/proc/sys/vm/drop_caches`);

    // What was mounted or has answered again begins one by itself.
    const scan = () => machine.get<{ running: boolean }>("/api/media/scan/");
    await eventually("the scan before to end", scan, ({ running }) => !running, 60_000);
    await hang(machine);
    try {
      await machine.post("/api/media/scan/");
      const [, added] = await Promise.all([
        eventually("it to be shown as not answering", volume, (it) => !it.answering, 90_000),
        eventually(
          "a new film on another disk",
          () => list<Item>(machine, "media"),
          (all) => all.some((it) => it.title === title && it.status === "ready"),
          90_000,
        ),
      ]);

      ok(added.length > FILMS);
      for (const what of ["drives", "volumes", "media", "health", "drives/graph"]) {
        const from = performance.now();
        await machine.get(`/api/${what}`);
        ok(performance.now() - from < 5000, `${what} answers while a disk hangs`);
      }
      await machine.post("/api/drives/refresh/", undefined, 60_000);
      const drives = await list<Drive>(machine, "drives");
      deepStrictEqual(drives.filter(({ present }) => !present), []);
      deepStrictEqual(idsOf(await items()), idsOf(before), "nothing is deleted");
      ok((await items()).every(({ status }) => status !== "missing"));
      const { code, stdout, stderr } = await machine.giggityflix("drives --json", 60_000);
      strictEqual(code, 0, stderr);
      strictEqual(JSON.parse(stdout).drives.length, 13);
    } finally {
      await free(machine);
    }

    await eventually("it to answer again", volume, (it) => it.answering, 60_000);
    await eventually(
      "its films",
      items,
      (all) => all.length === FILMS && all.every(({ status }) => status === "ready"),
      90_000,
    );
    deepStrictEqual(idsOf(await items()), idsOf(before));
    strictEqual((await machine.head(before[0]!.id, 1000)).length, 1000);
  });
}

scenario(
  "films are hashed from a slow disk nearly as fast as one reader reads",
  async (machine) => {
    const { vm } = machine;
    const [count, bytes] = [200, 200 * 150_000];
    const name = (await vm.sh(`readlink ${HDD} | sed s,../../,,`)).trim();
    await vm.sh(`
    mkfs.ext4 -q ${HDD}-part2; mkdir -p /mnt/slow; mount ${HDD}-part2 /mnt/slow
    head -c ${bytes} /dev/urandom | split -b 150000 -a 3 --additional-suffix=.mp4 - /mnt/slow/film
    sync`);
    await machine.post("/api/media/scan/", { folders: ["/mnt/slow"], wait: true }, 180_000);
    const films = () => list<Item>(machine, "media").then((all) => all.filter(isSlow));
    const isSlow = ({ root }: Item) => root === "/mnt/slow";
    strictEqual((await films()).length, count);
    await vm.qmp.execute("qom-set", {
      path: "/objects/hdd-limit",
      property: "limits",
      value: { "bps-total": 2_500_000, "iops-total": 100 },
    });

    // A new algorithm: every film is read once more, on all disks, and nothing else is done.
    const alone = await readSpeed(machine, name, bytes, () => {
      return vm.sh("cat /mnt/slow/*.mp4 >/dev/null");
    });
    const hashing = await readSpeed(machine, name, bytes, async () => {
      await machine.set("hash_algorithms", ["md5", "sha1", "sha256"]);
    });

    say(`  alone ${alone.toFixed(2)} MB/s, hashing ${hashing.toFixed(2)} MB/s`);
    ok(hashing >= 0.8 * alone, `${hashing} MB/s, where one reader alone gets ${alone} MB/s`);
    await eventually(
      "the scan",
      () => machine.get<{ running: boolean }>("/api/media/scan/"),
      (it) => {
        return !it.running;
      },
      60_000,
    );
    const [film] = await films();
    const { hashes, relative_path: path } = await machine.get<
      { hashes: Record<string, string>; "relative_path": string }
    >(`/api/media/${film!.id}/`);
    strictEqual(hashes.sha256, (await vm.sh(`sha256sum < /mnt/slow/${path}`)).split(" ")[0]);
  },
);
