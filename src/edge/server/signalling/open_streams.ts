/**
 * Streams that play now: their grants are renewed while their viewers may watch, and they end when
 * that is over.
 *
 * @module
 */
import { NotFoundError, UnavailableError } from "../../../base/errors.ts";
import type { Log } from "../../../base/log.ts";
import { pause } from "../../../base/service.ts";
import type { GrantDesk, GrantFilter, ViewerPlay } from "../../grants/mod.ts";
import type { IceCandidate } from "../../messages.ts";
import { hangUp, type PeerReach, tellPeer } from "./reach.ts";

export interface EdgeStreamInfo {
  sessionId: string;
  catalogId: string;
  peerId: string;
  viewer: string;
  /** ISO 8601. */
  openedAt: string;
  /** The viewer's offer, or its answer; "" before it has answered. */
  viewerSdp: string;
}

export interface Stream extends ViewerPlay {
  openedAt: string;
  /** The peer has answered. */
  isOpen: boolean;
  over: boolean;
  /** When its grant expires: milliseconds since 1970. */
  expires: number;
  /** Addresses of the peer that the viewer has not fetched. */
  candidates: IceCandidate[];
}

export interface OpenStreamsOptions {
  findPeer(peerId: string): PeerReach | undefined;
  desk: GrantDesk;
  mayPlay(viewer: string, catalogId: string, peerId?: string): Promise<boolean>;
  tellOthers?(peerId: string, sessionId: string): void;
  log: Log;
}

/** Streams open at once, and of one viewer. */
const MAX_STREAMS = 10_000;
const MAX_OF_VIEWER = 100;
/** What one viewer plays from one peer, over all edges: half of what a peer plays unless said. */
const MAX_AT_PEER = 8;
/** Who plays where there are no accounts: it may be many. */
export const OWNER = "owner";
/** Addresses of a peer that wait for the viewer. */
const MAX_CANDIDATES = 32;

export class OpenStreams {
  readonly #open = new Map<string, Stream>();

  constructor(readonly options: OpenStreamsOptions) {}

  /** @throws {UnavailableError} as many are open as may be */
  add(play: ViewerPlay): Stream {
    const own = this.#open.values().filter((it) => it.viewer === play.viewer).take(MAX_OF_VIEWER);
    const isFull = this.#open.size >= MAX_STREAMS || own.toArray().length >= MAX_OF_VIEWER;
    if (isFull) throw new UnavailableError("Cannot play: too many streams are open. Close some");
    const stream: Stream = {
      ...play,
      openedAt: new Date().toISOString(),
      isOpen: false,
      over: false,
      expires: Date.now() + this.options.desk.lifeSec * 1000,
      candidates: [],
    };
    this.#open.set(play.sessionId, stream);
    return stream;
  }

  /**
   * Ends the oldest plays of a viewer that has too many at one peer: those of a page that is gone, or
   * of somebody who would keep the peer from others.
   */
  async makeRoom({ viewer, peerId, sessionId }: ViewerPlay): Promise<void> {
    if (viewer === OWNER) return;
    const now = new Date().toISOString();
    const theirs = (await this.options.desk.playing({ viewer, peerId }))
      .filter((it) => it.expiresAt > now && it.sessionId !== sessionId)
      .sort((one, other) => one.issuedAt < other.issuedAt ? 1 : -1);
    for (const it of theirs.slice(MAX_AT_PEER - 1)) {
      await this.revoke({ sessionId: it.sessionId }, "the viewer plays too much from this peer");
    }
  }

  /** @throws {NotFoundError} no such stream, or one of another viewer */
  find(sessionId: string, viewer?: string): Stream {
    const stream = this.#open.get(sessionId);
    // Whose stream it is is nobody else's business: not even that it is there.
    if (stream && (viewer === undefined || stream.viewer === viewer)) return stream;
    throw new NotFoundError(`Cannot find stream "${sessionId}"`, { sessionId });
  }

  drop(sessionId: string): Stream | undefined {
    const stream = this.#open.get(sessionId);
    this.#open.delete(sessionId);
    if (stream) stream.over = true;
    return stream;
  }

  /** Ends a stream from the viewer's side. @throws {NotFoundError} as find does */
  close(sessionId: string, viewer?: string): void {
    const { peerId } = this.find(sessionId, viewer);
    this.drop(sessionId);
    hangUp(this.options.findPeer(peerId), sessionId);
    void this.options.desk.end(sessionId, "ended");
  }

