/**
 * What both ends have said at the door, as the bytes that they sign.
 *
 * @module
 */
import { Buffer } from "node:buffer";

export interface Introduced {
  edgeId: string;
  /** Public keys and nonces in base64url, as they travel. */
  edgeKey: string;
  edgeNonce: string;
  peerId: string;
  peerKey: string;
  peerNonce: string;
}

/** Who signs, and for what: a signature for one purpose is none for another. */
export type Purpose =
  | "edge admits"
  | "edge vouches"
  | "peer enters"
  | "edge pairs"
  | "peer pairs"
  | "pairing";

/** Each text with its length before it, so that no two introductions give the same bytes. */
export function transcript(purpose: Purpose, it: Introduced): Uint8Array {
  return joined(
    `giggityflix 1: ${purpose}`,
    it.edgeId,
    it.edgeKey,
    it.edgeNonce,
    it.peerId,
    it.peerKey,
    it.peerNonce,
  );
}

/** Texts and bytes, each with its length in four bytes before it. */
export function joined(...parts: (string | Uint8Array)[]): Uint8Array {
  return Buffer.concat(parts.flatMap((part) => {
    const bytes = Buffer.from(part as string);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return [length, bytes];
  }));
}

/** 32 bytes that were never used before, in base64url. */
export function makeNonce(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
}

export function isNonce(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}
