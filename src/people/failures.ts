/**
 * Failures that only people cause: to be asked who one is, and to be asked to wait.
 *
 * @module
 */
import { DeniedError, UnavailableError } from "../base/errors.ts";

/** The caller has not shown who they are, or what they showed is no (longer) good. */
export class UnknownCallerError extends DeniedError {}

/** Too many tries: `details.retryAfterS` says when to come again. */
export class TooManyTriesError extends UnavailableError {
  constructor(readonly retryAfterS: number) {
    super(`Cannot check that now: too many tries were wrong. Try again in ${retryAfterS} s`, {
      retryAfterS,
    });
  }
}
