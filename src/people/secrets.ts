/**
 * Secrets and ids. A secret is shown once and kept as a hash only, so that whoever reads the
 * database cannot use it. Its first letters say what it is, to people and to scanners of leaks.
 *
 * @module
 */
import { createHash, randomBytes } from "node:crypto";

const prefixes = {
  access: "gfa_",
  refresh: "gfr_",
  apiToken: "gft_",
  invitation: "gfi_",
  setup: "gfs_",
} as const;

export type SecretKind = keyof typeof prefixes;

/** 32 random bytes: nobody guesses them, so a plain hash of them is enough. */
export function newSecret(kind: SecretKind): string {
  return prefixes[kind] + randomBytes(32).toString("base64url");
}

/** Whether a text has the form of such a secret; nothing else is looked for. */
export function isSecret(text: string, kind: SecretKind): boolean {
  return text.startsWith(prefixes[kind]) && /^gf[a-z]_[\w-]{43}$/.test(text);
}

/** SHA-256, hexadecimal: what stands in the database. */
export function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** `usr_…`: 16 letters and figures of chance behind a word that says of what. */
export function newId(what: string): string {
  return `${what}_${randomBytes(10).toString("hex").slice(0, 16)}`;
}

/** Whether it is an id of that, and no name. */
export const isIdOf = (text: string, what: string): boolean =>
  new RegExp(`^${what}_[0-9a-f]{16}$`).test(text);
