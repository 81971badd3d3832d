/**
 * A grant as text: a JWT with one algorithm, one type, and the names of its keys. The only importer
 * of the JWT library here, which reads what may be anybody's.
 *
 * @module
 */
import { DeniedError } from "../../base/errors.ts";
import type { GrantKey } from "../messages.ts";
import { type EdgeKey, sha256 } from "./key.ts";

/** Who may play what from which peer, until when. Times are seconds since 1970. */
export interface Grant {
  /** Of this one text: it is taken once. */
  id: string;
  viewer: string;
  catalogId: string;
  peerId: string;
  sessionId: string;
  /** SHA-256 of the viewer's offer: nobody else has the keys that this offer names. */
  offer: string;
  notBefore: number;
  expires: number;
}

/** What a grant is asked to allow. */
export type Play = Pick<Grant, "catalogId" | "peerId" | "sessionId"> & { sdp: string };

/** The edge's key may sign other things, too: none of them is a grant. */
const TYPE = "gfx-grant+jwt";
const ALGORITHM = "EdDSA";
const MAX_LENGTH = 4000;
/** Whatever an edge says, a grant that lives longer is no short-lived one. */
const MAX_LIFE_SEC = 3600;

/** The text of a grant, by RFC 7515 (3.1) and 8037. */
export async function signGrant(grant: Grant, key: EdgeKey): Promise<string> {
  const header = { alg: ALGORITHM, typ: TYPE, kid: key.kid };
  const claims = {
    jti: grant.id,
    viewer: grant.viewer,
    "catalog_id": grant.catalogId,
    "peer_id": grant.peerId,
    "session_id": grant.sessionId,
    offer: grant.offer,
    nbf: grant.notBefore,
    exp: grant.expires,
  };
  const signed = [header, claims].map((part) => encode(JSON.stringify(part))).join(".");
  return `${signed}.${await key.sign(new TextEncoder().encode(signed))}`;
}

function encode(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Loads the library while nobody waits for it. */
export function warmUp(): void {
  void import("jose").catch(() => {});
}

export interface ReadOptions {
  /** The edge's keys now. */
  keys: readonly GrantKey[];
  /** Seconds by which the clocks of edge and peer may differ. */
  toleranceSec: number;
}

/**
 * What the text allows, if one of `keys` has signed it and it is in force now.
 *
 * @throws {DeniedError} it is none, and why
 */
export async function readGrant(text: string, options: ReadOptions): Promise<Grant> {
  const { keys, toleranceSec } = options;
  if (text === "") throw refused("there is none");
  if (text.length > MAX_LENGTH) throw refused(`it is longer than ${MAX_LENGTH} characters`);
  const { importJWK, jwtVerify, errors } = await import("jose");
  try {
    const { payload } = await jwtVerify(text, ({ kid }) => {
      const key = keys.find((it) => it.kid === kid);
      if (!key) throw refused("it is not signed with a key of this edge");
      return importJWK({ kty: "OKP", crv: "Ed25519", x: key.publicKey }, ALGORITHM);
    }, {
      algorithms: [ALGORITHM],
      typ: TYPE,
      clockTolerance: toleranceSec,
      requiredClaims: ["jti", "nbf", "exp"],
    });
    return toGrant(payload);
  } catch (error) {
    if (error instanceof DeniedError) throw error;
    if (error instanceof errors.JWTExpired) throw refused("it has expired", error);
    throw refused(error instanceof Error ? error.message : String(error), error);
  }
}

/** @throws {DeniedError} the grant is for something else */
export async function checkGrant(grant: Grant, play: Play): Promise<void> {
  const { catalogId, peerId, sessionId, sdp } = play;
  if (grant.peerId !== peerId) throw refused("it is for another peer");
  if (grant.catalogId !== catalogId) throw refused("it is for another title");
  if (grant.sessionId !== sessionId) throw refused("it is for another session");
  if (grant.offer !== await sha256(sdp)) throw refused("it is for another viewer's offer");
}

export function refused(why: string, cause?: unknown): DeniedError {
  return new DeniedError(`Cannot take the grant: ${why}`, { grant: why }, { cause });
}

function toGrant(claims: Record<string, unknown>): Grant {
  const text = (name: string) => {
    const value = claims[name];
    if (typeof value !== "string" || value === "") throw refused(`its "${name}" is missing`);
    return value;
  };
  const [notBefore, expires] = [Number(claims.nbf), Number(claims.exp)];
  if (!(expires - notBefore <= MAX_LIFE_SEC)) {
    throw refused(`it is in force for longer than ${MAX_LIFE_SEC} s`);
  }
  return {
    id: text("jti"),
    viewer: text("viewer"),
    catalogId: text("catalog_id"),
    peerId: text("peer_id"),
    sessionId: text("session_id"),
    offer: text("offer"),
    notBefore,
    expires,
  };
}
