/**
 * What Windows calls things, as one name for each: `\\.\PHYSICALDRIVE1`, "Disk #1, Partition #0",
 * `\\?\Volume{…}\`, "C:" and the paths by which associations refer to them.
 *
 * @module
 */

/** "PhysicalDrive3", as in `\\.\PhysicalDrive3`. */
export function driveName(index: number): string {
  return `PhysicalDrive${index}`;
}

/**
 * smartctl's names of it on Windows, as its manual has them: /dev/pd3, and /dev/sdd, for the first
 * drive is a.
 */
export function smartctlNames(index: number): string[] {
  return index < 26 ? [`pd${index}`, `sd${String.fromCharCode(97 + index)}`] : [`pd${index}`];
}

/** 3 of `\\.\PHYSICALDRIVE3`; the whole number, for #1 is not #10. */
export function driveIndexIn(path: string | undefined): number | undefined {
  const digits = /PhysicalDrive(\d+)$/i.exec(path?.trim() ?? "")?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * The place of a partition. Windows numbers partitions twice, from 1 and from 0 and the second time
 * without those it keeps to itself; where it begins is the same for both.
 */
export function placeOf(index: number, offsetBytes: number | undefined): string[] {
  return offsetBytes === undefined ? [] : [`${driveName(index)}@${offsetBytes}`];
}

/** The disk of "Disk #1, Partition #2", and that name without variations. */
export function diskPartition(id: string | undefined): { name: string; index: number } | undefined {
  const [, disk, partition] = /^Disk #(\d+), Partition #(\d+)$/i.exec(id?.trim() ?? "") ?? [];
  if (disk === undefined || partition === undefined) return;
  return { name: `Disk #${disk}, Partition #${partition}`, index: Number(disk) };
}

/** "Volume{…}" of `\\?\Volume{…}\`, in lower case: it is this machine's own name of a volume. */
export function volumeGuid(path: string | undefined): string | undefined {
  const guid = /Volume(\{[\da-f-]{36}\})/i.exec(path ?? "")?.[1]?.toLowerCase();
  return guid && `Volume${guid}`;
}

/** "C:" of "c", "C:", `C:\`, and of 67, the number of that letter. */
export function letterIn(value: string | undefined): string | undefined {
  const code = /^\d{2}$/.test(value ?? "") ? String.fromCharCode(Number(value)) : value;
  const letter = /^([a-z])(:\\?)?$/i.exec(code ?? "")?.[1];
  return letter && `${letter.toUpperCase()}:`;
}

/** A path that ends with a backslash: then it is no beginning of another folder's name. */
export function mountPath(path: string): string {
  const whole = path.endsWith("\\") ? path : `${path}\\`;
  return whole.replace(/^[a-z]:/, (letter) => letter.toUpperCase());
}

/** Whether a path is one by which people reach a volume: `C:\`, `D:\mounts\films\`. */
export function isMountPath(path: string): boolean {
  return /^[a-z]:\\/i.test(path);
}

/**
 * What a reference names: `…:Win32_DiskPartition.DeviceID="Disk #0, Partition #1"`, with or without
 * the machine before it, and with quotes and backslashes doubled or not.
 */
export interface Reference {
  className: string;
  key: string;
}

/** Every reference in a text, in their order. */
export function referencesIn(text: string): Reference[] {
  const pattern = /\b((?:Win32|MSFT|CIM|WSP|SPACES)_\w+)\.\w+\s*=\s*\\?"{1,2}(.*?)\\?"/gi;
  return [...text.matchAll(pattern)].map(([, className, key]) => ({
    className: className!,
    key: unescaped(key!),
  }));
}

/** WMI doubles the backslashes of a key: `\\\\.\\PHYSICALDRIVE0`. */
function unescaped(key: string): string {
  return /^\\\\\\\\|^[A-Z]:\\\\/i.test(key) ? key.replaceAll("\\\\", "\\") : key;
}

/** "nas" of `\\nas\films`, `\\nas@SSL\DavWWWRoot` and `\\fileserver.example\dfs\x`. */
export function serverIn(unc: string | undefined): string | undefined {
  return /^\\\\([^\\@]+)/.exec(unc?.trim() ?? "")?.[1]?.toLowerCase();
}
