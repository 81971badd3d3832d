/**
 * Viewers: which peer plays what for whom.
 *
 * @module
 */
import { Failure, NotFoundError, UnavailableError } from "../../base/errors.ts";
import { failureFromWire } from "../failures.ts";
import type { Session, Sessions } from "./sessions.ts";
import type { EdgeStore, TitleRow } from "./store.ts";

export interface EdgeStreamInfo {
  sessionId: string;
  catalogId: string;
  peerId: string;
  /** ISO 8601. */
  openedAt: string;
}

/** A browser's WebRTC offer. */
export interface StreamRequest {
  catalogId: string;
  sdp: string;
}

export interface OpenedStream {
  sessionId: string;
  peerId: string;
  /** The peer's answer. */
  sdp: string;
}

/** Viewers remembered at once; the oldest is forgotten first, and plays on. */
const MAX_STREAMS = 10_000;

export class Streams {
  readonly #open = new Map<string, EdgeStreamInfo>();

  constructor(
    readonly store: EdgeStore,
    readonly sessions: Sessions,
    /** Milliseconds that all peers together have to answer. */
    readonly limitMs: number,
  ) {}

  /**
   * Asks the peers that hold the title, one after the other, until one answers.
   *
   * @throws {NotFoundError} no such title
   * @throws {UnavailableError} no peer that holds it is there, or none answered in time
   */
  async open({ catalogId, sdp }: StreamRequest, signal: AbortSignal): Promise<OpenedStream> {
    const title = this.store.findTitle(catalogId);
    if (!title) throw new NotFoundError(`Cannot find title "${catalogId}"`, { catalogId });

    const until = Date.now() + this.limitMs;
    let refused: unknown;
    for (const session of this.#candidates(title)) {
      const left = until - Date.now();
      if (left <= 0) break;
      try {
        return await this.#ask(session, { catalogId, sdp }, left, signal);
      } catch (error) {
        signal.throwIfAborted();
        // What is wrong with the request is wrong for every peer.
        if (!(error instanceof UnavailableError || error instanceof NotFoundError)) throw error;
        refused = error;
      }
    }
    throw refused;
  }

  /** Ends a stream from the viewer's side. */
  close(sessionId: string): void {
    const stream = this.#open.get(sessionId);
    if (!stream) throw new NotFoundError(`Cannot find stream "${sessionId}"`, { sessionId });
    this.#open.delete(sessionId);
    hangUp(this.sessions.find(stream.peerId), sessionId);
  }

  /** A peer says that a stream is over; only its own are. */
  closed(peerId: string, sessionId: string): void {
    if (this.#open.get(sessionId)?.peerId === peerId) this.#open.delete(sessionId);
  }

  /** The peer has gone, and the way to its streams with it. */
  forget(peerId: string): void {
    for (const { sessionId } of this.all().filter((stream) => stream.peerId === peerId)) {
      this.#open.delete(sessionId);
    }
  }

  all(): EdgeStreamInfo[] {
    return [...this.#open.values()];
  }

  /** Peers that can be asked, the one with the fewest viewers first. */
  #candidates({ title, catalogId, replicas }: TitleRow): Session[] {
    const holders = [...new Set(replicas.map(({ peerId }) => peerId))];
    const online = holders.flatMap((peerId) => this.sessions.find(peerId) ?? []);
    const able = online.filter(({ extensions }) => extensions.includes("stream"));
    if (able.length > 0) {
      const load = ({ peerId }: Session) => this.all().filter((it) => it.peerId === peerId).length;
      return able.sort((one, other) => load(one) - load(other));
    }
    const state = holders.length === 0
      ? "no peer holds it any more"
      : online.length === 0
      ? `it is on ${quoted(holders)}, offline now`
      : `it is on ${quoted(holders)}, which cannot stream through this edge`;
    throw new UnavailableError(`Cannot play "${title}": ${state}`, { catalogId, peers: holders });
  }

  async #ask(
    session: Session,
    { catalogId, sdp }: StreamRequest,
    ms: number,
    signal: AbortSignal,
  ): Promise<OpenedStream> {
    const { peerId } = session;
    const sessionId = crypto.randomUUID();
    const request = { sessionId, catalogId, sdp };
    const message = await session.ask({ case: "streamOpenRequest", value: request }, ms, signal)
      .catch((error) => {
        hangUp(session, sessionId);
        if (!(error instanceof Failure)) throw error;
        const state = `peer "${peerId}" did not answer in ${ms} ms`;
        throw new UnavailableError(`Cannot open the stream: ${state}`, { peerId }, {
          cause: error,
        });
      });
    const { payload } = message;
    if (payload?.case !== "streamOpenResponse") {
      throw new UnavailableError(
        `Cannot open the stream: peer "${peerId}" answered something else`,
      );
    }
    const { error, message: reason, sdp: answer } = payload.value;
    if (error) throw failureFromWire(error, reason, { peerId, catalogId });
    if (signal.aborted) hangUp(session, sessionId);
    signal.throwIfAborted();

    this.#remember({ sessionId, catalogId, peerId, openedAt: new Date().toISOString() });
    return { sessionId, peerId, sdp: answer };
  }

  #remember(stream: EdgeStreamInfo): void {
    const [oldest] = this.#open.keys();
    if (this.#open.size >= MAX_STREAMS && oldest !== undefined) this.#open.delete(oldest);
    this.#open.set(stream.sessionId, stream);
  }
}

function hangUp(session: Session | undefined, sessionId: string): void {
  // A peer that has gone has no stream left to close.
  session?.send({ case: "streamClose", value: { sessionId } }).catch(() => {});
}

function quoted(peerIds: string[]): string {
  return peerIds.map((id) => `"${id}"`).join(", ");
}
