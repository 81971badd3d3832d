/**
 * Passwords as scrypt hashes that carry their own parameters: one made with lesser ones is found
 * good, and made anew. The work is done off the event loop, a few at once: each takes 32 MiB.
 *
 * @module
 */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { InvalidError } from "../../base/errors.ts";
import { Semaphore } from "../../pool/mod.ts";
import { TooManyTriesError } from "../failures.ts";

/** Logarithm of N, block size, lanes: RFC 7914's words. */
export interface Cost {
  ln: number;
  r: number;
  p: number;
}

/** OWASP's advice for 32 MiB. */
export const COST: Cost = { ln: 15, r: 8, p: 3 };
export const MIN_LENGTH = 10;
/** Nobody's passphrase is longer; hashing a book is not our work. */
const MAX_LENGTH = 1000;
const AT_ONCE = 2;
const MAX_WAITING = 50;
const HASH_BYTES = 32;

export interface Passwords {
  /** `$scrypt$ln=15,r=8,p=3$salt$hash`. @throws {InvalidError} too short, too long, too plain */
  hash(password: string, userName: string): Promise<string>;
  /**
   * Whether it is the one. Where there is no hash it takes as long, and is not.
   *
   * @throws {TooManyTriesError} too many are being looked at
   */
  matches(password: string, hash: string | undefined): Promise<boolean>;
  /** Anew, of one that was found right: what was good when it was chosen stays good. */
  rehash(password: string): Promise<string>;
  /** Whether a hash was made with less than is asked now. */
  isOutdated(hash: string): boolean;
}

export function createPasswords(cost: Cost = COST): Passwords {
  const atOnce = new Semaphore(AT_ONCE);
  const derive = async (password: string, salt: Uint8Array, { ln, r, p }: Cost) => {
    if (atOnce.waiting >= MAX_WAITING) throw new TooManyTriesError(5);
    using _permit = await atOnce.acquire();
    const options = { N: 2 ** ln, r, p, maxmem: 256 * r * 2 ** ln };
    return await new Promise<Uint8Array>((resolve, reject) => {
      scrypt(password.normalize("NFKC"), salt, HASH_BYTES, options, (error, key) => {
        if (error) reject(error);
        else resolve(key);
      });
    });
  };
  const rehash = async (password: string) => {
    const salt = randomBytes(16);
    const key = await derive(password, salt, cost);
    const { ln, r, p } = cost;
    return `$scrypt$ln=${ln},r=${r},p=${p}$${text(salt)}$${text(key)}`;
  };
  return {
    async hash(password, userName) {
      check(password, userName);
      return await rehash(password);
    },
    rehash,
    async matches(password, hash) {
      if (password.length > MAX_LENGTH) return false;
      const known = hash === undefined ? undefined : parse(hash);
      const key = await derive(password, known?.salt ?? NO_SALT, known?.cost ?? cost);
      return timingSafeEqual(key, known?.key ?? NO_KEY) && known !== undefined;
    },
    isOutdated(hash) {
      const { ln, r, p } = parse(hash).cost;
      return ln < cost.ln || r < cost.r || p < cost.p;
    },
  };
}

const NO_SALT = new Uint8Array(16);
const NO_KEY = new Uint8Array(HASH_BYTES);

function check(password: string, userName: string): void {
  const refuse = (why: string) => {
    throw new InvalidError(`Cannot take this password: ${why}`, { field: "password" });
  };
  const letters = [...password];
  if (letters.length < MIN_LENGTH) refuse(`it needs at least ${MIN_LENGTH} characters`);
  if (password.length > MAX_LENGTH) refuse(`it has more than ${MAX_LENGTH} characters`);
  if (new Set(letters).size < 4) refuse("it says the same over and over");
  const [one, other] = [password, userName].map((it) => it.normalize("NFKC").toLowerCase());
  if (one!.replaceAll(other!, "").length < MIN_LENGTH / 2) refuse("it is the name of the account");
}

function parse(hash: string): { cost: Cost; salt: Uint8Array; key: Uint8Array } {
  const [, ln, r, p, salt, key] =
    /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/.exec(hash) ?? [];
  if (!salt || !key) throw new TypeError("This is no hash of a password");
  return {
    cost: { ln: Number(ln), r: Number(r), p: Number(p) },
    salt: Uint8Array.fromBase64(salt, { alphabet: "base64url" }),
    key: Uint8Array.fromBase64(key, { alphabet: "base64url" }),
  };
}

function text(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
