/**
 * How a stream has ended, in words for whoever can do something about it.
 *
 * @module
 */
import type { Grpc, StatusObject } from "../proto.ts";

const NOBODY = /ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|Name resolution|Nothing answers/;

/** Our own edge says itself what is to be done. */
const OWN_WORDS = /^Cannot admit|^This peer was revoked/;

/** What a person can do about it. */
export function advice(
  { lib: { status } }: Grpc,
  { code, details }: StatusObject,
  isPatient: boolean,
): string {
  if (code === status.UNAVAILABLE && NOBODY.test(details)) {
    return " Start the edge there, or correct EDGE_GRPC_ADDRESS";
  }
  if (code === status.UNAUTHENTICATED) return ". Check the peer_id of this peer";
  if (code !== status.PERMISSION_DENIED || isPatient || OWN_WORDS.test(details)) return "";
  return ". The edge is full, or another program uses this peer_id, " +
    "or this peer is registered with another edge";
}
