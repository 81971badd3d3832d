/**
 * What kinds of file systems there are, for those who must know what a touch of one may cost.
 *
 * @module
 */

/** A program or another machine answers for it, so it can hang though every disk here is well. */
export function isServed(fileSystem: string): boolean {
  return served.test(fileSystem);
}

const served =
  /^(fuse|fuse\..*|fuseblk|nfs4?|cifs|smb\w*|afpfs|webdav|ceph|glusterfs|lustre|9p|virtiofs|afs|davfs|beegfs|orangefs|vboxsf|vmhgfs|drvfs|osxfuse|macfuse)$/;

/** No place for anybody's files, or somebody else's view of places that we see ourselves. */
export function isForMachines(fileSystem: string): boolean {
  return forMachines.test(fileSystem);
}

const forMachines =
  /^(proc|sysfs|cgroup2?|devpts|devtmpfs|securityfs|debugfs|tracefs|mqueue|hugetlbfs|pstore|bpf|configfs|fusectl|binfmt_misc|nsfs|ramfs|rpc_pipefs|efivarfs|selinuxfs|nfsd|autofs|overlay|squashfs|tmpfs|rootfs|fuse\.(gvfsd-fuse|portal|lxcfs|snapfuse))$/;

/** Mounted when somebody goes there: who only asks about it must not go. */
export function isOnDemand(fileSystem: string): boolean {
  return fileSystem === "autofs";
}
