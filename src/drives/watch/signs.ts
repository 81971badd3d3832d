/**
 * Signs that something was plugged, pulled, mounted or unmounted: what the kernel lists, read again
 * and again, and what udev tells where it runs. No disk is asked.
 *
 * @module
 */
import { follow } from "../../base/command.ts";
import { pause, type Service } from "../../base/service.ts";
import type { Log } from "../../base/log.ts";
import { reasonOf } from "../../base/errors.ts";
import type { Mount } from "../graph/mount_info.ts";
import { isForMachines } from "../mounts/file_systems.ts";

/** The block devices and their sizes, as a text to compare; "" where the kernel lists none. */
export async function listDevices(): Promise<string> {
  const partitions = await Deno.readTextFile("/proc/partitions").catch(() => "");
  // An empty card reader has no size, so it stands in /sys only.
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir("/sys/block")) names.push(name);
  } catch {
    return partitions;
  }
  return partitions + names.sort().join("\n");
}

/** What is mounted where, as a text to compare; what comes and goes with containers is left out. */
export function listMounts(mounts: readonly Mount[]): string {
  return mounts.filter(({ fileSystem }) => !isForMachines(fileSystem))
    .map(({ deviceNumber, mountPoint, source, readOnly }) =>
      `${deviceNumber} ${source} ${mountPoint} ${readOnly}`
    )
    .sort().join("\n");
}

/** "UDEV  [4380.61] add      /devices/pci0000:00/…/block/sdb (block)" */
const udevEvent = /^UDEV\s+\[[\d.]+\]\s+(add|remove|change|move)\s/;

const FIRST_WAIT_MS = 5000;
const LONGEST_WAIT_MS = 300_000;

/** Calls `tell` for each event of a block device, as long as udev can be followed. */
export function followUdev(tell: () => void, log: Log): Service {
  return async (signal) => {
    let waitMs = FIRST_WAIT_MS;
    while (!signal.aborted) {
      const args = ["monitor", "--udev", "--subsystem-match=block"];
      try {
        for await (const line of follow("udevadm", args, { signal })) {
          waitMs = FIRST_WAIT_MS;
          if (udevEvent.test(line)) tell();
        }
      } catch (error) {
        // The lists of the kernel are read all the same: a little later, and no less surely.
        log.debug("udev cannot be followed", { reason: reasonOf(error) });
      }
      await pause(waitMs, signal);
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    }
  };
}
