/**
 * The hash algorithms. The map is the list: names and types derive from it. The names are Python
 * `hashlib`'s, because the wire protocol's other ends use them, or what their tools are called.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { InvalidError } from "../../base/errors.ts";
import { createMd5 } from "./md5.ts";
import { wasmHash } from "./wasm_hashers.ts";

export interface Hasher {
  update(bytes: Uint8Array): void;
  /** Lower-case hexadecimal. */
  digest(): string;
}

/** Those that are compiled on first use. */
const wasm = {
  blake3: wasmHash("blake3", ({ createBLAKE3 }) => createBLAKE3()),
  xxh128: wasmHash("xxh128", ({ createXXHash128 }) => createXXHash128()),
};

export const algorithms = {
  md5: createMd5,
  sha1: () => fromCrypto("sha1"),
  sha256: () => fromCrypto("sha256"),
  sha512: () => fromCrypto("sha512"),
  blake2b: () => fromCrypto("blake2b512"),
  blake3: wasm.blake3.create,
  xxh128: wasm.xxh128.create,
  crc32: createCrc32,
} satisfies Record<string, () => Hasher>;

export type HashName = keyof typeof algorithms;

/** Awaited once per thread before the first hasher of these names is created. */
export async function prepareHashers(names: Iterable<HashName>): Promise<void> {
  const known: Partial<Record<HashName, { prepare(): Promise<void> }>> = wasm;
  await Promise.all([...new Set(names)].map((name) => known[name]?.prepare()));
}

/** By algorithm; only those that were asked for. */
export type Hashes = Record<string, string>;

export function isHashName(name: string): name is HashName {
  return Object.hasOwn(algorithms, name);
}

/** Checks a name that came from outside. */
export function toHashName(name: string): HashName {
  if (isHashName(name)) return name;
  const known = Object.keys(algorithms).join(", ");
  throw new InvalidError(`Cannot hash with "${name}": known are ${known}`, { name });
}

/** Of zip and gzip: it finds accidents, not what was made to be alike. */
function createCrc32(): Hasher {
  let value = 0;
  return {
    update: (bytes) => void (value = crc32(bytes, value)),
    digest: () => value.toString(16).padStart(8, "0"),
  };
}

function fromCrypto(name: string): Hasher {
  const hash = createHash(name);
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => hash.digest("hex"),
  };
}
