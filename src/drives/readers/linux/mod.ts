/**
 * What tools say of drives on Linux, the best first: whole machines, then lists of devices, then
 * what knows one layer, then what is mounted.
 *
 * @module
 */
import type { Reader } from "../reader.ts";
import { lsscsi } from "./captures/lsscsi.ts";
import { mockup } from "./captures/mockup.ts";
import { probert } from "./captures/probert.ts";
import { df } from "./kernel/df.ts";
import { findmnt } from "./kernel/findmnt.ts";
import { mountInfo } from "./kernel/mount_info.ts";
import { mountCommand, procMounts } from "./kernel/mounts.ts";
import { identities, sysfs } from "./kernel/sysfs.ts";
import { blkid } from "./layers/blkid.ts";
import { btrfs } from "./layers/btrfs.ts";
import { cryptsetup, dmsetupInfo, dmsetupTable } from "./layers/device_mapper.ts";
import { dmraid } from "./layers/dmraid.ts";
import { lvmReport } from "./layers/lvm.ts";
import { lvmTable } from "./layers/lvm_text.ts";
import { mdadm } from "./layers/mdadm.ts";
import { mdstat } from "./layers/mdstat.ts";
import { multipath } from "./layers/multipath.ts";
import { nvmeList, nvmeSubsystems, nvmeTable } from "./layers/nvme.ts";
import { parted, partedText } from "./layers/parted.ts";
import { zpool } from "./layers/zpool.ts";
import { lsblkJson } from "./lsblk/json.ts";
import { lsblkPairs } from "./lsblk/pairs.ts";
import { lsblkTree } from "./lsblk/tree.ts";
import { udevadm } from "./udev/udevadm.ts";

export const linuxReaders: readonly Reader[] = [
  mockup,
  probert,
  lsblkJson,
  lsblkPairs,
  lsblkTree,
  sysfs,
  udevadm,
  nvmeList,
  nvmeTable,
  nvmeSubsystems,
  lsscsi,
  multipath,
  lvmReport,
  lvmTable,
  dmsetupTable,
  dmsetupInfo,
  cryptsetup,
  dmraid,
  mdadm,
  mdstat,
  zpool,
  btrfs,
  blkid,
  parted,
  partedText,
  identities,
  mountInfo,
  findmnt,
  procMounts,
  mountCommand,
  df,
];
