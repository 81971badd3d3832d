/**
 * What tools say of drives on macOS, the best first.
 *
 * @module
 */
import type { Reader } from "../reader.ts";
import { binaryPlist } from "./binary_plist.ts";
import { apfsList } from "./diskutil/apfs_list.ts";
import { appleRaid } from "./diskutil/apple_raid.ts";
import { coreStorageInfo, coreStorageList } from "./diskutil/core_storage.ts";
import { infoPlist } from "./diskutil/info_plist.ts";
import { infoText } from "./diskutil/info_text.ts";
import { listPlist } from "./diskutil/list_plist.ts";
import { listText } from "./diskutil/list_text.ts";
import { dfText, mountText } from "./mount.ts";
import { profiler } from "./profiler/report.ts";
import { profilerText } from "./profiler/text.ts";

/** What joins disks comes before what describes each, which may take a joined one for a disk. */
export const macosReaders: readonly Reader[] = [
  appleRaid,
  coreStorageInfo,
  coreStorageList,
  apfsList,
  listPlist,
  infoPlist,
  infoText,
  profiler,
  profilerText,
  listText,
  mountText,
  dfText,
  binaryPlist,
];
