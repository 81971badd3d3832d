/**
 * What file systems say when they refuse, by the code, and in words for a person.
 *
 * @module
 */
import { reasonOf } from "../../../base/errors.ts";
import { AwayError } from "./context.ts";

const CODES: Record<number, string> = {
  1: "EPERM",
  2: "ENOENT",
  5: "EIO",
  13: "EACCES",
  17: "EEXIST",
  18: "EXDEV",
  28: "ENOSPC",
  30: "EROFS",
  31: "EMLINK",
  38: "ENOSYS",
  95: "ENOTSUP",
  122: "EDQUOT",
};

/** "ENOSPC"; workers tell the number in the message only. */
export function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  if (typeof code === "string") return code === "EOPNOTSUPP" ? "ENOTSUP" : code;
  const [, number] = /\(os error (\d+)\)/.exec(reasonOf(error)) ?? [];
  if (number !== undefined) return CODES[Number(number)] ?? `errno ${number}`;
  return error instanceof Deno.errors.NotFound ? "ENOENT" : "";
}

const WORDS: Record<string, string> = {
  ENOSPC: "The target's disk is full: free some space, then execute the plan again",
  EDQUOT: "The quota on the target's disk is used up: free some space, then execute again",
  EIO: "The disk cannot read or write it: check the drive's health",
  EACCES: "This user may not do that there: check the rights",
  EPERM: "This user may not do that there, or the file is immutable: check the rights",
  EROFS: "The file system is read-only: mount it for writing",
  ENOENT: "The file or its folder is not there any more",
  ENAMETOOLONG: "The file system takes no name so long: retarget the step",
};

/** "The disk cannot read or write it: … (EIO)", with the system's own words. */
export function inWords(error: unknown): string {
  const code = codeOf(error);
  const words = WORDS[code];
  return words ? `${words} (${code})` : reasonOf(error);
}

export const CANNOT_CLONE = "The target's file system does not share blocks (btrfs, XFS and APFS " +
  "do), or not with that place: take another mode, such as copy";
export const CANNOT_LINK = "The target's file system makes no hard links: take another mode, " +
  "such as copy";

/** What cp says of a disk, rather than of cloning. */
const OF_THE_DISK: readonly (readonly [RegExp, string])[] = [
  [/No space left/, "ENOSPC"],
  [/quota exceeded/i, "EDQUOT"],
  [/Permission denied/, "EACCES"],
  [/Read-only file system/, "EROFS"],
  [/Input\/output error/, "EIO"],
  [/No such file/, "ENOENT"],
];

/** What a failed `cp` comes to, in our words. */
export function ofClone(cause: unknown): Error {
  const [, code] = OF_THE_DISK.find(([says]) => says.test(reasonOf(cause))) ?? [];
  return Object.assign(new Error(CANNOT_CLONE, { cause }), code && { code });
}

/** Every other file would fail in the same way. */
export const stopsAll = (error: unknown): boolean =>
  error instanceof AwayError || isFullDisk(error);

export const isFullDisk = (error: unknown): boolean =>
  error !== undefined && ["ENOSPC", "EDQUOT"].includes(codeOf(error));

/** The file system makes no second names: exFAT, FAT, some servers. */
export const cannotLink = (error: unknown): boolean =>
  ["EPERM", "ENOTSUP", "ENOSYS", "EMLINK", "EINVAL"].includes(codeOf(error)) ||
  error instanceof Deno.errors.NotSupported || /os error (1|50)\)/.test(reasonOf(error));

export const isTaken = (error: unknown): boolean =>
  codeOf(error) === "EEXIST" || error instanceof Deno.errors.AlreadyExists;

export const isGone = (error: unknown): boolean => codeOf(error) === "ENOENT";
