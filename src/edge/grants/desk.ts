/**
 * The edge's end of grants: signs one for each play, writes down what became of it, and tells.
 *
 * @module
 */
import type { Publish } from "../../base/events.ts";
import type { Log } from "../../base/log.ts";
import type { GrantKey } from "../messages.ts";
import { type Grant, type Play, signGrant } from "./jwt.ts";
import { type EdgeKey, type EdgeKeyPort, sha256 } from "./key.ts";
import type { GrantFilter, GrantRow, GrantStore } from "./store.ts";

export interface DeskOptions {
  store: GrantStore;
  key: EdgeKeyPort;
  edgeId: string;
  /** Seconds that one grant is in force. */
  lifeSec: number;
  publish: Publish;
  log: Log;
}

/** What is asked for, and by whom. */
export type ViewerPlay = Play & {
  viewer: string;
  /** The title, as the edge calls it; the peer knows its copy as `catalogId`. */
  titleId: string;
};

/** After its expiry nobody renews a grant, and no peer plays by it, whatever its clock says. */
const LOST_MS = 60_000;

type Ending = Exclude<GrantRow["state"], "playing">;

const told: Record<Ending, (publish: Publish, data: Record<string, unknown>) => void> = {
  ended: (publish, data) => publish("grant.ended", data),
  refused: (publish, data) => publish("grant.refused", data),
  expired: (publish, data) => publish("grant.expired", data),
  revoked: (publish, data) => publish("grant.revoked", data),
};

export class GrantDesk {
  readonly #options: DeskOptions;
  #key: Promise<EdgeKey> | undefined;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  get lifeSec(): number {
    return this.#options.lifeSec;
  }

  /** What peers are told, so that they can check. */
  async keys(): Promise<GrantKey[]> {
    const { kid, publicKey } = await this.#ownKey();
    return [{ kid, publicKey }];
  }

  /** Written down first: there is no grant that the log does not know. */
  async issue(play: ViewerPlay): Promise<string> {
    const { store, edgeId, lifeSec } = this.#options;
    const { viewer, titleId, catalogId: peerCatalogId, peerId, sessionId } = play;
    const now = Date.now();
    const issuedAt = new Date(now).toISOString();
    const expiresAt = new Date(now + lifeSec * 1000).toISOString();
    const offer = await sha256(play.sdp);
    const bound = { viewer, peerId, sessionId, offer };
    const times = { issuedAt, expiresAt };
    await store.issued({ ...bound, catalogId: titleId, peerCatalogId, edgeId, ...times });
    const text = await this.#sign({ ...bound, catalogId: peerCatalogId });
    const data = { viewer, "catalog_id": titleId, "peer_id": peerId };
    this.#options.publish("grant.issued", { session_id: sessionId, end: "edge", ...data });
    this.#options.log.info("Grant issued", { sessionId, ...data });
    return text;
  }

  /**
   * A later grant for the same play, for what the log says that it is bound to; undefined when it may
   * not go on. With `sdp`, the viewer's answer, it is bound to that from now on.
   */
  async renew(sessionId: string, sdp?: string): Promise<string | undefined> {
    const { store, lifeSec } = this.#options;
    const expiresAt = new Date(Date.now() + lifeSec * 1000).toISOString();
    const answer = sdp === undefined ? undefined : await sha256(sdp);
    const row = await store.renewed(sessionId, expiresAt, answer);
    if (!row || row.offer === null || row.peerCatalogId === null) return undefined;
    const { viewer, peerId, offer, peerCatalogId: catalogId } = row;
    return await this.#sign({ viewer, peerId, sessionId, offer, catalogId });
  }

  /** Writes down how a play ended, once; false when that was known, or cannot be written. */
  async end(
    sessionId: string,
    state: Ending,
    reason?: string,
  ): Promise<boolean> {
    const { store, log } = this.#options;
    const ended = await store.end(sessionId, state, reason).catch((error) => {
      log.error("Cannot write down the end of a play", { sessionId, state, error });
      return false;
    });
    if (!ended) return false;
    this.#tell(sessionId, state, reason);
    return true;
  }

  /** Writes down the end of plays that an edge has lost: it was killed, and so is nobody's to renew. */
  async endLost(): Promise<void> {
    const before = new Date(Date.now() - LOST_MS).toISOString();
    const reason = "nobody has renewed it: the edge that did has stopped";
    for (const sessionId of await this.#options.store.endExpired(before, reason)) {
      this.#tell(sessionId, "expired", reason);
    }
  }

  #tell(sessionId: string, state: Ending, reason?: string): void {
    const data = { "session_id": sessionId, end: "edge", ...reason !== undefined && { reason } };
    told[state](this.#options.publish, data);
    this.#options.log.info(`Grant ${state}`, data);
  }

  /** Plays that this edge has allowed and that may go on now, also from before it was started. */
  async playingHere(): Promise<GrantRow[]> {
    const { store, edgeId } = this.#options;
    const now = new Date().toISOString();
    return (await store.playing({ edgeId })).filter(({ expiresAt }) => expiresAt > now);
  }

  playing(filter: GrantFilter): Promise<GrantRow[]> {
    return this.#options.store.playing(filter);
  }

  page(
    before: { issuedAt: string; sessionId: string } | undefined,
    limit: number,
  ): Promise<GrantRow[]> {
    return this.#options.store.page(before, limit);
  }

  async #sign(bound: Omit<Grant, "id" | "notBefore" | "expires">): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const grant = {
      id: crypto.randomUUID(),
      ...bound,
      notBefore: now,
      expires: now + Math.ceil(this.#options.lifeSec),
    };
    return await signGrant(grant, await this.#ownKey());
  }

  #ownKey(): Promise<EdgeKey> {
    return this.#key ??= this.#options.key();
  }
}
