/**
 * Ways through the internet for one stream: STUN servers, and TURN servers with credentials that are
 * its own and short-lived ("A REST API For Access To TURN Services", draft-uberti-behave-turn-rest).
 *
 * @module
 */
import { createHmac } from "node:crypto";
import type { IceServer } from "../../messages.ts";

export interface IceSettings {
  stunServers: readonly string[];
  turn: readonly TurnServers[];
}

/** `turn:` and `turns:` addresses that share a secret with the edge. */
export interface TurnServers {
  urls: readonly string[];
  secret: string;
}

/** Longer than a film: a relay keeps only what was begun with credentials in force. */
const LIFE_SEC = 12 * 3600;

/** For `user`, whose name the TURN server logs, and by whom it counts its quota. */
export function iceServersFor(
  { stunServers, turn }: IceSettings,
  user: string,
  now: number = Date.now(),
): IceServer[] {
  const stun = stunServers.length > 0
    ? [{ urls: [...stunServers], username: "", credential: "" }]
    : [];
  const relays = turn.filter(({ urls, secret }) => urls.length > 0 && secret !== "")
    .map(({ urls, secret }) => ({ urls: [...urls], ...turnCredentials(secret, user, now) }));
  return [...stun, ...relays];
}

/** The name is when it expires and whose it is; the password is that name, signed. */
export function turnCredentials(
  secret: string,
  user: string,
  now: number = Date.now(),
): { username: string; credential: string } {
  const username = `${Math.floor(now / 1000) + LIFE_SEC}:${user}`;
  // The draft's algorithm; it signs a name, so that what SHA-1 lacks is not needed here.
  return { username, credential: createHmac("sha1", secret).update(username).digest("base64") };
}
