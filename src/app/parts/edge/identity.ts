/**
 * Who an edge's peers are, in the words of REST; and the keys and files that make its port safe.
 *
 * @module
 */
import { NotFoundError } from "../../../base/errors.ts";
import type { Configuration } from "../../../config/mod.ts";
import type { Edge, Identity, IdentityKey, IdentitySettings } from "../../../edge/mod.ts";
import type { IdentitiesPort } from "../../../http/mod.ts";

export function identitiesPort({ identities, findPeer }: Edge): IdentitiesPort {
  const find = async (peerId: string) => {
    const [known] = await identities.among([peerId]);
    return known ? identityBody(known) : undefined;
  };
  const findKnown = async (peerId: string) => {
    const nobody = { peerId, fingerprint: null, origin: null, enrolledAt: null, revokedAt: null };
    const body = await find(peerId) ?? (await findPeer(peerId) && identityBody(nobody));
    if (body) return body;
    throw new NotFoundError(`Cannot find peer "${peerId}"`, { id: peerId });
  };
  return {
    async invite(expiresInSec, kind) {
      const { pin, fingerprint, ...it } = await identities.invite(expiresInSec, kind);
      return { ...enrolmentBody(it), pin, edge_fingerprint: fingerprint };
    },
    invitations: async () => (await identities.invitations()).map(enrolmentBody),
    removeInvitation: (id) => identities.removeInvitation(id),
    findIdentity: findKnown,
    async setRevoked(peerId, revoked) {
      await findKnown(peerId); // a mistyped name revokes nobody
      await (revoked ? identities.revoke(peerId) : identities.restore(peerId));
      return await findKnown(peerId);
    },
    forgetKey: (peerId) => identities.forgetKey(peerId),
  };
}

/** What the edge role's settings say about its door. */
export function identitySettings(
  { value }: Configuration,
  key: IdentityKey,
): IdentitySettings {
  const { grpcUseTls, grpcCertPath, grpcKeyPath, grpcClientCertPath } = value;
  const files = { certPath: grpcCertPath, keyPath: grpcKeyPath, clientCaPath: grpcClientCertPath };
  return { key, unsigned: value.allowUnsignedPeers, ...grpcUseTls && { tls: files } };
}

function enrolmentBody(
  it: Awaited<ReturnType<Edge["identities"]["invitations"]>>[number],
) {
  const { id, kind, attempts, createdAt, expiresAt } = it;
  return { id, kind, attempts, created_at: createdAt, expires_at: expiresAt };
}

function identityBody(it: Omit<Identity, "publicKey">) {
  const { peerId, fingerprint, origin, enrolledAt, revokedAt } = it;
  return {
    peer_id: peerId,
    fingerprint,
    origin,
    enrolled_at: enrolledAt,
    revoked_at: revokedAt,
  };
}
