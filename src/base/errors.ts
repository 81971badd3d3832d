/**
 * The failures a caller can act on, named for what the caller should do.
 * Anything else thrown is a bug: it is logged, answered as 500 and restarted.
 *
 * @module
 */

/** Parent of every expected failure. `details` is safe to show to a caller. */
export abstract class Failure extends Error {
  constructor(
    message: string,
    readonly details: Record<string, unknown> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The request itself is wrong: fix it and send it again. */
export class InvalidError extends Failure {}

/** The thing named does not exist (any more). */
export class NotFoundError extends Failure {}

/** The request is fine, but not in the present state. */
export class ConflictError extends Failure {}

/** Somebody else has changed the thing since the caller read it: read it again, then decide. */
export class StaleError extends Failure {}

/** This caller, or this process, may not do that. */
export class DeniedError extends Failure {}

/** A tool, disk or peer is not answering: the same call may work later. */
export class UnavailableError extends Failure {}

/** The process cannot go on: stop it, never restart it. */
export class FatalError extends Failure {}

/** What was thrown, as an Error: anything may be thrown. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** What went wrong, as one line: the message of an Error, else the thing itself. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
