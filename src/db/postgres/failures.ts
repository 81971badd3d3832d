/**
 * What the failures of PostgreSQL and of the way to it mean: codes of
 * https://www.postgresql.org/docs/15/errcodes-appendix.html, of the system and of the library.
 *
 * @module
 */
import { Failure, UnavailableError } from "../../base/errors.ts";

/** No connection was made, or lost before the end: nothing can have been done. */
const unreached: Record<string, string> = {
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "the host's name cannot be looked up",
  EHOSTUNREACH: "no way to the host",
  ENETUNREACH: "no way to the host",
  ENOENT: "there is no such socket",
  CONNECT_TIMEOUT: "no answer",
  TRANSACTION_LOST: "the connection was lost",
  "57P03": "it is starting up or shutting down",
  "53300": "it has too many connections",
};

/** The connection was there, and is not any more: what was asked may be done or not. */
const lost: Record<string, string> = {
  ECONNRESET: "the connection was lost",
  EPIPE: "the connection was lost",
  ETIMEDOUT: "the connection was lost",
  CONNECTION_CLOSED: "the connection was lost",
  CONNECTION_DESTROYED: "the connection was lost",
  CONNECTION_ENDED: "the connection was closed",
  "57P01": "it was shut down",
  "57P02": "it has crashed",
};

/** It answers, and does not do it. */
const refused: Record<string, string> = {
  "25006": "it is read-only",
  "28000": "it does not let this user in",
  "28P01": "it refuses the password",
  "3D000": "there is no such database",
  "42501": "the user has no right to do this",
  "53100": "its disk is full",
  "53200": "it is out of memory",
  "55P03": "what is asked for is locked",
  "57014": "it took too long",
};

/** Another transaction was in the way: the whole of it may be tried again. */
export function isConflict(error: unknown): boolean {
  return ["40001", "40P01"].includes(codeOf(error));
}

export function canRetry(error: unknown): boolean {
  return codeOf(error) in unreached;
}

export function isLost(error: unknown): boolean {
  return canRetry(error) || codeOf(error) in lost;
}

/** The same in words that say what to do, where somebody can do something. */
export function explain(error: unknown, place: string): unknown {
  const code = codeOf(error);
  const away = unreached[code] ?? lost[code];
  const check = "check EDGE_DATABASE_URL";
  const say = (text: string) => new UnavailableError(text, { code }, { cause: error });
  if (away) return say(`Cannot reach PostgreSQL at ${place}: ${away}; ${check}`);
  if (refused[code]) return say(`Cannot use PostgreSQL at ${place}: ${refused[code]}; ${check}`);
  if (isConflict(error)) {
    return say(`Cannot use PostgreSQL at ${place}: others are in the way; try again`);
  }
  if (error instanceof UnavailableError && error.message.startsWith("no answer")) {
    return say(`Cannot reach PostgreSQL at ${place}: ${error.message}; ${check}`);
  }
  if (error instanceof Failure || !isLibrarys(error)) return error;
  return say(`Cannot reach PostgreSQL at ${place}: ${code}; ${check}`);
}

/** Of the network or of the handshake: anything with a code that is not of SQL's. */
function isLibrarys(error: unknown): boolean {
  return /^[A-Z][A-Z_]{5,}$/.test(codeOf(error));
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code ?? "");
}
