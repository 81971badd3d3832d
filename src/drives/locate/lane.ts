/**
 * The lane of a mount that stands on no drive of this machine, and why.
 *
 * @module
 */
import { UNKNOWN_DRIVE } from "../drive.ts";
import { type Mount, serverOf } from "../graph/mount_info.ts";
import { isOnDemand } from "../mounts/file_systems.ts";

/** "mem" for memory, "net:<server>" for a server, "unknown" for what nobody can tell. */
export function laneOf(mount: Mount): { id: string; why: string } {
  const { fileSystem, source, deviceNumber } = mount;
  if (
    /^(tmpfs|ramfs|devtmpfs|hugetlbfs|proc|sysfs|cgroup2?|devpts|debugfs|tracefs)$/.test(
      fileSystem,
    ) || /^\/dev\/z?ram\d/.test(source)
  ) {
    return { id: "mem", why: "it is kept in memory" };
  }
  const server = serverOf(mount);
  if (server) return { id: `net:${server}`, why: "a server has it" };
  return { id: UNKNOWN_DRIVE, why: whyUnknown(fileSystem, source, deviceNumber) };
}

function whyUnknown(fileSystem: string, source: string, deviceNumber: string): string {
  if (isOnDemand(fileSystem)) return "it is mounted when somebody goes there, and nobody did";
  if (/^(9p|virtiofs|vboxsf|vmhgfs|drvfs|fuse\.vmhgfs-fuse|fuse\.prl_fsd)$/.test(fileSystem)) {
    return "the host of this virtual machine has it, and does not tell on which drive";
  }
  if (fileSystem.startsWith("fuse")) return `the program behind ${fileSystem} does not tell`;
  if (!deviceNumber.startsWith("0:")) {
    return `the last detection saw no device ${source} (${deviceNumber})`;
  }
  return `nothing tells what ${fileSystem} stands on`;
}
