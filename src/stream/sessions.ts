/**
 * All viewers of this peer: each is one WebRTC connection that reads ranges of one file.
 *
 * @module
 */
import { ConflictError, NotFoundError, UnavailableError } from "../base/errors.ts";
import type { Publish } from "../base/events.ts";
import type { Log } from "../base/log.ts";
import { answerOffer, type Candidate, type IceServer, makeOffer, type Peer } from "./peer.ts";
import { type MediaSource, serveRanges } from "./ranges.ts";

export interface SessionsDeps {
  /** Opens what a catalogue id stands for; its failures reach the caller as they are. */
  openMedia(catalogId: string, signal: AbortSignal): Promise<MediaSource>;
  /** Our own, beside those of a session; asked for each, so that they may change. */
  iceServers(): string[];
  /** An address of ours that was found after the answer. */
  onCandidate?(sessionId: string, candidate: Candidate): void;
  /** A session is over, whether it was ever used or not. */
  onEnd?(sessionId: string): void;
  publish: Publish;
  log: Log;
  limits?: Partial<SessionLimits>;
}

export interface SessionLimits {
  maxSessions: number;
  /** From the answer to the open data channel. */
  connectMs: number;
  /** Without a request; the browser comes back by itself when it wants more. */
  idleMs: number;
}

export interface NewSession {
  sessionId: string;
  catalogId: string;
  /** The browser's offer; without one we offer, and the browser's answer comes later. */
  sdp?: string;
  /** For this session only. */
  iceServers?: IceServer[];
}

/** What can be told of a running session. */
export interface SessionFacts {
  sessionId: string;
  catalogId: string;
  startedAt: string;
  bytesSent: number;
}

export interface Sessions extends AsyncDisposable {
  /** Returns our SDP; `signal` is for the opening, not for the life of the session. */
  open(session: NewSession, signal: AbortSignal): Promise<string>;
  /**
   * The browser's answer to our offer.
   *
   * @throws {NotFoundError} no such session
   * @throws {InvalidError} it is no answer to our offer
   */
  answer(sessionId: string, sdp: string): Promise<void>;
  /** One more address of the browser; one that is of no use is passed over. */
  addCandidate(sessionId: string, candidate: Candidate): void;
  /**
   * Resolves when it has ended; false when there was no such session. With a reason, for people, the
   * browser is told that its play is over, and has a moment to hang up.
   */
  close(sessionId: string, reason?: string): Promise<boolean>;
  list(): SessionFacts[];
  closeAll(): Promise<void>;
}

const defaults: SessionLimits = { maxSessions: 16, connectMs: 15_000, idleMs: 30 * 60_000 };

interface Session extends SessionFacts {
  stop: AbortController;
  ended: Promise<void>;
  revoked: PromiseWithResolvers<string>;
  /** It has been told why it is over, and ends by itself. */
  isLeaving: boolean;
  /** Its channel is open. */
  isServed: boolean;
  peer?: Peer;
  /** Addresses of the browser that came before there was a connection. */
  early: Candidate[];
}

const MAX_EARLY = 32;