  /** A peer says that a stream is over; only its own are. */
  closed(peerId: string, sessionId: string): void {
    if (this.#open.get(sessionId)?.peerId !== peerId) return;
    this.drop(sessionId);
    void this.options.desk.end(sessionId, "ended");
  }

  /** One more address of the peer; only of its own streams. */
  heard(peerId: string, candidate: IceCandidate): void {
    const stream = this.#open.get(candidate.sessionId);
    if (stream?.peerId !== peerId || stream.candidates.length >= MAX_CANDIDATES) return;
    stream.candidates.push(candidate);
  }

  /** The peer's addresses since the last time. */
  candidates(sessionId: string, viewer?: string): IceCandidate[] {
    return this.find(sessionId, viewer).candidates.splice(0);
  }

  /** Ends what plays and matches, at once; those of other edges, too. Returns how many. */
  async revoke(filter: GrantFilter, reason: string): Promise<number> {
    const { desk, findPeer, tellOthers } = this.options;
    // Those whose grants are just being written down, too.
    for (const stream of this.#open.values()) {
      if (matches(stream, filter)) stream.over = true;
    }
    const rows = await desk.playing(filter);
    const ended = await Promise.all(rows.map(async ({ sessionId, peerId }) => {
      const isHere = this.drop(sessionId) !== undefined;
      const peer = findPeer(peerId);
      // Both, so that a peer that knows no grants closes it as well.
      const value = { sessionId, reason };
      if (peer?.extensions.includes("grants")) {
        await tellPeer(peer, { case: "grantRevoked", value });
      }
      hangUp(peer, sessionId);
      const isEnded = await desk.end(sessionId, "revoked", reason);
      // When that is written: what the other edge writes is no end of its own.
      if (!isHere) tellOthers?.(peerId, sessionId);
      return isEnded;
    }));
    return ended.filter((it) => it).length;
  }

  /** Ends what plays and may not any more; how much. Other edges see to theirs. */
  async revokeForbidden(reason: string): Promise<number> {
    const { mayPlay, desk } = this.options;
    const asked = new Map<string, Promise<boolean>>();
    let ended = 0;
    // Those too whose peer is away for a moment: it would play on. So would those that began before
    // this edge was started: they are in its log only.
    const here = [...this.#open.values()];
    const earlier = (await desk.playingHere())
      .filter(({ sessionId }) => !this.#open.has(sessionId))
      .map(({ catalogId, ...it }) => ({ ...it, titleId: catalogId }));
    for (const { sessionId, viewer, titleId, peerId } of [...here, ...earlier]) {
      const key = JSON.stringify([viewer, titleId, peerId]);
      const may = asked.get(key) ?? mayPlay(viewer, titleId, peerId);
      asked.set(key, may);
      if (!await may) ended += await this.revoke({ sessionId }, reason);
    }
    return ended;
  }

  /** Streams whose peers are here. One that comes back soon plays on. */
  all(): EdgeStreamInfo[] {
    return [...this.#open.values()]
      .filter(({ isOpen, peerId }) => isOpen && this.options.findPeer(peerId) !== undefined)
      .map(toInfo);
  }

  countOf(peerId: string): number {
    return this.#open.values().reduce((count, it) => count + Number(it.peerId === peerId), 0);
  }

  /**
   * Renews until `signal` aborts: in the second half of a grant's life. What nobody renews is written
   * down as ended: at the start what an edge that was killed has left.
   */
  async renewing(signal: AbortSignal): Promise<void> {
    const { desk, log } = this.options;
    const lifeMs = desk.lifeSec * 1000;
    while (!signal.aborted) {
      await desk.endLost().catch((error) => log.warn("Cannot end plays that were lost", { error }));
      await pause(Math.min(lifeMs / 8, 30_000), signal);
      for (const stream of [...this.#open.values()]) {
        if (signal.aborted) return;
        if (!stream.isOpen || stream.expires - Date.now() > lifeMs / 2) continue;
        // Nothing is known of it for now: it ends with its grant, if that stays so.
        await this.#renew(stream).catch((error) =>
          log.warn("Cannot renew a grant", { sessionId: stream.sessionId, error })
        );
      }
    }
  }

  async #renew(stream: Stream): Promise<void> {
    const { desk, findPeer, mayPlay } = this.options;
    const { sessionId, viewer, titleId } = stream;
    const peer = findPeer(stream.peerId);
    if (!peer) {
      // It may come back, and play on for as long as its last grant is in force.
      if (stream.expires > Date.now()) return;
      this.drop(sessionId);
      await desk.end(sessionId, "expired", "the peer has gone");
      return;
    }
    if (!await mayPlay(viewer, titleId, stream.peerId)) {
      await this.revoke({ sessionId }, "the viewer may not play it any more");
      return;
    }
    const grant = await desk.renew(stream);
    if (stream.over) return;
    if (grant === undefined) {
      this.drop(sessionId);
      hangUp(peer, sessionId);
      return;
    }
    stream.expires = Date.now() + desk.lifeSec * 1000;
    if (!peer.extensions.includes("grants")) return;
    await tellPeer(peer, { case: "grantRenewal", value: { sessionId, grant } });
  }
}

function matches({ titleId, ...stream }: Stream, filter: GrantFilter): boolean {
  const { sessionId, viewer, peerId } = stream;
  const facts: GrantFilter = { sessionId, viewer, peerId, catalogId: titleId };
  return (Object.keys(facts) as (keyof GrantFilter)[])
    .every((name) => filter[name] === undefined || filter[name] === facts[name]);
}

/** What may be told of a stream. */
export function toInfo({ sdp, ...stream }: Stream): EdgeStreamInfo {
  const { sessionId, titleId: catalogId, peerId, viewer, openedAt } = stream;
  return { sessionId, catalogId, peerId, viewer, openedAt, viewerSdp: sdp };
}
