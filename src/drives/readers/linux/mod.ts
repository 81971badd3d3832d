/**
 * What tools say of drives on Linux, the best first.
 *
 * @module
 */
import type { Reader } from "../reader.ts";
import { lsblkJson } from "./lsblk_json.ts";
import { mountInfo } from "./mount_info.ts";
import { identities, sysfs } from "./sysfs.ts";

export const linuxReaders: readonly Reader[] = [lsblkJson, sysfs, identities, mountInfo];
