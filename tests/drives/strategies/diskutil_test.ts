import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { CommandError, type Run } from "../../../src/base/command.ts";
import { Log, type LogEntry } from "../../../src/base/log.ts";
import { detectDrives } from "../../../src/drives/detect.ts";
import { collect, diskutil } from "../../../src/drives/strategies/diskutil.ts";
import { hasShared, sharedText } from "../../helpers/shared_fixtures.ts";
import { drives, edges, toPlist, volumes } from "../readers/macos/views.ts";

const signal = new AbortController().signal;
const written = Deno.readTextFileSync(
  new URL("../../fixtures/diskutil/written_apfs_mac.plist", import.meta.url),
);

/** A Mac that answers these commands; to all others it says what an old one says. */
function mac(answers: Record<string, string | (() => Promise<string>)>): Run & { asked: string[] } {
  const asked: string[] = [];
  const run: Run = (program, args) => {
    const command = [program, ...args].join(" ");
    asked.push(command);
    const answer = answers[command];
    if (typeof answer === "function") return answer();
    if (answer !== undefined) return Promise.resolve(answer);
    return Promise.reject(new CommandError(`Command "${program}" exited with code 1: no verb`));
  };
  return Object.assign(run, { asked });
}

const types =
  "SPNVMeDataType SPSerialATADataType SPUSBDataType SPCardReaderDataType SPDiscBurningDataType";

Deno.test({
  name: "diskutil: a Mac by its own tools, from serial numbers to servers",
  ignore: !hasShared,
  async fn() {
    const run = mac({
      "diskutil list -plist": sharedText("macos/diskutil/list-apfs-usb-mbr.plist"),
      "diskutil info -plist disk0": sharedText("macos/diskutil/info-disk0-intel-nvme.plist"),
      "diskutil info -plist disk1": sharedText("macos/diskutil/info-disk1-synthesized.plist"),
      "diskutil info -plist disk2": sharedText("macos/diskutil/info-disk2-usb-adapter.plist"),
      // No capture of this machine has these three.
      "diskutil apfs list -plist": toPlist({
        Containers: [{
          ContainerReference: "disk1",
          CapacityCeiling: 511900434432,
          CapacityFree: 300000000000,
          PhysicalStores: [{ DeviceIdentifier: "disk0s2" }],
          Volumes: [{ DeviceIdentifier: "disk1s1", CapacityInUse: 150000000000 }],
        }],
      }),
      [`system_profiler -json ${types}`]: JSON.stringify({
        SPNVMeDataType: [{
          _items: [{ bsd_name: "disk0", device_serial: "BTNH00000001", _name: "INTEL" }],
        }],
        SPUSBDataType: [{ _name: "bus", _items: [{ _name: "bridge", bsd_name: "disk2" }] }],
      }),
      "mount": "/dev/disk1s5s1 on / (apfs, sealed, local, read-only)\n" +
        "/dev/disk1s1 on /System/Volumes/Data (apfs, local)\n" +
        "//ann@nas/media on /Volumes/media (smbfs, nodev)\n",
    });

    const recordings = await diskutil.collect({ run, signal });
    const report = diskutil.parse(recordings);

    deepStrictEqual(drives(report), [
      "disk0 nvme 512110190592 INTEL SSDPEKNW512G8 #BTNH00000001",
      "disk2 usb 128035676160 SAMSUNG: SSD PM830 mSATA",
      "net:nas network 0",
    ]);
    deepStrictEqual(volumes(report).filter((line) => line.includes(" /")), [
      "//ann@nas/media on net:nas smbfs /Volumes/media",
      "disk1s1 on disk0 apfs 'macOS – data' /System/Volumes/Data",
      "disk1s2 on disk0 apfs 'Preboot' /System/Volumes/Preboot",
      "disk1s4 on disk0 apfs 'VM' /System/Volumes/VM",
      "disk1s5 on disk0 apfs 'macOS' /",
      "disk1s6 on disk0 apfs 'Update' /System/Volumes/Update",
      "disk2s1 on disk2 msdos 'PC' /Volumes/PC",
    ]);
    const data = report.volumes.find(({ name }) => name === "disk1s1");
    deepStrictEqual([data?.sizeBytes, data?.freeBytes], [150000000000, 300000000000]);
    ok(edges(report).includes("disk1 (apfs container) → disk0s2"));
    match(report.drives[0]!.evidence, /its bus is nvme; id from model, serial/);
  },
});

Deno.test("diskutil asks of each whole disk and of what is mounted, and of nothing else", async () => {
  const run = mac({ "diskutil list -plist": written });

  await diskutil.collect({ run, signal });

  const infos = run.asked.filter((command) => command.startsWith("diskutil info"));
  deepStrictEqual(
    infos.map((command) => command.split(" ").at(-1)).sort(),
    ["disk0", "disk3", "disk3s1", "disk3s1s1", "disk3s5", "disk4", "disk4s2", "disk5", "disk5s2"],
  );
});

