/**
 * Finds for each mount the device that it mounts.
 *
 * @module
 */
import { type BlockDevice, mentionOf } from "./block.ts";
import type { Gathered } from "./gather.ts";
import { createMountTree, type Mount, serverOf } from "./mount_info.ts";
import { bareName } from "./names.ts";

/** Notes the mounts on their devices; one of a server makes the server, and its share, devices. */
export function placeMounts(mounts: readonly Mount[], gathered: Gathered): void {
  const isAlone = !gathered.disksAreListed();
  const deviceBy = new Map(mounts.map((mount) => {
    const server = serverOf(mount);
    const device = server ? shareOf(mount, server, gathered) : deviceOf(mount, gathered, isAlone);
    return [mount, device];
  }));
  const placed = Map.groupBy(mounts, (mount) => deviceBy.get(mount));
  for (const [device, list] of placed) if (device) note(device, list);

  // An image stands on what its file lies on.
  const find = createMountTree([...mounts]);
  for (const device of gathered.devices) {
    const mount = device.backing === undefined ? undefined : find(device.backing);
    const beneath = mount && deviceBy.get(mount);
    if (beneath && beneath !== device) device.parents.add(beneath.name);
  }
}

function shareOf(mount: Mount, server: string, { take }: Gathered): BlockDevice {
  const { fileSystem, source } = mount;
  const name = `net:${server}`;
  take({ name, type: "server", aliases: [server], transport: fileSystem });
  return take({ name: source, type: "share", parents: [name], fileSystem });
}

function deviceOf(
  { fileSystem, source, deviceNumber }: Mount,
  { names, devices, take }: Gathered,
  isAlone: boolean,
): BlockDevice | undefined {
  if (fileSystem === "zfs") {
    const [pool = source] = source.split("/");
    const known = names.own(`zpool:${pool}`) ??
      [...devices].find((one) => one.fileSystem === "zfs_member" && one.label === pool);
    if (known || !isAlone) return known;
    const name = `zpool:${pool}`;
    return take({ name, type: "zpool", label: pool, fileSystem, mentioned: true });
  }
  const isDevice = source.startsWith("/dev/");
  const bySource = isDevice ? names.find(source) : undefined;
  // A number of its own for each subvolume: only the source tells.
  const byNumber = deviceNumber.startsWith("0:") ? undefined : names.find(deviceNumber);
  const known = fileSystem === "btrfs" ? bySource ?? byNumber : byNumber ?? bySource;
  if (known || !isDevice || !isAlone) return known;
  for (const finding of mentionOf(bareName(source))) {
    if (!names.own(finding.name)) take(finding);
  }
  const name = bareName(source);
  const type = names.own(name)?.type ?? "dm";
  const own = byOwnNumber(deviceNumber);
  return take({ name, type, deviceNumber: own, fileSystem, mentioned: true });
}

function byOwnNumber(deviceNumber: string): string | undefined {
  return deviceNumber.startsWith("0:") ? undefined : deviceNumber || undefined;
}

/** A device may be mounted many times: as a whole, as a subvolume, as a folder or file of it. */
function note(device: BlockDevice, mounts: Mount[]): void {
  const placed = new Set(mounts.map(({ mountPoint }) => mountPoint));
  const whole = mounts.filter(isWhole).map(({ mountPoint }) => mountPoint);
  const bound = mounts.filter((mount) => !isWhole(mount));
  const folders = bound.filter((mount) => !isFile(mount)).map(({ mountPoint }) => mountPoint);
  const all = [...device.mountPoints].filter((path) => !placed.has(path));
  const shown = [...whole.sort(), ...folders.sort(), ...all.sort()];
  const files = bound.map(({ mountPoint }) => mountPoint).sort();
  device.mountPoints = new Set(shown.length > 0 ? shown : files);
  // A device that could be written may be mounted so that it cannot.
  device.readOnly = mounts.every(({ readOnly }) => readOnly);
  device.fileSystem ??= mounts[0]?.fileSystem;
}

/** The root of the file system, or a subvolume, which is one to its users. */
function isWhole({ root, fileSystem, options }: Mount): boolean {
  if (root === "/" || fileSystem === "zfs") return true;
  const subvolume = /(?:^|,)subvol=([^,]+)/.exec(options)?.[1];
  return subvolume !== undefined && subvolume.replace(/^\/?/, "/") === root;
}

/**
 * Whether a bind mount is of a file and not of a folder, as a container's /etc/hosts is. Only its
 * name may tell: asking a file system that hangs would hang us.
 */
function isFile({ mountPoint }: Mount): boolean {
  return /\/(hosts|hostname|resolv\.conf|localtime|machine-id|passwd|group|shadow)$/
    .test(mountPoint) ||
    /\/[^/]+\.(conf|cfg|json|ya?ml|toml|ini|env|pem|crt|key|sock|sh|so(\.\d+)*|txt|log)$/
      .test(mountPoint);
}
