/**
 * All viewers of this peer: each is one WebRTC connection that reads ranges of one file.
 *
 * @module
 */
import { ConflictError, UnavailableError } from "../base/errors.ts";
import type { Publish } from "../base/events.ts";
import type { Log } from "../base/log.ts";
import { answerOffer, type Peer } from "./peer.ts";
import { type MediaSource, serveRanges } from "./ranges.ts";

export interface SessionsDeps {
  /** Opens what a catalogue id stands for; its failures reach the caller as they are. */
  openMedia(catalogId: string, signal: AbortSignal): Promise<MediaSource>;
  /** Asked for each session, so that it may change. */
  iceServers(): string[];
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
  /** The browser's offer. */
  sdp: string;
}

/** What can be told of a running session. */
export interface SessionFacts {
  sessionId: string;
  catalogId: string;
  startedAt: string;
  bytesSent: number;
}

export interface Sessions extends AsyncDisposable {
  /** Returns the SDP answer; `signal` is for the opening, not for the life of the session. */
  open(session: NewSession, signal: AbortSignal): Promise<string>;
  /** Resolves when it has ended; false when there was no such session. */
  close(sessionId: string): Promise<boolean>;
  list(): SessionFacts[];
  closeAll(): Promise<void>;
}

const defaults: SessionLimits = { maxSessions: 16, connectMs: 15_000, idleMs: 30 * 60_000 };

interface Session extends SessionFacts {
  stop: AbortController;
  ended: Promise<void>;
}

/** Starts with no viewer; ends all of them when disposed. */
export function openSessions(deps: SessionsDeps): Sessions {
  const limits = { ...defaults, ...deps.limits };
  const sessions = new Map<string, Session>();

  const open: Sessions["open"] = async ({ sessionId, catalogId, sdp }, signal) => {
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
    };
    sessions.set(sessionId, session);
    const end = () => {
      sessions.delete(sessionId);
      ended.resolve();
    };

    await using held = new AsyncDisposableStack();
    held.defer(end);
    const opening = AbortSignal.any([signal, session.stop.signal]);
    const file = held.use(await deps.openMedia(catalogId, opening));
    const iceServers = deps.iceServers();
    const peer = held.use(await answerOffer(sdp, { iceServers, signal: session.stop.signal }));
    opening.throwIfAborted();
    // From here the session lives on by itself, and lets go of all this at its end.
    const life = held.move();
    run(session, { file, peer, limits, deps })
      .catch((error) => deps.log.warn("Stream failed", { sessionId, error }))
      .finally(() => life.disposeAsync());
    return peer.sdp;
  };

  const close = async (sessionId: string) => {
    const session = sessions.get(sessionId);
    session?.stop.abort();
    await session?.ended;
    return session !== undefined;
  };

  const closeAll = async () => {
    await Promise.all([...sessions.keys()].map(close));
  };

  const list = () => {
    return Array.from(sessions.values(), ({ sessionId, catalogId, startedAt, bytesSent }) => {
      return { sessionId, catalogId, startedAt, bytesSent };
    });
  };

  return { open, close, list, closeAll, [Symbol.asyncDispose]: closeAll };
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
  try {
    await serveRanges(channel, {
      file,
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
