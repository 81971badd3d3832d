/**
 * The border between our failures and the words that the wire has for them.
 *
 * @module
 */
import {
  ConflictError,
  DeniedError,
  type Failure,
  InvalidError,
  NotFoundError,
  reasonOf,
  UnavailableError,
} from "../base/errors.ts";
import type { CatalogErrorReason, FailureKind } from "./messages.ts";

type FailureType = new (message: string, details?: Record<string, unknown>) => Failure;

interface Words {
  Type: FailureType;
  kind: FailureKind;
  reason: CatalogErrorReason;
}

/** THE TABLE. The published protocol has three words; ours has one for each failure. */
const words: Words[] = [
  { Type: InvalidError, kind: "INVALID", reason: "BAD_CATALOG_ID" },
  { Type: NotFoundError, kind: "NOT_FOUND", reason: "FILE_GONE" },
  { Type: ConflictError, kind: "CONFLICT", reason: "PERMISSION_DENIED" },
  { Type: DeniedError, kind: "DENIED", reason: "PERMISSION_DENIED" },
  { Type: UnavailableError, kind: "UNAVAILABLE", reason: "FILE_GONE" },
];

const reasons: readonly unknown[] = ["BAD_CATALOG_ID", "FILE_GONE", "PERMISSION_DENIED"];

/** The published word for a failure; `details.reason` may name a better one. */
export function reasonFor(error: unknown): CatalogErrorReason {
  const row = words.find(({ Type }) => error instanceof Type);
  // The original peer says PERMISSION_DENIED for anything unexpected.
  if (!row) return "PERMISSION_DENIED";
  const said = (error as Failure).details.reason;
  return reasons.includes(said) ? said as CatalogErrorReason : row.reason;
}

/** Our own word for a failure, and what may be told of it. */
export function failureToWire(error: unknown): { error: FailureKind; message: string } {
  const row = words.find(({ Type }) => error instanceof Type);
  if (!row) {
    return { error: "FAILURE_KIND_UNKNOWN", message: "the peer made a mistake: see its log" };
  }
  return { error: row.kind, message: reasonOf(error) };
}

/** The failure that the other end meant. */
export function failureFromWire(
  kind: FailureKind,
  message: string,
  details: Record<string, unknown>,
): Failure {
  const Type = words.find((row) => row.kind === kind)?.Type ?? UnavailableError;
  return new Type(message || "Cannot stream: the peer gave no reason", details);
}
