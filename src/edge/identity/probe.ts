/**
 * Whether a session still has a peer at its other end.
 *
 * @module
 */
import type { Session } from "../server/sessions.ts";

/** A peer of the published protocol that was heard so lately lives. */
const FRESH_MS = 5000;

/** Asks what the peer must answer, and takes any message for an answer. */
export async function isAlive(session: Session, limitMs: number): Promise<boolean> {
  const { greeted, lastSeen, signal } = session;
  if (signal.aborted) return false;
  if (!greeted && Date.now() - lastSeen < FRESH_MS) return true;
  const question = greeted ? "ping" : "catalogAnnouncementRequest";
  const answered = await session.ask({ case: question, value: {} }, limitMs)
    .then(() => true, () => false);
  return answered || session.lastSeen > lastSeen;
}
