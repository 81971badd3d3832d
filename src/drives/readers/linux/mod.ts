/**
 * What tools say of drives on Linux, the best first.
 *
 * @module
 */
import type { Reader } from "../reader.ts";
import { mountInfo } from "./kernel/mount_info.ts";
import { identities, sysfs } from "./kernel/sysfs.ts";
import { lsblkJson } from "./lsblk/json.ts";
import { lsblkPairs } from "./lsblk/pairs.ts";
import { lsblkTree } from "./lsblk/tree.ts";
import { udevadm } from "./udev/udevadm.ts";

export const linuxReaders: readonly Reader[] = [
  lsblkJson,
  lsblkPairs,
  lsblkTree,
  sysfs,
  udevadm,
  identities,
  mountInfo,
];
