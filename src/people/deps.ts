/**
 * What every part of this folder is given.
 *
 * @module
 */
import type { Publish } from "../base/events.ts";
import type { Log } from "../base/log.ts";
import type { State } from "../db/mod.ts";
import type { Audit } from "./audit/audit.ts";
import type { Shared } from "./sharing/rules.ts";

export interface Deps {
  state: State;
  publish: Publish;
  log: Log;
  /** Milliseconds since 1970. */
  now(): number;
  /** Whether the edge has heard of the peer, title or tag; its path is of slugs. */
  knows(it: Shared): Promise<boolean>;
  audit: Audit;
}

/** A moment as it stands in the database: texts of one length, so they compare as times do. */
export const iso = (ms: number): string => new Date(ms).toISOString();

export const SECOND_MS = 1000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Behind all that begins with a moment, in whatever order a database sorts letters. */
export const LAST = "9999";
