/**
 * One-time tokens of uploads: JWTs of one algorithm, which is a setting and never the token's own
 * word. Their key is made once, and kept with the requests: all edges of one state share it.
 *
 * @module
 */
import type { RequestStore } from "./store.ts";

/** What a token says: in the words of the published screenshot service. */
export interface Claims {
  peerId: string;
  catalogId: string;
  requestId: string;
  /** Of this one token. */
  tokenId: string;
}

export const algorithms = ["HS256", "EdDSA"] as const;
export type TokenAlgorithm = typeof algorithms[number];

const MAX_LENGTH = 4000;

const names = {
  peerId: "peer_id",
  catalogId: "catalog_id",
  requestId: "request_id",
  tokenId: "token_id",
} satisfies Record<keyof Claims, string>;

export class Tokens {
  readonly #keys = new Map<TokenAlgorithm, Promise<JsonWebKey>>();

  constructor(readonly store: RequestStore, readonly algorithm: () => TokenAlgorithm) {}

  /** @param expires milliseconds since 1970 */
  async issue(claims: Claims, expires: number): Promise<string> {
    const { SignJWT, importJWK } = await import("jose");
    const alg = this.algorithm();
    const said = Object.entries(names).map(([name, word]) => [word, claims[name as keyof Claims]]);
    return await new SignJWT(Object.fromEntries(said))
      .setProtectedHeader({ alg, typ: "JWT" })
      .setExpirationTime(Math.floor(expires / 1000))
      .sign(await importJWK(await this.#key(alg), alg));
  }

  /** What it says, if we have signed it and it is in force; whether it was used is not known here. */
  async read(token: string): Promise<Claims | undefined> {
    if (token.length > MAX_LENGTH) return undefined;
    const { jwtVerify, importJWK } = await import("jose");
    const alg = this.algorithm();
    const { d: _private, ...key } = await this.#key(alg);
    const options = { algorithms: [alg], requiredClaims: ["exp"], typ: "JWT" };
    const read = await jwtVerify(token, await importJWK(key, alg), options).catch(() => undefined);
    if (!read) return undefined;
    const said = Object.entries(names).map(([name, word]) => [name, read.payload[word]]);
    if (!said.every(([, value]) => typeof value === "string" && value !== "")) return undefined;
    return Object.fromEntries(said);
  }

  #key(alg: TokenAlgorithm): Promise<JsonWebKey> {
    const known = this.#keys.get(alg);
    if (known) return known;
    const key = this.store.key(alg, () => makers[alg]()).then((text) => JSON.parse(text));
    this.#keys.set(alg, key);
    key.catch(() => this.#keys.delete(alg));
    return key;
  }
}

/** A new key of each algorithm, as a JSON Web Key (RFC 7517, 8037). */
const makers: Record<TokenAlgorithm, () => Promise<string>> = {
  HS256: () => {
    const bytes = crypto.getRandomValues(new Uint8Array(32));
    const k = bytes.toBase64({ alphabet: "base64url", omitPadding: true });
    return Promise.resolve(JSON.stringify({ kty: "oct", k }));
  },
  EdDSA: async () => {
    const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
    const { kty, crv, x, d } = await crypto.subtle.exportKey(
      "jwk",
      (pair as CryptoKeyPair).privateKey,
    );
    return JSON.stringify({ kty, crv, x, d });
  },
};