/** Starts with no viewer; ends all of them when disposed. */
export function openSessions(deps: SessionsDeps): Sessions {
  const limits = { ...defaults, ...deps.limits };
  const sessions = new Map<string, Session>();

  const open: Sessions["open"] = async (request, signal) => {
    const { sessionId, catalogId, sdp } = request;
    if (sessions.has(sessionId)) {
      throw new ConflictError(`Cannot open session "${sessionId}": it is open`, { sessionId });
    }
    if (sessions.size >= limits.maxSessions) {
      throw new UnavailableError(`Cannot open a session: ${limits.maxSessions} are open`);
    }
    const ended = Promise.withResolvers<void>();
    const session: Session = {
      sessionId,
      catalogId,
      startedAt: new Date().toISOString(),
      bytesSent: 0,
      stop: new AbortController(),
      ended: ended.promise,
      revoked: Promise.withResolvers(),
      isLeaving: false,
      isServed: false,
      early: [],
    };
    sessions.set(sessionId, session);
    const end = () => {
      sessions.delete(sessionId);
      ended.resolve();
      deps.onEnd?.(sessionId);
    };

    await using held = new AsyncDisposableStack();
    held.defer(end);
    const opening = AbortSignal.any([signal, session.stop.signal]);
    const file = held.use(await deps.openMedia(catalogId, opening));
    const options = {
      iceServers: serversOf(request, deps.iceServers()),
      signal: session.stop.signal,
      onCandidate: (candidate: Candidate) => deps.onCandidate?.(sessionId, candidate),
    };
    const peer = held.use(
      await (sdp === undefined ? makeOffer(options) : answerOffer(sdp, options)),
    );
    opening.throwIfAborted();
    session.peer = peer;
    session.early.splice(0).forEach(peer.addCandidate);
    // From here the session lives on by itself, and lets go of all this at its end.
    const life = held.move();
    run(session, { file, peer, limits, deps })
      .catch((error) => deps.log.warn("Stream failed", { sessionId, error }))
      .finally(() => life.disposeAsync());
    return peer.sdp;
  };

  const answer: Sessions["answer"] = async (sessionId, sdp) => {
    const peer = sessions.get(sessionId)?.peer;
    if (!peer) throw new NotFoundError(`Cannot find session "${sessionId}"`, { sessionId });
    await peer.answer(sdp);
  };

  const addCandidate: Sessions["addCandidate"] = (sessionId, candidate) => {
    const session = sessions.get(sessionId);
    if (session?.peer) session.peer.addCandidate(candidate);
    else if (session && session.early.length < MAX_EARLY) session.early.push(candidate);
  };

  const close: Sessions["close"] = async (sessionId, reason) => {
    const session = sessions.get(sessionId);
    if (!session) return false;
    if (reason !== undefined && session.isServed) {
      session.isLeaving = true;
      session.revoked.resolve(reason);
    } else if (!session.isLeaving) session.stop.abort();
    await session.ended;
    return true;
  };

  const closeAll = async () => {
    await Promise.all(Array.from(sessions.values(), ({ stop, ended }) => {
      stop.abort();
      return ended;
    }));
  };

  const list = () => {
    return Array.from(sessions.values(), ({ sessionId, catalogId, startedAt, bytesSent }) => {
      return { sessionId, catalogId, startedAt, bytesSent };
    });
  };

  return { open, answer, addCandidate, close, list, closeAll, [Symbol.asyncDispose]: closeAll };
}

/** Those of the session, and ours that are not among them. */
function serversOf({ iceServers = [] }: NewSession, own: string[]): IceServer[] {
  const known = new Set(iceServers.flatMap(({ urls }) => urls));
  const more = own.filter((url) => !known.has(url));
  return more.length > 0
    ? [...iceServers, { urls: more, username: "", credential: "" }]
    : iceServers;
}

interface Held {
  file: MediaSource;
  peer: Peer;
  limits: SessionLimits;
  deps: SessionsDeps;
}

async function run(session: Session, { file, peer, limits, deps }: Held): Promise<void> {
  const { sessionId, catalogId, stop } = session;
  const late = setTimeout(() => stop.abort(), limits.connectMs);
  const channel = await peer.channel.finally(() => clearTimeout(late));

  deps.publish("stream.opened", { session_id: sessionId, catalog_id: catalogId });
  deps.log.info("Stream opened", { sessionId, catalogId });
  session.isServed = true;
  try {
    await serveRanges(channel, {
      file,
      revoked: session.revoked.promise,
      signal: stop.signal,
      idleMs: limits.idleMs,
      onSent: (bytes) => session.bytesSent += bytes,
    });
  } finally {
    const { bytesSent } = session;
    const seconds = (Date.now() - Date.parse(session.startedAt)) / 1000;
    deps.publish("stream.closed", {
      session_id: sessionId,
      catalog_id: catalogId,
      bytes_sent: bytesSent,
      seconds,
    });
    deps.log.info("Stream closed", { sessionId, catalogId, bytesSent, seconds });
  }
}
