/**
 * The keys that grants are signed with, vouched for by the key that the peer has pinned: signed
 * together with what both ends said at the door, so they count for this connection and no other.
 *
 * @module
 */
import type { GrantKey, Hello } from "../messages.ts";
import { type IdentityKey, isSignedBy } from "./keys.ts";
import { type Introduced, joined, transcript } from "./transcript.ts";

/** The edge's signature under `keys`, in base64url. */
export function vouchFor(keys: readonly GrantKey[], said: Introduced, key: IdentityKey): string {
  return key.sign(vouched(keys, said));
}

/** Whether the edge that both ends were introduced as has signed the keys in its hello. */
export function isVouched({ grantKeys = [], grantKeysSignature = "" }: Hello, said: Introduced) {
  return isSignedBy(said.edgeKey, vouched(grantKeys, said), grantKeysSignature);
}

/** In the order in which they are sent. */
function vouched(keys: readonly GrantKey[], said: Introduced): Uint8Array {
  const texts = keys.flatMap(({ kid, publicKey }) => [kid, publicKey]);
  return joined(transcript("edge vouches", said), ...texts);
}
