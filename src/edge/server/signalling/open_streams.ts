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
import {
  earlierStream,
  type EdgeStreamInfo,
  matches,
  newStream,
  OWNER,
  type Stream,
  toInfo,
} from "./stream.ts";

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
/** Addresses of a peer that wait for the viewer. */
const MAX_CANDIDATES = 32;
/** Between looks at what is to be renewed: a peer may have come back just now. */
const LOOK_MS = 1000;
const MAX_PAUSE_MS = 30_000;

export class OpenStreams {
  readonly #open = new Map<string, Stream>();
  /** Taken up once; a look that failed is done again. */
  #resumed: Promise<void> | undefined;

  constructor(readonly options: OpenStreamsOptions) {}

  get #lifeMs(): number {
    return this.options.desk.lifeSec * 1000;
  }

  /** @throws {UnavailableError} as many are open as may be */
  add(play: ViewerPlay): Stream {
    const own = this.#open.values().filter((it) => it.viewer === play.viewer).take(MAX_OF_VIEWER);
    const isFull = this.#open.size >= MAX_STREAMS || own.toArray().length >= MAX_OF_VIEWER;
    if (isFull) throw new UnavailableError("Cannot play: too many streams are open. Close some");
    const stream = newStream(play, this.#lifeMs);
    this.#open.set(play.sessionId, stream);
    return stream;
  }

  /**
   * Ends the oldest plays of a viewer that has too many at one peer: those of a page that is gone, or
   * of somebody who would keep the peer from others.
   */
  async makeRoom({ viewer, peerId, sessionId }: Stream): Promise<void> {
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
    const { mayPlay } = this.options;
    const asked = new Map<string, Promise<boolean>>();
    let ended = 0;
    await this.#resume();
    // Those too whose peer is away for a moment: it would play on.
    for (const { sessionId, viewer, titleId, peerId } of [...this.#open.values()]) {
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
   * down as ended: at the start what an edge that was killed has left for too long.
   */
  async renewing(signal: AbortSignal): Promise<void> {
    const { desk, log } = this.options;
    const pauseMs = Math.min(this.#lifeMs / 8, MAX_PAUSE_MS);
    while (!signal.aborted) {
      try {
        await desk.endLost();
        await this.#resume();
      } catch (error) {
        log.warn("Cannot look for plays that were lost", { error });
      }
      for (const until = performance.now() + pauseMs; performance.now() < until;) {
        await this.#renewDue(pauseMs, signal);
        await pause(Math.min(pauseMs, LOOK_MS), signal);
        if (signal.aborted) return;
      }
    }
  }

  /** What this edge had allowed before it was started goes on, by the same rules. */
  #resume(): Promise<void> {
    return this.#resumed ??= this.#takeUp().catch((error) => {
      this.#resumed = undefined;
      throw error;
    });
  }

  async #takeUp(): Promise<void> {
    const rows = await this.options.desk.playingHere();
    const streams = await Promise.all(rows.map((row) => earlierStream(row, this.#lifeMs)));
    for (const stream of streams) {
      if (!this.#open.has(stream.sessionId)) this.#open.set(stream.sessionId, stream);
    }
  }

  async #renewDue(againMs: number, signal: AbortSignal): Promise<void> {
    for (const stream of [...this.#open.values()]) {
      if (signal.aborted) return;
      if (!stream.isOpen || stream.renewAt > Date.now()) continue;
      // Nothing is known of it for now: it ends with its grant, if that stays so.
      await this.#renew(stream).catch((error) => {
        stream.renewAt = Date.now() + againMs;
        this.options.log.warn("Cannot renew a grant", { sessionId: stream.sessionId, error });
      });
    }
  }

  async #renew(stream: Stream): Promise<void> {
    const { desk, findPeer, mayPlay } = this.options;
    const { sessionId, viewer, titleId } = stream;
    const peer = findPeer(stream.peerId);
    const hasGrants = peer?.extensions.includes("grants") ?? false;
    if (!peer || stream.hasGrants && !hasGrants || stream.isLast) {
      // It may come back, and play on for as long as its last grant is in force.
      if (stream.expires > Date.now()) return;
      this.drop(sessionId);
      const reason = stream.isLast ? "the edge was started anew" : "the peer has gone";
      await desk.end(sessionId, "expired", reason);
      return;
    }
    if (!await mayPlay(viewer, titleId, stream.peerId)) {
      await this.revoke({ sessionId }, "the viewer may not play it any more");
      return;
    }
    const grant = await desk.renew(sessionId);
    if (stream.over) return;
    if (grant === undefined) {
      this.drop(sessionId);
      hangUp(peer, sessionId);
      return;
    }
    stream.expires = Date.now() + this.#lifeMs;
    stream.renewAt = stream.expires - this.#lifeMs / 2;
    if (!hasGrants) return;
    await tellPeer(peer, { case: "grantRenewal", value: { sessionId, grant } });
  }
}
