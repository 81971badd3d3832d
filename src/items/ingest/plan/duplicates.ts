/**
 * Whether two files are the same, with as little reading as shows it: by size, then by a hash of
 * both ends, and only where these are the same by all of their bytes.
 *
 * @module
 */
import { join } from "node:path";
import {
  type FileState,
  type Hashes,
  type HashName,
  openIdentify,
  type Piece,
} from "../../../media/mod.ts";
import type { Touch } from "../deps.ts";

/** A file of the library that has the size of another. */
export interface Candidate {
  id: string;
  root: string;
  relativePath: string;
  modifiedMs: number;
  identity?: string | undefined;
  isOffline: boolean;
}

export interface DuplicatesDeps {
  /** Files of the library of this size, a few at most. */
  ofSize(sizeBytes: number): Candidate[];
  hashesOf(mediaId: string): Hashes;
  keepHashes(mediaId: string, hashes: Hashes): void;
  touch: Touch;
}

/** The digest of a file by an algorithm; undefined when it is not as expected. */
export type Digest = (
  path: string,
  expected: FileState,
  algorithm: HashName,
) => Promise<string | undefined>;

export interface Subject extends FileState {
  path: string;
  /** Its SHA-256, where that is known. */
  sha256?: string | undefined;
}

/** What is compared where nothing is known of either. */
export const ALGORITHM = "sha256";

/** In this order: what is quick to compute, of those that a library keeps. */
const TRUSTED: HashName[] = ["sha256", "blake2b", "sha512", "sha1", "md5"];

export type Duplicates = ReturnType<typeof createDuplicates>;

export function createDuplicates({ ofSize, hashesOf, keepHashes, touch }: DuplicatesDeps) {
  /** Whether the whole content is the same; undefined where nobody can tell now. */
  const sameContent = async (
    subject: Subject,
    candidate: Candidate,
    digest: Digest,
  ): Promise<boolean | undefined> => {
    const known = hashesOf(candidate.id);
    if (subject.sha256 && known.sha256) return subject.sha256 === known.sha256;
    const path = join(candidate.root, candidate.relativePath);
    if (subject.sha256 && !candidate.isOffline) {
      const theirs = await digest(path, { ...subject, modifiedMs: candidate.modifiedMs }, ALGORITHM)
        .catch(() => undefined); // it cannot be read: so nobody can tell
      if (theirs !== undefined) {
        keepHashes(candidate.id, { [ALGORITHM]: theirs });
        return subject.sha256 === theirs;
      }
    }
    const algorithm = TRUSTED.find((name) => name in known);
    if (algorithm) return await digest(subject.path, subject, algorithm) === known[algorithm];
    if (candidate.isOffline) return undefined;
    const theirs = await digest(path, { ...subject, modifiedMs: candidate.modifiedMs }, ALGORITHM)
      .catch(() => undefined);
    if (theirs === undefined) return undefined;
    keepHashes(candidate.id, { [ALGORITHM]: theirs });
    return await digest(subject.path, subject, ALGORITHM) === theirs;
  };

  return {
    /** The path of a file in the library that has the same content. */
    async inLibrary(subject: Subject, digest: Digest): Promise<string | undefined> {
      const others = ofSize(subject.sizeBytes)
        .filter((it) => join(it.root, it.relativePath) !== subject.path);
      if (others.length === 0) return undefined;
      const known = others.some(({ identity }) => identity !== undefined);
      const own = known ? await identityOf(subject, touch) : undefined;
      for (const candidate of others) {
        if (own && candidate.identity && own !== candidate.identity) continue;
        if (await sameContent(subject, candidate, digest)) {
          return join(candidate.root, candidate.relativePath);
        }
      }
    },

    /** Those of a source that are the same as one before them: path → the first one's path. */
    async within(files: readonly Subject[], digest: Digest): Promise<Map<string, string>> {
      const same = new Map<string, string>();
      const groups = await partition(files, ({ sizeBytes }) => Promise.resolve(`${sizeBytes}`));
      for (const ofSize of groups) {
        for (const alike of await partition(ofSize, (it) => identityOf(it, touch))) {
          const byDigest = (it: Subject) => digest(it.path, it, ALGORITHM).catch(() => undefined); // told when it is taken
          for (const [first, ...others] of await partition(alike, byDigest)) {
            for (const other of others) same.set(other.path, first!.path);
          }
        }
      }
      return same;
    },
  };
}

/** Groups of two and more with one key; what has no key is like nothing else. */
async function partition<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => Promise<string | undefined>,
): Promise<Item[][]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = await keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}

const END_BYTES = 64 * 1024;

/** The library's hash of size and both ends; undefined of a file that cannot be read so. */
export async function identityOf(
  { path, sizeBytes }: Subject,
  touch: Touch,
): Promise<string | undefined> {
  const identify = await openIdentify();
  try {
    return await touch(path, async () => {
      using file = await Deno.open(path);
      const length = Math.min(END_BYTES, sizeBytes);
      const known: Piece[] = [];
      for (const offset of new Set([0, sizeBytes - length])) {
        const bytes = await readAt(file, offset, length);
        if (!bytes) return undefined;
        known.push({ offset, bytes });
      }
      // All is read already: nothing of it reads here.
      const reader = { open: never, seek: never, read: never };
      return identify({ file, sizeBytes, known }, reader)?.identity;
    });
  } catch {
    return undefined;
  }
}

async function readAt(
  file: Deno.FsFile,
  offset: number,
  length: number,
): Promise<Uint8Array | undefined> {
  await file.seek(offset, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const read = await file.read(bytes.subarray(at));
    if (!read) return undefined;
    at += read;
  }
  return bytes;
}

function never(): never {
  throw new TypeError("Cannot read: all bytes are given");
}
