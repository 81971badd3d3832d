/**
 * What is done to files, each as one call that can fail or be the last before a crash. The real disk
 * is in real_disk.ts; tests have one that crashes between any two calls.
 *
 * @module
 */
import type { Facts } from "../model.ts";

export interface Seen extends Facts {
  kind: "file" | "folder" | "link" | "other";
  device: number;
  /** Names that the file has. */
  links: number;
}

/** What the file system says of a file. */
export function factsOf(info: Deno.FileInfo): Omit<Seen, "kind"> {
  return {
    sizeBytes: info.size,
    modifiedMs: Math.floor(info.mtime?.getTime() ?? 0),
    ...info.ino && { inode: String(info.ino) },
    device: info.dev,
    links: info.nlink ?? 1,
  };
}

/** Two names of one file, or two files of the same blocks. */
export type Sharing = "hardlink" | "reflink";

export interface CopyOptions {
  signal: AbortSignal;
  /** Between two pieces: waits for its turn. */
  turn(): Promise<void>;
  onBytes(bytes: number): void;
}

export interface Disk {
  /** What has this name, links not followed; undefined where nothing has. */
  look(path: string): Promise<Seen | undefined>;
  /** The path without links. */
  realPath(path: string): Promise<string>;
  /** Makes a folder and those above it; a power cut leaves them there. @returns those it has made */
  makeFolder(path: string): Promise<string[]>;
  /** Fails where there is anything in it. */
  removeFolder(path: string): Promise<void>;
  /** What a user without special rights may write there; undefined where nobody tells. */
  freeBytes(folder: string): Promise<number | undefined>;
  /** Tries it with a small file, which is removed again. @returns why files cannot be shared there */
  whyNotShared(folder: string, how: Sharing): Promise<string | undefined>;
  /** A second name for a file. Fails where the name is taken. */
  link(from: string, to: string): Promise<void>;
  /** An empty file. Fails where the name is taken. */
  reserve(path: string): Promise<void>;
  /** Overwrites what has the name. */
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /**
   * Writes all bytes to `to`, anew if it is there, with the source's times and rights. They are on
   * the disk when it returns.
   */
  copy(from: string, to: string, options: CopyOptions): Promise<void>;
  /** The same, by blocks that both share; fails where the file system cannot. */
  clone(from: string, to: string): Promise<void>;
  /** What comes next is read from the disk rather than from memory, as far as that can be said. */
  forget(path: string): Promise<void>;
  /** The names in a folder are on the disk when it returns. */
  syncFolder(path: string): Promise<void>;
}
