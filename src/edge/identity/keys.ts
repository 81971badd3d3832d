/**
 * The Ed25519 key that says who a peer or an edge is: made once, kept in the data folder.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { FatalError, reasonOf } from "../../base/errors.ts";

export interface IdentityKey {
  /** The 32 bytes of the public key in base64url: how it travels. */
  publicKey: string;
  /** SHA-256 of its SubjectPublicKeyInfo, 64 hexadecimal digits. */
  fingerprint: string;
  /** An Ed25519 signature in base64url. */
  sign(bytes: Uint8Array): string;
}

/** What stands before the 32 bytes in every SubjectPublicKeyInfo of Ed25519: RFC 8410, 10.1. */
const SPKI_HEAD = Buffer.from("302a300506032b6570032100", "hex");
const PUBLIC_KEY = /^[A-Za-z0-9_-]{43}$/;

/**
 * The key in the file (PKCS#8, PEM, its owner's alone); a new one where there is none.
 *
 * @throws {FatalError} the file is no Ed25519 key, or cannot be read or written
 */
export async function openIdentityKey(path: string): Promise<IdentityKey> {
  try {
    return toIdentityKey(createPrivateKey(await readOrMake(path)));
  } catch (cause) {
    throw new FatalError(
      `Cannot use the key in "${path}": ${reasonOf(cause)}. Restore it from a backup; ` +
        "or move it away, and this program must be made known anew",
      { path },
      { cause },
    );
  }
}

/** A key that nobody keeps. */
export function makeIdentityKey(): IdentityKey {
  return toIdentityKey(generateKeyPairSync("ed25519").privateKey);
}

/** Whether the owner of `publicKey` has signed; false for what is no key or no signature. */
export function isSignedBy(publicKey: string, bytes: Uint8Array, signature: string): boolean {
  if (!isPublicKey(publicKey) || signature.length !== 86) return false;
  try {
    const key = createPublicKey({ key: spkiOf(publicKey), format: "der", type: "spki" });
    return verify(null, bytes, key, Buffer.from(signature, "base64url"));
  } catch {
    return false; // not a point of the curve
  }
}

export function isPublicKey(text: string): boolean {
  return PUBLIC_KEY.test(text);
}

/** SHA-256 of the key's SubjectPublicKeyInfo, as `openssl pkey -pubin -outform DER | sha256sum`. */
export function fingerprintOf(publicKey: string): string {
  return createHash("sha256").update(spkiOf(publicKey)).digest("hex");
}

/** In groups that can be read out: `1a2b 3c4d …`. */
export function showFingerprint(fingerprint: string): string {
  return fingerprint.match(/.{1,4}/g)?.join(" ") ?? "";
}

function spkiOf(publicKey: string): Buffer {
  return Buffer.concat([SPKI_HEAD, Buffer.from(publicKey, "base64url")]);
}

function toIdentityKey(key: KeyObject): IdentityKey {
  if (key.asymmetricKeyType !== "ed25519") throw new TypeError("it is not an Ed25519 key");
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  const publicKey = spki.subarray(SPKI_HEAD.length).toString("base64url");
  return {
    publicKey,
    fingerprint: fingerprintOf(publicKey),
    sign: (bytes) => sign(null, bytes, key).toString("base64url"),
  };
}

async function readOrMake(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const { privateKey } = generateKeyPairSync("ed25519");
  const pem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  // Whole from its first moment; and of two programs that make one, the first one's stays.
  const made = `${path}.${crypto.randomUUID()}`;
  try {
    await Deno.writeTextFile(made, pem, { mode: 0o600, createNew: true });
    await Deno.link(made, path).catch((error) => {
      if (!(error instanceof Deno.errors.AlreadyExists)) return Deno.rename(made, path);
    });
  } finally {
    await Deno.remove(made).catch(() => {}); // it was renamed
  }
  return await Deno.readTextFile(path);
}
