/**
 * Linux without lsblk: what the kernel shows in /sys, udev noted in /run, and what is mounted.
 *
 * @module
 */
import { collectMountInfo, collectSysfs } from "../read_sysfs.ts";
import { pictureOf } from "../readers/mod.ts";
import type { Strategy } from "../strategy.ts";

export const sysfs: Strategy = {
  name: "sysfs",
  collect: async ({ signal }) => [
    { tool: "sysfs", text: JSON.stringify(await collectSysfs({ signal })) },
    { tool: "mountinfo", text: await collectMountInfo() },
  ],
  parse: pictureOf,
};
