/**
 * Viewers: which peer plays what for whom, by which grant, and how the two find each other.
 *
 * @module
 */
import {
  ConflictError,
  DeniedError,
  Failure,
  NotFoundError,
  UnavailableError,
} from "../../../base/errors.ts";
import type { Log } from "../../../base/log.ts";
import { assertData } from "../../../base/text/sdp.ts";
import { failureFromWire } from "../../failures.ts";
import type { GrantDesk, ViewerPlay } from "../../grants/mod.ts";
import type { IceCandidate, IceServer, StreamOffer } from "../../messages.ts";
import { wordsOf } from "../catalog_item.ts";
import type { TitleRow } from "../store.ts";
import { OpenStreams } from "./open_streams.ts";
import { hangUp, type PeerReach, tellPeer } from "./reach.ts";
import { OWNER } from "./stream.ts";

/** What a viewer asks for. */
export interface StreamRequest {
  catalogId: string;
  /** A browser's WebRTC offer; without one the peer offers. */
  sdp?: string;
  /** Whose play it is; the owner's unless said. */
  viewer?: string;
  /** Peers from which this viewer may play it; all unless said. */
  peerIds?: readonly string[];
  /** What the viewer knows it by, for what they are told; the title unless said. */
  title?: string;
}

export interface OpenedStream {
  sessionId: string;
  peerId: string;
  /** The peer's answer; its offer where the viewer made none. */
  sdp: string;
  /** For the viewer's end. */
  iceServers?: IceServer[];
}

export interface StreamsOptions {
  findTitle(catalogId: string): TitleRow | undefined | Promise<TitleRow | undefined>;
  findPeer(peerId: string): PeerReach | undefined;
  desk: GrantDesk;
  /**
   * Whether they may play it, from this peer where one is named. Asked before a play, when it has
   * been opened, and again whenever its grant is renewed.
   */
  mayPlay(viewer: string, catalogId: string, peerId?: string): Promise<boolean>;
  /** Other edges are told that a stream is over, which may be one of theirs. */
  tellOthers?(peerId: string, sessionId: string): void;
  iceServers(user: string): IceServer[];
  /** Milliseconds that all peers together have to answer. */
  limitMs: number;
  /** Told of each stream that was asked for. */
  counted?(outcome: "opened" | "failed"): void;
  log: Log;
}

interface Copy {
  peer: PeerReach;
  /** What the peer calls it. */
  catalogId: string;
  load: number;
  /** It has just left a question without an answer. */
  isSilent: boolean;
}

/** Peers that can be asked in the time there is, if none of them says a word. */
const MAX_ASKED = 4;
/** So long others are asked before one that was silent. */
const SILENT_MS = 60_000;
const MAX_SILENT = 1000;

export class Streams {
  readonly open: OpenStreams;
  /** Peers that did not answer the last time, and until when that counts. */
  readonly #silent = new Map<string, number>();

  constructor(readonly options: StreamsOptions) {
    this.open = new OpenStreams(options);
  }

  /**
   * Asks the peers that hold the title, one after the other, until one answers.
   *
   * @throws {NotFoundError} no such title
   * @throws {DeniedError} this viewer may not play it
   * @throws {UnavailableError} no peer that holds it is there, or none answered in time
   */
  async start(request: StreamRequest, signal: AbortSignal): Promise<OpenedStream> {
    const { counted = () => {} } = this.options;
    try {
      const stream = await this.#start(request, signal);
      counted("opened");
      return stream;
    } catch (error) {
      counted("failed");
      throw error;
    }
  }

  async #start(request: StreamRequest, signal: AbortSignal): Promise<OpenedStream> {
    const { findTitle, mayPlay, limitMs } = this.options;
    const { catalogId: asked, viewer = OWNER, sdp = "" } = request;
    const found = await findTitle(asked);
    if (!found) throw new NotFoundError(`Cannot find title "${asked}"`, { catalogId: asked });
    const title = { ...found, title: request.title ?? found.title };
    const { catalogId: titleId } = title;
    if (!await mayPlay(viewer, titleId)) {
      throw new DeniedError(`Cannot play "${title.title}": it is not shared with you`);
    }

