/**
 * Linux without lsblk: what the kernel shows in /sys, udev noted in /run, and what is mounted.
 *
 * @module
 */
import { collectMountInfo, collectSysfs, whenUdevIsDone } from "../read_sysfs.ts";
import { collectSignatures } from "../read_blkid.ts";
import { collectPools } from "../read_zpool.ts";
import { pictureOf } from "../readers/mod.ts";
import type { Strategy } from "../strategy.ts";

export const sysfs: Strategy = {
  name: "sysfs",
  async collect({ run, signal }) {
    await whenUdevIsDone({ signal });
    const record = JSON.stringify(await collectSysfs({ signal }));
    const mounts = await collectMountInfo();
    return [
      { tool: "sysfs", text: record },
      { tool: "mountinfo", text: mounts },
      ...await collectSignatures(mounts, { run, signal }),
      ...await collectPools([record, mounts], { run, signal }),
    ];
  },
  parse: pictureOf,
};
