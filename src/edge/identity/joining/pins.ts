/**
 * What an invitation says, once: a PIN for people, three digits that name the invitation and six that
 * are its secret; or a token for programs, whose secret nobody could guess.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { randomBytes, randomInt, scrypt } from "node:crypto";
import { InvalidError } from "../../../base/errors.ts";

export interface Pin {
  /** Three digits; said openly, so that the edge knows which invitation is meant. */
  selector: string;
  /** Six digits; of a token 128 random bits in base64url. */
  secret: string;
}

export type PinKind = "pin" | "token";

export function makePin(kind: PinKind = "pin"): Pin {
  const secret = kind === "pin" ? digits(6) : randomBytes(16).toString("base64url");
  return { selector: digits(3), secret };
}

/** `123-456-789`, or `gfj_123…` */
export function showPin({ selector, secret }: Pin): string {
  if (secret.length > 6) return TOKEN_PREFIX + selector + secret;
  return [selector, secret.slice(0, 3), secret.slice(3)].join("-");
}

const TOKEN_PREFIX = "gfj_";
const TOKEN = /^gfj_(\d{3})([\w-]{22})$/;

/** @throws {InvalidError} it is neither nine digits nor a token */
export function parsePin(text: string): Pin {
  const [, selector, secret] = TOKEN.exec(text.trim()) ?? [];
  if (selector && secret) return { selector, secret };
  if (text.startsWith(TOKEN_PREFIX)) {
    throw new InvalidError("Cannot use the token: it is not whole; copy all of it");
  }
  const plain = text.replaceAll(/[\s-]/g, "");
  if (!/^\d{9}$/.test(plain)) {
    throw new InvalidError(`Cannot use the PIN: expected nine digits, such as 123-456-789`);
  }
  return { selector: plain.slice(0, 3), secret: plain.slice(3) };
}

/** What is kept of a PIN, and what the pairing works with: scrypt, salted with the edge's key. */
export function secretOf({ selector, secret }: Pin, edgeKey: string): Promise<Uint8Array> {
  return new Promise((resolve, reject) =>
    scrypt(
      `${selector}${secret}`,
      Buffer.from(edgeKey, "base64url"),
      32,
      { N: 16_384, r: 8, p: 1 },
      (error, key) => error ? reject(error) : resolve(key),
    )
  );
}

function digits(count: number): string {
  return String(randomInt(10 ** count)).padStart(count, "0");
}
