/**
 * How far somebody has seen a film: what a report of a player makes of what was known. Pure.
 *
 * @module
 */

export interface WatchState {
  /** Where to go on; 0: from the beginning. */
  positionMs: number;
  /** How often it was seen to its end. */
  plays: number;
  watched: boolean;
  favorite: boolean;
  /** ISO 8601, UTC. */
  lastPlayedAt: string | null;
  /** Those of the last players that were counted as plays. */
  sessions: string[];
}

/** What is known of the film's length. */
export interface Film {
  durationMs: number | null;
  chapters: readonly { startMs: number; title?: string }[];
}

export interface Report {
  positionMs: number;
  /** When the player was there, ISO 8601, UTC. */
  at: string;
  /** Names one playing of it, so that it is counted once. */
  sessionId?: string | undefined;
}

/** Nobody waits for the last of the credits. */
const WATCHED_AT = 0.9;
/** Late reports of more players than these would be counted again. */
const SESSIONS_KEPT = 20;

export const unseen: WatchState = {
  positionMs: 0,
  plays: 0,
  watched: false,
  favorite: false,
  lastPlayedAt: null,
  sessions: [],
};

/**
 * The state after a report. Of several players the one that was there last says where to go on,
 * whichever tells it last; that somebody has come to the end stays true, and counts once for each
 * session (without a name for it: once).
 */
export function reported(state: WatchState, report: Report, film: Film): WatchState {
  const { at, sessionId } = report;
  const next = { ...state };
  const position = Math.min(report.positionMs, film.durationMs ?? Infinity);
  const isFinished = position >= endOf(film);
  if (isFinished) {
    const isCounted = sessionId === undefined ? state.watched : state.sessions.includes(sessionId);
    if (!isCounted) next.plays++;
    if (sessionId !== undefined && !isCounted) {
      next.sessions = [...state.sessions, sessionId].slice(-SESSIONS_KEPT);
    }
    next.watched = true;
  }
  if (state.lastPlayedAt !== null && at < state.lastPlayedAt) return next;
  next.positionMs = isFinished ? 0 : Math.round(position);
  next.lastPlayedAt = at;
  return next;
}

/** Where a film counts as seen: at its credits, where its chapters tell, or at 90 %. */
export function endOf({ durationMs, chapters }: Film): number {
  if (!durationMs) return Infinity;
  const credits = chapters.findLast(({ title, startMs }) =>
    /\bcredits\b/i.test(title ?? "") && startMs > durationMs / 2
  );
  return Math.min(durationMs * WATCHED_AT, credits?.startMs ?? Infinity);
}
