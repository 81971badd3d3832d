/**
 * The hash algorithms. The map is the list: names and types derive from it. The names are Python
 * `hashlib`'s, because the wire protocol's other ends use them.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { InvalidError } from "../../base/errors.ts";
import { createMd5 } from "./md5.ts";

export interface Hasher {
  update(bytes: Uint8Array): void;
  /** Lower-case hexadecimal. */
  digest(): string;
}

export const algorithms = {
  md5: createMd5,
  sha1: () => fromCrypto("sha1"),
  sha256: () => fromCrypto("sha256"),
  sha512: () => fromCrypto("sha512"),
  blake2b: () => fromCrypto("blake2b512"),
} satisfies Record<string, () => Hasher>;

export type HashName = keyof typeof algorithms;

/** By algorithm; only those that were asked for. */
export type Hashes = Record<string, string>;

/** Checks a name that came from outside. */
export function toHashName(name: string): HashName {
  if (Object.hasOwn(algorithms, name)) return name as HashName;
  const known = Object.keys(algorithms).join(", ");
  throw new InvalidError(`Cannot hash with "${name}": known are ${known}`, { name });
}

function fromCrypto(name: string): Hasher {
  const hash = createHash(name);
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => hash.digest("hex"),
  };
}
