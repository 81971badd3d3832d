/**
 * Who may come in. A peer that shows a key must prove it with a signature over what both ends have
 * just made up, so nothing that was once heard can be said again; one without a key comes in only
 * where unsigned peers may, and never under the name of a peer that has one.
 *
 * @module
 */
import { hostOf, isLoopback } from "../../base/address.ts";
import { DeniedError } from "../../base/errors.ts";
import type { Publish } from "../../base/events.ts";
import type { Log } from "../../base/log.ts";
import type { Challenge, GrantKey, Proof } from "../messages.ts";
import { Enrolments, type Try } from "./joining/enrolments.ts";
import { type IdentityKey, isPublicKey, isSignedBy } from "./keys.ts";
import type { IdentityStore } from "./store.ts";
import { type Introduced, isNonce, makeNonce, transcript } from "./transcript.ts";
import { vouchFor } from "./vouching.ts";

/** Where peers without a signature may come from. */
export type UnsignedPeers = "never" | "loopback" | "always";

/** What a peer says when it opens its stream. */
export interface Visitor {
  peerId: string;
  /** Base64url; "" for a peer of the published protocol. */
  peerKey: string;
  peerNonce: string;
  /** The open part of a PIN; "" unless it joins. */
  selector: string;
  /** host:port that it came from. */
  address: string;
}

export interface DoorOptions {
  store: IdentityStore;
  key: IdentityKey;
  edgeId: string;
  unsigned: UnsignedPeers;
  publish: Publish;
  log: Log;
}

/** Longer than any two clocks should differ. */
const RECENT_MS = 600_000;

/** What the visitor is asked, and what its answer must pass. */
export interface Question {
  challenge: Challenge;
  /** @returns the proof for a peer that joins, "" for others. @throws {DeniedError} */
  check(proof: Proof): Promise<string>;
  /** Under the keys of grants that this visitor is told, once it is in. */
  vouch(keys: readonly GrantKey[]): string;
}

export class Door {
  readonly enrolments: Enrolments;
  readonly store: IdentityStore;
  readonly #options: DoorOptions;

  constructor(options: DoorOptions) {
    this.#options = options;
    this.store = options.store;
    this.enrolments = new Enrolments(options.store, options.key);
  }

  /** Of this edge. */
  get fingerprint(): string {
    return this.#options.key.fingerprint;
  }

  /** Names revoked not long ago, here or at another edge with the same database. */
  recentlyRevoked(): Promise<string[]> {
    return this.store.revokedSince(new Date(Date.now() - RECENT_MS).toISOString());
  }

  /**
   * Whether a peer that is in is believed to have the content that it says: it was invited, or runs
   * on this machine. Whoever may come unsigned could be anybody, and name any content as theirs.
   */
  async believes(peerId: string, address: string): Promise<boolean> {
    if (isLoopback(hostOf(address))) return true;
    const { origin } = await this.store.find(peerId) ?? {};
    return origin === "pin" || origin === "token";
  }

  /** @throws {DeniedError} this peer comes without a key, and may not */
  async admitUnsigned({ peerId, address }: Visitor): Promise<void> {
    const known = await this.store.find(peerId);
    if (known?.revokedAt) throw revoked(peerId);
    if (known?.publicKey) {
      throw new DeniedError(
        `Cannot admit "${peerId}": this peer has a key, and the connection is not signed with it`,
      );
    }
    if (!this.#mayBeUnsigned(address)) throw notEnrolled(peerId);
  }

  /** @throws {DeniedError} nothing that it could prove would let it in */
  async ask(visitor: Visitor): Promise<Question> {
    const { peerId, peerKey, peerNonce, selector, address } = visitor;
    if (!isPublicKey(peerKey) || !isNonce(peerNonce)) {
      throw new DeniedError(`Cannot admit "${peerId}": its peer_key or peer_nonce is none`);
    }
    await this.#mayEnter(visitor);
    const { key, edgeId } = this.#options;
    const edgeNonce = makeNonce();
    const said = { edgeId, edgeKey: key.publicKey, edgeNonce, peerId, peerKey, peerNonce };
    const joining = selector ? await this.enrolments.begin(selector, said, address) : undefined;
    return {
      challenge: {
        nonce: edgeNonce,
        publicKey: key.publicKey,
        signature: key.sign(transcript("edge admits", said)),
        share: joining?.share ?? "",
      },
      check: (proof) => this.#check(proof, said, visitor, joining),
      vouch: (keys) => vouchFor(keys, said, key),
    };
  }

  async #check(
    proof: Proof,
    said: Introduced,
    visitor: Visitor,
    joining: Try | undefined,
  ): Promise<string> {
    const { peerId, peerKey } = visitor;
    if (!isSignedBy(peerKey, transcript("peer enters", said), proof.signature)) {
      throw new DeniedError(`Cannot admit "${peerId}": its signature is wrong`);
    }
    const mac = joining ? await joining.finish(proof.share, proof.mac) : "";
    if (joining) {
      const { publish, log } = this.#options;
      log.info("Peer has joined", { peerId, address: visitor.address });
      publish("peer.joined", { peerId });
    }
    // Of two that came for a new name at once, one has it now.
    if (!await this.#mayEnter(visitor)) await this.store.enrol(peerId, peerKey, "seen");
    await this.#mayEnter(visitor);
    return mac;
  }

  /** @returns whether the name is the key's already. @throws {DeniedError} it may not come in */
  async #mayEnter({ peerId, peerKey, selector, address }: Visitor): Promise<boolean> {
    const known = await this.store.find(peerId);
    if (known?.revokedAt || await this.store.isRevoked(peerKey)) throw revoked(peerId);
    if (known?.publicKey === peerKey) return true;
    if (known?.publicKey) {
      throw new DeniedError(
        `Cannot admit "${peerId}": this peer_id belongs to another key. If its key is lost, ` +
          'forget the old one at the edge ("giggityflix peers forget") and join anew',
      );
    }
    if (!selector && !this.#mayBeUnsigned(address)) throw notEnrolled(peerId);
    return false;
  }

  #mayBeUnsigned(address: string): boolean {
    const { unsigned } = this.#options;
    return unsigned === "always" || unsigned === "loopback" && isLoopback(hostOf(address));
  }
}

function revoked(peerId: string): DeniedError {
  return new DeniedError(
    `Cannot admit "${peerId}": this peer was revoked; "giggityflix peers restore" at the edge undoes it`,
  );
}

function notEnrolled(peerId: string): DeniedError {
  return new DeniedError(
    `Cannot admit "${peerId}": it has not joined this edge. ` +
      'Ask for a PIN ("giggityflix peers invite" there), and use "giggityflix join"',
  );
}
