/**
 * The edge's Ed25519 key, with which it signs grants, and its name (RFC 7638, RFC 8037).
 *
 * @module
 */
import type { GrantKey } from "../messages.ts";

/** The public half is what peers are told. */
export interface EdgeKey extends GrantKey {
  /** An Ed25519 signature in base64url. */
  sign(bytes: Uint8Array<ArrayBuffer>): string | Promise<string>;
}

/** Where the edge's key comes from; asked once, when it is first needed. */
export type EdgeKeyPort = () => Promise<EdgeKey>;

/** A key of this run: grants are short-lived, and peers are told the key whenever they connect. */
export async function makeEdgeKey(): Promise<EdgeKey> {
  const pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
  const { privateKey, publicKey } = pair as CryptoKeyPair;
  return await toEdgeKey({
    publicKey: base64url(new Uint8Array(await crypto.subtle.exportKey("raw", publicKey))),
    sign: async (bytes) =>
      base64url(new Uint8Array(await crypto.subtle.sign("Ed25519", privateKey, bytes))),
  });
}

/** A key that is kept somewhere, such as the edge's identity. */
export async function toEdgeKey(key: Omit<EdgeKey, "kid">): Promise<EdgeKey> {
  return { kid: await thumbprint(key.publicKey), publicKey: key.publicKey, sign: key.sign };
}

/** Of the public key `x`: its members in the order that RFC 7638 asks for. */
export async function thumbprint(x: string): Promise<string> {
  return await sha256(JSON.stringify({ crv: "Ed25519", kty: "OKP", x }));
}

/** SHA-256 of a text, in base64url. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return base64url(new Uint8Array(digest));
}

function base64url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
