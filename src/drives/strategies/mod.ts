/**
 * The strategy map: for each platform, what to try, best first.
 *
 * @module
 */
import type { Platform } from "../../base/platform.ts";
import type { Strategy } from "../strategy.ts";
import { cim } from "./cim.ts";
import { diskutil } from "./diskutil.ts";
import { fallback } from "./fallback.ts";
import { lsblk } from "./lsblk.ts";
import { powershell } from "./powershell.ts";
import { sysfs } from "./sysfs.ts";

export const strategies: Record<Platform, Strategy[]> = {
  linux: [lsblk, sysfs, fallback("neither lsblk nor /sys could be asked")],
  darwin: [diskutil, fallback("diskutil could not be asked")],
  windows: [powershell, cim, fallback("neither the Storage module nor CIM could be asked")],
};
