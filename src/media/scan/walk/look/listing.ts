/**
 * Lists a folder on Linux without an object and a turn of Deno's for each entry: less than half the
 * price. What the kernel cannot say about an entry's kind, or will not say at all, Deno says.
 *
 * @module
 */
import { currentPlatform, type Platform } from "../../../../base/platform.ts";

/** Names in a folder, in no order; what is none of these three is no media. */
export interface Listing {
  folders: string[];
  files: string[];
  links: string[];
}

/** @throws what Deno.readDirSync() throws */
export type List = (folder: string) => Listing;

/** As every platform can. */
export const listByReadDir: List = (folder) => {
  const listing: Listing = { folders: [], files: [], links: [] };
  for (const { name, isDirectory, isFile, isSymlink } of Deno.readDirSync(folder)) {
    if (isDirectory) listing.folders.push(name);
    else if (isSymlink) listing.links.push(name);
    else if (isFile) listing.files.push(name);
  }
  return listing;
};

const symbols = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  getdents64: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
} as const;

/** O_RDONLY | O_CLOEXEC; O_DIRECTORY has a number for each processor, and a "/" says the same. */
const FLAGS = 0x80000;
/** In `struct linux_dirent64` (man 2 getdents64). */
const LENGTH = 16;
const TYPE = 18;
const NAME = 19;
/** Of d_type (man 3 readdir); 0: the file system has not said it. */
const [UNKNOWN, FOLDER, FILE, LINK] = [0, 4, 8, 10];
const BUFFER_BYTES = 64 * 1024;
const BUFFER_SIZE = BigInt(BUFFER_BYTES);
const MAX_PATH_BYTES = 4096;

/** The quickest way there is on this machine. */
export function openList(platform: Platform = currentPlatform(), library = "libc.so.6"): List {
  if (platform !== "linux") return listByReadDir;
  let libc: Deno.DynamicLibrary<typeof symbols>["symbols"];
  try {
    libc = Deno.dlopen(library, symbols).symbols;
  } catch {
    return listByReadDir; // another C library has another name, and an old one no getdents64
  }
  const path = new Uint8Array(MAX_PATH_BYTES);
  const bytes = new Uint8Array(BUFFER_BYTES);
  const shorts = new Uint16Array(bytes.buffer);
  const encoder = new TextEncoder();
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  /** False where Deno is to be asked instead: nothing of `listing` holds then. */
  const fill = (listing: Listing, file: number): boolean => {
    for (;;) {
      const length = libc.getdents64(file, bytes, BUFFER_SIZE);
      if (length <= 0) return length === 0;
      for (let at = 0; at < length; at += shorts[(at + LENGTH) / 2]!) {
        const type = bytes[at + TYPE]!;
        if (type === UNKNOWN) return false;
        if (type !== FOLDER && type !== FILE && type !== LINK) continue;
        const name = decoder.decode(bytes.subarray(at + NAME, bytes.indexOf(0, at + NAME)));
        if (type === FILE) listing.files.push(name);
        else if (type === LINK) listing.links.push(name);
        else if (name !== "." && name !== "..") listing.folders.push(name);
      }
    }
  };
  return (folder) => {
    const { read, written } = encoder.encodeInto(folder, path);
    if (read !== folder.length || written > MAX_PATH_BYTES - 2) return listByReadDir(folder);
    path.set([SLASH, 0], written);
    const file = libc.open(path, FLAGS);
    if (file < 0) return listByReadDir(folder); // which says why
    try {
      const listing: Listing = { folders: [], files: [], links: [] };
      return fill(listing, file) ? listing : listByReadDir(folder);
    } finally {
      libc.close(file);
    }
  };
}

const SLASH = 0x2f;