Deno.test("diskutil goes on without what this Mac does not have, and shows why", async () => {
  const entries: LogEntry[] = [];
  const log = new Log((entry) => void entries.push(entry));
  const run = mac({ "diskutil list -plist": written, "diskutil apfs list -plist": "nothing" });

  const report = await detectDrives({ strategies: [diskutil], run, log });

  deepStrictEqual(report.drives.map(({ name }) => name), ["disk0", "disk4", "disk5"]);
  const failed = report.recordings.flatMap(({ tool, failed }) => failed ? [[tool, failed]] : []);
  const reasons = Object.fromEntries(failed);
  match(reasons["diskutil apfs list -plist"], /Cannot read the answer of diskutil apfs list/);
  match(reasons["diskutil corestorage list -plist"], /exited with code 1: no verb/);
  match(reasons.system_profiler, /-json .*no verb; system_profiler -xml .*no verb/);
  strictEqual(entries.filter(({ level }) => level === "info").length, failed.length);
});

Deno.test("diskutil without a list of disks has not asked, and says so", async () => {
  await rejects(diskutil.collect({ run: mac({}), signal }), CommandError);
  const run = mac({ "diskutil list -plist": "Timed out" });
  await rejects(
    diskutil.collect({ run, signal }).then(diskutil.parse),
    /Cannot read the answer of diskutil list -plist/,
  );
});

Deno.test("diskutil gives no answer when serial numbers come late: ids must not change", async () => {
  const answering = mac({ "diskutil list -plist": written });
  const run: Run = (program, args, options) => {
    if (program !== "system_profiler") return answering(program, args, options);
    const { promise, reject } = Promise.withResolvers<string>();
    const limit = options!.signal!;
    if (limit.aborted) return Promise.reject(limit.reason);
    limit.addEventListener("abort", () => reject(limit.reason));
    return promise;
  };

  // A real program keeps the event loop busy; a time limit alone does not.
  const busy = setTimeout(() => {}, 10_000);
  try {
    await rejects(collect({ run, signal }, 50), /system_profiler did not answer/);
  } finally {
    clearTimeout(busy);
  }
});

Deno.test("diskutil asks an old system_profiler in XML", async () => {
  const xml = toPlist([{
    _dataType: "SPSerialATADataType",
    _items: [{
      _items: [{ bsd_name: "disk4", device_serial: "WD-1", spsata_medium_type: "Rotational" }],
    }],
  }]);
  const run = mac({ "diskutil list -plist": written, [`system_profiler -xml ${types}`]: xml });

  const recordings = await diskutil.collect({ run, signal });
  const { drives } = diskutil.parse(recordings);

  const disk = drives.find(({ name }) => name === "disk4");
  deepStrictEqual([disk?.kind, disk?.serial], ["hdd", "WD-1"]);
});

Deno.test("diskutil follows CoreStorage from its list to each of its parts", async () => {
  const run = mac({
    "diskutil list -plist": toPlist({
      AllDisksAndPartitions: [
        {
          DeviceIdentifier: "disk0",
          Size: 100,
          Partitions: [{ DeviceIdentifier: "disk0s2", Content: "Apple_CoreStorage" }],
        },
        { DeviceIdentifier: "disk1", Size: 90, MountPoint: "/", VolumeName: "Macintosh HD" },
      ],
    }),
    "diskutil corestorage list -plist": toPlist({
      CoreStorageLogicalVolumeGroups: [{
        CoreStorageUUID: "G",
        CoreStoragePhysicalVolumes: [{ CoreStorageUUID: "P" }],
        CoreStorageLogicalVolumeFamilies: [{
          CoreStorageLogicalVolumes: [{ CoreStorageUUID: "L" }],
        }],
      }],
    }),
    "diskutil corestorage info -plist P": toPlist({
      CoreStorageRole: "PV",
      CoreStorageUUID: "P",
      DeviceIdentifier: "disk0s2",
    }),
    "diskutil corestorage info -plist L": toPlist({
      CoreStorageRole: "LV",
      CoreStorageUUID: "L",
      DeviceIdentifier: "disk1",
      MemberOfCoreStorageLogicalVolumeGroup: "G",
    }),
  });

  const report = diskutil.parse(await diskutil.collect({ run, signal }));

  deepStrictEqual(drives(report), ["disk0 unknown 100"]);
  deepStrictEqual(volumes(report), ["disk1 on disk0 ? 'Macintosh HD' /"]);
});

Deno.test("diskutil asks four disks at a time, and gives all up when it is told to", async () => {
  const names = Array.from({ length: 40 }, (_, at) => `disk${at}`);
  const list = toPlist({
    AllDisksAndPartitions: names.map((name) => ({ DeviceIdentifier: name, Size: 1 })),
  });
  const stop = new AbortController();
  let [now, most, all] = [0, 0, 0];
  const hangs: Run = async (_, args, options) => {
    if (args[0] === "list") return list;
    if (args[0] !== "info") return "";
    most = Math.max(most, ++now);
    if (++all === 20) stop.abort(new Error("told to stop"));
    await Promise.resolve();
    options?.signal?.throwIfAborted();
    now--;
    return toPlist({ DeviceIdentifier: args[2]!, DeviceNode: "", WholeDisk: true });
  };

  await rejects(diskutil.collect({ run: hangs, signal: stop.signal }), /told to stop/);

  strictEqual(most, 4);
  ok(all < 24);
});
