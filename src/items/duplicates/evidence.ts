/**
 * Whether two files are the same, by the hashes that both have. Pure.
 *
 * @module
 */
import type { Hashes } from "../../media/mod.ts";

/**
 * What is believed, the strongest first. CRC-32 is not among them: of a million files some have the
 * same by chance.
 */
const strongest = ["sha512", "blake2b", "sha256", "blake3", "xxh128", "sha1", "md5"] as const;

export type Evidence = (typeof strongest)[number];

/** Those that nobody can make two files for. */
const lasting: readonly string[] = ["sha512", "blake2b", "sha256", "blake3"];

/** What is read anew before a file is touched: what the group is known by where that lasts. */
export function proofOf(known: string): "sha512" | "blake2b" | "sha256" | "blake3" {
  return lasting.includes(known) ? known as "sha256" : "sha256";
}

/** The algorithms that tell files apart, as the index of digests is gone through. */
export const evidences: readonly Evidence[] = strongest;

/** The strongest that all of these have; undefined where there is none. */
export function strongestOf(all: readonly Hashes[]): Evidence | undefined {
  return strongest.find((name) => all.every((hashes) => hashes[name] !== undefined));
}

/**
 * Whether both are the same: by the strongest that both have, and where that is no lasting one by all
 * that both have (MD5 and SHA-1: nobody has made two files for both at once).
 */
export function isSame(one: Hashes, other: Hashes): boolean {
  const common = strongest.filter((name) => one[name] !== undefined && other[name] !== undefined);
  const [best] = common;
  if (best === undefined) return false;
  const asked = lasting.includes(best) ? [best] : common;
  return asked.every((name) => one[name] === other[name]);
}

interface Hashed {
  sizeBytes: number;
  hashes: Hashes;
}

/** Whether all of them have the same bytes. */
export function areOne(files: readonly Hashed[]): boolean {
  const known: Hashes = {};
  return files.every(({ sizeBytes, hashes }, index) => {
    const same = index === 0 || sizeBytes === files[0]!.sizeBytes && isSame(known, hashes);
    Object.assign(known, hashes);
    return same;
  });
}

/**
 * Splits files that one digest names alike into those that are the same by all that is known: each
 * is compared with all hashes of those before it.
 */
export function clusters<File extends Hashed>(files: readonly File[]): File[][] {
  const found: { sizeBytes: number; hashes: Hashes; files: File[] }[] = [];
  for (const file of files) {
    const { sizeBytes, hashes } = file;
    const mine = found.find((it) => it.sizeBytes === sizeBytes && isSame(it.hashes, hashes));
    if (!mine) found.push({ sizeBytes, hashes: { ...hashes }, files: [file] });
    else {
      Object.assign(mine.hashes, hashes);
      mine.files.push(file);
    }
  }
  return found.map(({ files }) => files).filter(({ length }) => length > 1);
}
