/**
 * What is mounted where: /proc/self/mountinfo, and the walk that the kernel does through it.
 *
 * @module
 */

export interface Mount {
  id: string;
  parentId: string;
  /** "8:1"; one without a device for btrfs, network and memory. */
  deviceNumber: string;
  /** What of the file system is mounted: "/" but for bind mounts and subvolumes. */
  root: string;
  mountPoint: string;
  fileSystem: string;
  source: string;
  /** Where its source leads, when somebody has followed it: "/dev/sdd" for /dev/disk/by-id/…. */
  device?: string;
  readOnly: boolean;
  /** As the file system wrote them: "rw,lowerdir=/a:/b". */
  options: string;
}

/**
 * Parses lines such as
 * `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue`;
 * a line that is not of this form is left out.
 */
export function parseMountInfo(text: string): Mount[] {
  return text.split("\n").flatMap((line) => {
    const [before = "", after] = line.split(" - ");
    const [id, parentId, deviceNumber, root = "/", mountPoint, own = ""] = before.split(" ");
    if (!id || !parentId || !deviceNumber || !mountPoint || after === undefined) return [];
    const [fileSystem = "", source = "", options = ""] = after.split(" ");
    return [{
      id,
      parentId,
      deviceNumber,
      root: unescape(root),
      mountPoint: unescape(mountPoint),
      fileSystem,
      source: withoutPasswords(unescape(source)),
      readOnly: own.split(",").includes("ro"),
      options: unescape(options),
    }];
  });
}

/** "curlftpfs#ftp://me:secret@host/" and the like show in the table of mounts; here they do not. */
export function withoutPasswords(text: string): string {
  return text.replaceAll(/(:\/\/[^\s/@:]*):[^\s/@]*@/g, "$1@");
}

/** A blank in a name is written `\040`. */
function unescape(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(parseInt(digits, 8)));
}

/** Whether this mounts the device; btrfs has device numbers of its own, so its source must do. */
export function isMountOf(
  { deviceNumber, source, device: followed = source }: Mount,
  device: string | undefined,
  names: string[],
): boolean {
  if (deviceNumber === device) return true;
  return [source, followed].some((path) => {
    const name = /^\/dev\/(?:mapper\/)?(.+)$/.exec(path)?.[1];
    return name !== undefined && names.includes(name);
  });
}

/** What stands in a mount's source for the server, by file system. */
const servers: [fileSystem: RegExp, server: RegExp][] = [
  [/^nfs4?$|^ceph$|^fuse\.(ceph|glusterfs)$|^glusterfs$|^lustre$/, /^(\[[^\]]+\]|[^:,]+)/],
  [/^(cifs|smb3|smbfs|afpfs)$/, /^[\\/]{2}(?:[^@/\\]*@)?([^\\/]+)/],
  [/^fuse\.sshfs$/, /^(?:[^@]*@)?(\[[^\]]+\]|[^:]+):/],
  [/^fuse\.rclone$/, /^([^:{]+)/],
  [/^(davfs|webdav|ftp|fuse\.(davfs2?|s3fs|curlftpfs))$/, /^(?:[a-z]+:\/\/)?(?:[^@/]*@)?([^/:]+)/],
];

/** The machine that a mount comes from, in lower case; undefined for one of this machine. */
export function serverOf(
  { fileSystem, source }: Pick<Mount, "fileSystem" | "source">,
): string | undefined {
  const server = servers.find(([pattern]) => pattern.test(fileSystem))?.[1].exec(source)?.[1];
  // macOS names a service: "nas._smb._tcp.local" and "nas._afpovertcp._tcp.local" are one machine.
  return server?.replaceAll(/[[\]]/g, "").toLowerCase().replace(/\._[\w-]+\._tcp\..*$/, "");
}

/** Finds the mount of an absolute path without links. */
export type FindMount = (path: string) => Mount | undefined;

/**
 * Walks like the kernel: from the root mount to the child whose mount point comes first on the
 * path, and on from there. So the newest of two mounts on one folder wins, and what lies beneath
 * a later mount is not seen.
 */
export function createMountTree(mounts: Mount[]): FindMount {
  const known = new Set(mounts.map(({ id }) => id));
  const isRoot = ({ id, parentId, mountPoint }: Mount) =>
    mountPoint === "/" && (parentId === id || !known.has(parentId));
  const root = mounts.findLast(isRoot) ?? mounts.find(({ mountPoint }) => mountPoint === "/");
  const children = Map.groupBy(mounts, ({ parentId }) => parentId);
  for (const list of children.values()) {
    list.sort((a, b) => a.mountPoint.length - b.mountPoint.length);
  }

  return (path) => {
    let mount = root;
    // No path crosses more mounts than there are: a circle in the table ends here.
    for (let step = 0; mount && step <= mounts.length; step++) {
      const { id } = mount;
      const next = children.get(id)?.find((child) =>
        child.id !== id && isUnder(path, child.mountPoint)
      );
      if (!next) return mount;
      mount = next;
    }
    return mount;
  };
}

/** Whether `path` is `folder` or lies in it, by whole segments: /mnt/ab is not in /mnt/a. */
function isUnder(path: string, folder: string): boolean {
  if (!path.startsWith(folder)) return false;
  return folder === "/" || path.length === folder.length || path[folder.length] === "/";
}
