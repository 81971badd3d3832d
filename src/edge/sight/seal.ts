/**
 * Cursors that only edges of this catalogue can read: the place where a page ends may be a title or
 * a peer that whoever asks may not see.
 *
 * @module
 */
import type { Statements } from "../../db/mod.ts";
import { fromCursor, toCursor } from "../server/cursor.ts";
import { cursorKey } from "./store.ts";

export interface Seal {
  close(...keys: string[]): Promise<string>;
  /** As fromCursor(). @throws {InvalidError} it is none that this catalogue has given */
  open(cursor: string | undefined, count: number): Promise<string[]>;
}

/** Bytes of a number that AES-GCM takes once. */
const NONCE = 12;
const base64url = { alphabet: "base64url", omitPadding: true } as const;

export function createSeal(state: Statements): Seal {
  let known: Promise<CryptoKey> | undefined;
  const key = () =>
    known ??= cursorKey(state).then((it) => {
      const bytes = Uint8Array.fromBase64(it);
      return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
    }).catch((error) => {
      known = undefined;
      throw error;
    });

  return {
    async close(...keys) {
      const iv = crypto.getRandomValues(new Uint8Array(NONCE));
      const text = new TextEncoder().encode(toCursor(...keys));
      const hidden = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key(), text);
      return new Uint8Array([...iv, ...new Uint8Array(hidden)]).toBase64(base64url);
    },
    async open(cursor, count) {
      if (cursor === undefined) return fromCursor(cursor, count);
      return fromCursor(await read(cursor, await key()), count);
    },
  };
}

/** What was sealed; "", which is no cursor, where it was not sealed by this key. */
async function read(cursor: string, key: CryptoKey): Promise<string> {
  try {
    const bytes = Uint8Array.fromBase64(cursor, { alphabet: "base64url" });
    const [iv, hidden] = [bytes.subarray(0, NONCE), bytes.subarray(NONCE)];
    const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, hidden);
    return new TextDecoder().decode(text);
  } catch {
    return "";
  }
}
