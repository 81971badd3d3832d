import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { hasShared } from "../../../../helpers/shared_fixtures.ts";
import { drives, edges, partitions, shown, told, toPlist, volumes } from "../views.ts";

const ignore = !hasShared;

Deno.test({
  name: "a list of the time of CoreStorage has HFS on partitions",
  ignore,
  fn() {
    const report = shown("diskutil/list-corestorage-era.plist");

    deepStrictEqual(drives(report), ["disk0 unknown 121332826112"]);
    deepStrictEqual(partitions(report), [
      "disk0s1 on disk0 209715200",
      "disk0s2 on disk0 120473067520",
      "disk0s3 on disk0 650002432",
    ]);
    deepStrictEqual(volumes(report), [
      "disk0s1 on disk0 msdos",
      "disk0s2 on disk0 hfs 'MacintoshHD' /",
      "disk0s3 on disk0 ? 'Recovery HD'",
    ]);
  },
});

Deno.test({
  name: "a CoreStorage volume alone stands on a disk that nobody shows",
  ignore,
  fn() {
    const report = shown("diskutil/cs-info-lv.plist");

    deepStrictEqual(volumes(report), ["disk1 on disk1 hfs 'Untitled 1'"]);
    strictEqual(report.volumes[0]?.sizeBytes, 59831853056);
    match(report.drives[0]!.evidence, /the disk beneath disk1 \(corestorage\) is not visible/);
  },
});

Deno.test({
  name: "the list of CoreStorage knows ids only: no drive is made of them",
  ignore,
  fn() {
    const report = shown("diskutil/cs-list-corestorage.plist");

    deepStrictEqual([report.drives, report.partitions, report.volumes], [[], [], []]);
    deepStrictEqual(edges(report), [
      "977A78C8-786F-418B-B14E-D3BB01576AD5 (corestorage) → 70646750-969C-44D9-AEE7-F761F667ECC0",
      "F93A24E9-C8DB-4E83-8EB0-FDEC3C029B9D (corestorage) → 977A78C8-786F-418B-B14E-D3BB01576AD5",
    ]);
  },
});

/** A machine whose only CoreStorage group is on these partitions. */
function coreStorageMac(stores: string[]): string[] {
  const list = toPlist({
    CoreStorageLogicalVolumeGroups: [{
      CoreStorageUUID: "GROUP",
      CoreStoragePhysicalVolumes: stores.map((store) => ({ CoreStorageUUID: `PV-${store}` })),
      CoreStorageLogicalVolumeFamilies: [{
        CoreStorageLogicalVolumes: [{ CoreStorageUUID: "LV" }],
      }],
    }],
  });
  const physical = stores.map((store) =>
    toPlist({ CoreStorageRole: "PV", CoreStorageUUID: `PV-${store}`, DeviceIdentifier: store })
  );
  const logical = toPlist({
    CoreStorageRole: "LV",
    CoreStorageUUID: "LV",
    DeviceIdentifier: "disk2",
    MemberOfCoreStorageLogicalVolumeGroup: "GROUP",
    CoreStorageLogicalVolumeContentHint: "Apple_HFS",
    VolumeName: "Macintosh HD",
  });
  const disks = toPlist({
    AllDisksAndPartitions: [...new Set(stores.map((store) => store.replace(/s\d+$/, "")))]
      .map((disk) => ({
        DeviceIdentifier: disk,
        Size: 1000,
        Partitions: [{
          DeviceIdentifier: `${disk}s2`,
          Content: "Apple_CoreStorage",
          Size: 900,
          VolumeName: "Macintosh HD",
        }],
      })).concat({ DeviceIdentifier: "disk2", Size: 800, Partitions: [] }),
  });
  return [disks, list, ...physical, logical];
}

Deno.test("CoreStorage is followed from volume to group to partition to disk", () => {
  const report = told(...coreStorageMac(["disk0s2"]));

  deepStrictEqual(drives(report), ["disk0 unknown 1000"]);
  deepStrictEqual(volumes(report), ["disk2 on disk0 hfs 'Macintosh HD'"]);
  deepStrictEqual(edges(report), [
    "GROUP (corestorage) → disk0s2",
    "disk0s2 → disk0",
    "disk2 (corestorage) → GROUP",
  ]);
});

Deno.test("a Fusion drive of CoreStorage stands on both of its disks", () => {
  const report = told(...coreStorageMac(["disk0s2", "disk1s2"]));

  deepStrictEqual(drives(report), ["disk0 unknown 1000", "disk1 unknown 1000"]);
  deepStrictEqual(volumes(report), ["disk2 on disk0+disk1 hfs 'Macintosh HD'"]);
  deepStrictEqual(edges(report), [
    "GROUP (fusion) → disk0s2",
    "GROUP (fusion) → disk1s2",
    "disk0s2 → disk0",
    "disk1s2 → disk1",
    "disk2 (corestorage) → GROUP",
  ]);
});

Deno.test("an Apple RAID set stands on its members, and a spare is one", () => {
  const member = (name: string) => ({
    "AppleRAIDMemberUUID": `UUID-${name}`,
    "BSD Name": name,
    "MemberStatus": "Online",
  });
  const sets = toPlist({
    AppleRAIDSets: [{
      "AppleRAIDSetUUID": "29A25F24-BEA2-47BA-B0F9-323CDF5545EC",
      "BSD Name": "disk4",
      "Level": "Mirror",
      "Members": [member("disk3s2"), member("disk2s2")],
      "Spares": [member("disk5s2")],
      "Name": "DataRaid",
      "Size": 4000443039744,
      "Status": "Online",
    }],
  });
  const set = toPlist({
    DeviceIdentifier: "disk4",
    DeviceNode: "/dev/disk4",
    FilesystemType: "hfs",
    VolumeName: "DataRaid",
    MountPoint: "/Volumes/DataRaid",
    VolumeSize: 4000443039744,
    FreeSpace: 1000,
    WholeDisk: true,
  });

  const report = told(set, sets);

  deepStrictEqual(drives(report).map((line) => line.split(" ")[0]), ["disk2", "disk3", "disk5"]);
  deepStrictEqual(volumes(report), ["disk4 on disk2+disk3 hfs 'DataRaid' /Volumes/DataRaid"]);
  strictEqual(report.volumes[0]?.freeBytes, 1000);
  ok(edges(report).includes("disk4 (raid1) → disk2s2"));
  ok(edges(report).includes("disk4 (raid1) → disk5s2 as spare"));
});

Deno.test("no RAID set is a list, too", () => {
  deepStrictEqual(told(toPlist({ AppleRAIDSets: [] })).drives, []);
});
