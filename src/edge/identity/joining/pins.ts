/**
 * One-time PINs: three digits that name the invitation, six that are its secret.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { randomInt, scrypt } from "node:crypto";
import { InvalidError } from "../../../base/errors.ts";

export interface Pin {
  /** Three digits; said openly, so that the edge knows which invitation is meant. */
  selector: string;
  /** Six digits. */
  secret: string;
}

export function makePin(): Pin {
  return { selector: digits(3), secret: digits(6) };
}

/** `123-456-789` */
export function showPin({ selector, secret }: Pin): string {
  return [selector, secret.slice(0, 3), secret.slice(3)].join("-");
}

/** @throws {InvalidError} it is not nine digits */
export function parsePin(text: string): Pin {
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
