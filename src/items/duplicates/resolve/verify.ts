/**
 * Looks at a file once more, right before something is done that cannot be taken back: whether it is
 * what the library says, down to its bytes where that is asked.
 *
 * @module
 */
import { join } from "node:path";
import { ConflictError, Failure, reasonOf } from "../../../base/errors.ts";
import type { FileState, FileWork, HashName } from "../../../media/mod.ts";
import type { RunningJob } from "../../../pool/mod.ts";
import { isHere } from "../keeper.ts";
import type { Member } from "../store.ts";

/** A file as the file system has it now. */
export interface Looked extends FileState {
  path: string;
  inode: string;
  device: number;
  /** Names that the file system has for it; null where it does not say. */
  names: number | null;
}

export interface VerifyDeps {
  work: Pick<FileWork, "digest" | "touch">;
  hashesOf(id: string): Record<string, string>;
}

/**
 * @throws {ConflictError} it is not here, or not as the library knows it
 */
export async function lookAt(
  { id, root, relativePath, status, sizeBytes, modifiedMs }: Member,
  { work }: Pick<VerifyDeps, "work">,
): Promise<Looked> {
  const path = join(root, relativePath);
  const refuse = (why: string): never => {
    throw new ConflictError(`Cannot touch "${path}": ${why}`, { id, path });
  };
  if (!isHere({ status })) refuse(`it is ${status}`);
  const info = await work.touch(path, () => Deno.lstat(path)).catch((error): never => {
    if (error instanceof Failure) throw error;
    return refuse(
      error instanceof Deno.errors.NotFound
        ? "it is gone since it was scanned"
        : `it cannot be looked at (${reasonOf(error)})`,
    );
  });
  if (!info.isFile) refuse("it is no file any more");
  const now = Math.floor(info.mtime?.getTime() ?? 0);
  if (info.size !== sizeBytes || now !== modifiedMs) {
    refuse("it has changed since it was scanned: scan again, then look at its group anew");
  }
  return {
    path,
    sizeBytes,
    modifiedMs,
    inode: String(info.ino ?? ""),
    device: info.dev,
    names: info.nlink,
  };
}

/**
 * Reads all of a file now.
 *
 * @returns its digest
 * @throws {ConflictError} it changes, cannot be read, or has other bytes than when it was hashed
 */
export async function readAll(
  member: Member,
  { work, hashesOf }: VerifyDeps,
  { algorithm, job, signal }: { algorithm: HashName; job: RunningJob; signal: AbortSignal },
): Promise<string> {
  const { id, root, relativePath, sizeBytes, modifiedMs } = member;
  const path = join(root, relativePath);
  const refuse = (why: string): never => {
    throw new ConflictError(`Cannot rely on "${path}": ${why}`, { id, path });
  };
  const expected = { sizeBytes, modifiedMs };
  const digest = await work.digest(path, expected, { algorithm, job, signal }).catch(
    (error): never => {
      if (signal.aborted || job.signal.aborted || error instanceof Failure) throw error;
      return refuse(`it cannot be read (${reasonOf(error)})`);
    },
  ) ?? refuse("it has changed since it was scanned: scan again, then look at its group anew");
  const known = hashesOf(id)[algorithm];
  if (known !== undefined && known !== digest) {
    refuse(
      "its bytes are not those that were hashed, though size and time are: check its drive's health",
    );
  }
  return digest;
}
