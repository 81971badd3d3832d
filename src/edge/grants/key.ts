/**
 * The edge's Ed25519 key, with which it signs grants, and its name (RFC 7638, RFC 8037).
 *
 * @module
 */
import type { GrantKey } from "../messages.ts";

/** The public half is what peers are told. */
export interface EdgeKey extends GrantKey {
  privateKey: CryptoKey;
}

/** Where the edge's key comes from; asked once, when it is first needed. */
export type EdgeKeyPort = () => Promise<EdgeKey>;

/** A key of this run: grants are short-lived, and peers are told the key whenever they connect. */
export async function makeEdgeKey(): Promise<EdgeKey> {
  return await toEdgeKey(
    await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]) as CryptoKeyPair,
  );
}

/** A pair that is kept somewhere, as an edge's key. */
export async function toEdgeKey({ privateKey, publicKey }: CryptoKeyPair): Promise<EdgeKey> {
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
  const x = base64url(raw);
  return { kid: await thumbprint(x), publicKey: x, privateKey };
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
