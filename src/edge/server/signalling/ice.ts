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
  /** `turn:` and `turns:` addresses that share `turnSecret`. */
  turnServers: readonly string[];
  turnSecret: string;
}

/** Longer than a film: a relay keeps only what was begun with credentials in force. */
const LIFE_SEC = 12 * 3600;

/** For `user`, whose name the TURN server logs, and by whom it counts its quota. */
export function iceServersFor(
  { stunServers, turnServers, turnSecret }: IceSettings,
  user: string,
  now: number = Date.now(),
): IceServer[] {
  const stun = stunServers.length > 0
    ? [{ urls: [...stunServers], username: "", credential: "" }]
    : [];
  if (turnServers.length === 0 || turnSecret === "") return stun;
  return [...stun, { urls: [...turnServers], ...turnCredentials(turnSecret, user, now) }];
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