    const until = Date.now() + limitMs;
    let refused: unknown;
    const copies = this.#candidates(title, request.peerIds);
    for (const [at, { peer, catalogId }] of copies.entries()) {
      const left = until - Date.now();
      if (left <= 0) break;
      // One that is silent must leave time for the others.
      const share = Math.max(left / (copies.length - at), limitMs / MAX_ASKED);
      const ms = Math.ceil(Math.min(left, share));
      if (!await mayPlay(viewer, titleId, peer.peerId)) {
        const state = `peer "${peer.peerId}" is not shared with you`;
        refused ??= new DeniedError(`Cannot play "${title.title}": ${state}`);
        continue;
      }
      try {
        return await this.#ask(peer, { titleId, catalogId, sdp, viewer }, ms, signal);
      } catch (error) {
        signal.throwIfAborted();
        // What is wrong with the request is wrong for every peer.
        if (!(error instanceof UnavailableError || error instanceof NotFoundError)) throw error;
        refused = error;
      }
    }
    throw refused;
  }

  /** The viewer's answer to an offer of the peer. @throws {InvalidError} it is none */
  async answer(sessionId: string, sdp: string, viewer?: string): Promise<void> {
    const stream = this.open.find(sessionId, viewer);
    if (stream.sdp !== "") {
      throw new ConflictError(`Cannot answer: stream "${sessionId}" waits for no answer`);
    }
    // The peer does not say what it makes of it: the grant must not go on for nothing.
    assertData(sdp, "take the answer");
    stream.sdp = sdp;
    const grant = await this.options.desk.renew(sessionId, sdp);
    if (grant === undefined) throw new DeniedError("Cannot answer: the stream may not go on");
    await tellPeer(this.options.findPeer(stream.peerId), {
      case: "streamAnswer",
      value: { sessionId, sdp, grant },
    });
  }

  /** One more address of the viewer. */
  async candidate(candidate: IceCandidate, viewer?: string): Promise<void> {
    const { peerId } = this.open.find(candidate.sessionId, viewer);
    const peer = this.options.findPeer(peerId);
    // An older peer recognises the viewer by its first packet.
    if (!peer?.extensions.includes("trickle")) return;
    await tellPeer(peer, { case: "streamCandidate", value: candidate });
  }

  /** Peers that can be asked, by the ids of their copies; the one with the fewest viewers first. */
  #candidates({ title, catalogId, replicas }: TitleRow, peerIds?: readonly string[]): Copy[] {
    const copies = new Map(
      replicas.filter(({ peerId }) => peerIds?.includes(peerId) ?? true)
        .map(({ peerId, peerCatalogId }) => [peerId, peerCatalogId]),
    );
    const online = [...copies].flatMap(([peerId, catalogId]): Copy | [] => {
      const peer = this.options.findPeer(peerId);
      const isSilent = (this.#silent.get(peerId) ?? 0) > Date.now();
      return peer ? { peer, catalogId, load: this.open.countOf(peerId), isSilent } : [];
    });
    const able = online.filter(({ peer }) => peer.extensions.includes("stream"));
    if (able.length > 0) {
      return able.sort((one, other) =>
        Number(one.isSilent) - Number(other.isSilent) || one.load - other.load
      );
    }

    const holders = [...copies.keys()];
    const state = holders.length === 0
      ? "no peer holds it any more"
      : online.length === 0
      ? `it is on ${quoted(holders)}, offline now`
      : `it is on ${quoted(holders)}, which cannot stream through this edge`;
    throw new UnavailableError(`Cannot play "${title}": ${state}`, { catalogId, peers: holders });
  }

  async #ask(
    peer: PeerReach,
    { titleId, catalogId, sdp, viewer }: Omit<ViewerPlay, "peerId" | "sessionId">,
    ms: number,
    signal: AbortSignal,
  ): Promise<OpenedStream> {
    const { desk, iceServers, mayPlay } = this.options;
    const { peerId } = peer;
    const sessionId = crypto.randomUUID();
    const play = { titleId, catalogId, peerId, sessionId, sdp, viewer };
    // Before anything is waited for: it counts among those that are open, and can be revoked.
    const stream = this.open.add(play);
    stream.hasGrants = peer.extensions.includes("grants");
    const goesOn = () => {
      signal.throwIfAborted();
      // Revoked or closed while something was waited for.
      if (stream.over) throw new DeniedError("Cannot play: the grant was revoked");
    };
    try {
      const grant = await desk.issue(play);
      await this.open.makeRoom(stream);
      goesOn();
      const ice = iceServers(`peer-${sessionId}`);
      const request = { sessionId, catalogId, sdp, grant, iceServers: ice };
      const answer = await this.#answerOf(peer, request, ms, signal);
      goesOn();
      // From here on a change of the rules ends it; one that came before is seen now.
      stream.isOpen = true;
      if (!await mayPlay(viewer, titleId, peerId)) {
        throw new DeniedError("Cannot play: it is not shared with you any more");
      }
      goesOn();
      const servers = iceServers(`viewer-${sessionId}`);
      return { sessionId, peerId, sdp: answer, ...servers.length > 0 && { iceServers: servers } };
    } catch (error) {
      this.open.drop(sessionId);
      hangUp(peer, sessionId);
      const isRefusal = error instanceof DeniedError;
      const reason = error instanceof Failure ? error.message : "the viewer gave up";
      await desk.end(sessionId, isRefusal ? "refused" : "ended", reason);
      throw error;
    }
  }

  async #answerOf(
    peer: PeerReach,
    value: StreamOffer,
    ms: number,
    signal: AbortSignal,
  ): Promise<string> {
    const { peerId } = peer;
    const { catalogId } = value;
    const question = { case: "streamOpenRequest", value } as const;
    const { payload } = await peer.ask(question, ms, signal).catch((error) => {
      if (!(error instanceof Failure)) throw error;
      if (this.#silent.size >= MAX_SILENT) this.#silent.clear();
      this.#silent.set(peerId, Date.now() + SILENT_MS);
      const state = `peer "${peerId}" did not answer in ${ms} ms`;
      throw new UnavailableError(`Cannot open the stream: ${state}`, { peerId }, { cause: error });
    });
    this.#silent.delete(peerId);
    if (payload?.case !== "streamOpenResponse") {
      throw new UnavailableError(
        `Cannot open the stream: peer "${peerId}" answered something else`,
      );
    }
    const { error, message, sdp } = payload.value;
    if (error) throw failureFromWire(error, wordsOf(message), { peerId, catalogId });
    return sdp;
  }
}

function quoted(peerIds: string[]): string {
  return peerIds.map((id) => `"${id}"`).join(", ");
}
