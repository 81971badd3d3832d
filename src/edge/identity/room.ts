/**
 * The edge's side of identity on one page: the door, invitations, and who may not come back.
 *
 * @module
 */
import { NotFoundError } from "../../base/errors.ts";
import type { Publish } from "../../base/events.ts";
import type { Log } from "../../base/log.ts";
import type { State } from "../../db/mod.ts";
import type { Session } from "../server/sessions.ts";
import { Door, type UnsignedPeers } from "./door.ts";
import type { Admitted } from "./entrance.ts";
import type { Invitation } from "./joining/enrolments.ts";
import type { PinKind } from "./joining/pins.ts";
import { type IdentityKey, makeIdentityKey } from "./keys.ts";
import type { TlsFiles } from "./port/certificates.ts";
import type { GateLimits } from "./port/gate.ts";
import { Refusals } from "./refusals.ts";
import { type Enrolment, type Identity, IdentityStore } from "./store.ts";

export interface IdentitySettings {
  /** The edge's own; one of this run unless said. */
  key?: IdentityKey;
  /** Where peers without a signature may come from; "loopback" unless said. */
  unsigned?: UnsignedPeers;
  tls?: TlsFiles | undefined;
  limits?: Partial<GateLimits>;
  /** How long a former session has to show that it lives; 2,000 unless said. */
  probeMs?: number;
}

export interface IdentityRoomOptions {
  state: State;
  edgeId: string;
  settings: IdentitySettings | undefined;
  publish: Publish;
  log: Log;
  /** Ends the peer's stream here, if it has one. */
  end(peerId: string, reason: string): Promise<void>;
}

/** What a peer has proved on its way in. */
export type Signed = Pick<Admitted, "key" | "vouch">;

/** What people may ask of the edge about who its peers are. */
export interface Identities {
  /** Of this edge: what a peer that joins pins. */
  fingerprint: string;
  /** @throws {InvalidError} it cannot be open for so long */
  invite(expiresInSec?: number, kind?: PinKind): Promise<Invitation>;
  invitations(): Promise<Enrolment[]>;
  /** @throws {NotFoundError} it is not open */
  removeInvitation(id: string): Promise<void>;
  /**
   * Ends its stream, and those of all other names of its key: none of them comes back until one is
   * restored. Whether that is new.
   */
  revoke(peerId: string): Promise<boolean>;
  /** The peer may come in again, by every name of its key. */
  restore(peerId: string): Promise<boolean>;
  /** Its name belongs to no key any more. @throws {NotFoundError} it has none */
  forgetKey(peerId: string): Promise<void>;
  /** The peer has this name and key, whatever was known of it. */
  trust(peerId: string, publicKey: string): Promise<void>;
  /** What is known of these peers. */
  among(peerIds: string[]): Promise<Identity[]>;
}

export function openIdentityRoom(options: IdentityRoomOptions) {
  const { state, edgeId, settings = {}, publish, log, end } = options;
  const { key = makeIdentityKey(), unsigned = "loopback", probeMs = 2000 } = settings;
  const store = new IdentityStore(state, key.fingerprint);
  const door = new Door({ store, key, edgeId, unsigned, publish, log });
  const identities: Identities = {
    fingerprint: key.fingerprint,
    invite: (expiresInSec, kind) => door.enrolments.create(expiresInSec, kind),
    invitations: () => door.enrolments.list(),
    removeInvitation: (id) => door.enrolments.remove(id),
    async revoke(peerId) {
      const revoked = await store.revoke(peerId, new Date().toISOString());
      const names = await store.namesOf(peerId);
      await Promise.all(names.map((name) => end(name, "the peer was revoked")));
      for (const name of revoked) {
        log.info("Peer revoked", { peerId: name });
        publish("peer.revoked", { peerId: name });
      }
      return revoked.length > 0;
    },
    async restore(peerId) {
      const restored = await store.restore(peerId);
      for (const name of restored) {
        log.info("Peer restored", { peerId: name });
        publish("peer.restored", { peerId: name });
      }
      return restored.length > 0;
    },
    async forgetKey(peerId) {
      if (!await store.forgetKey(peerId)) {
        throw new NotFoundError(`Cannot forget the key of "${peerId}": it has none`, { peerId });
      }
      // Whoever has proved that key is not the one that this name belongs to any more.
      await end(peerId, "the peer's key was forgotten");
    },
    async trust(peerId, publicKey) {
      const known = await store.find(peerId);
      if (known?.publicKey === publicKey) return;
      if (known?.publicKey) await store.forgetKey(peerId);
      await store.enrol(peerId, publicKey, "seen");
    },
    among: (peerIds) => store.among(peerIds),
  };
  const context = {
    door,
    refusals: new Refusals(log),
    signed: new WeakMap<Session, Signed>(),
    probeMs,
    tls: settings.tls,
    limits: settings.limits,
  };
  return { identities, context };
}
