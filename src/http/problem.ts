/**
 * Turns what was thrown into an RFC 9457 problem. The only place that picks a status.
 *
 * @module
 */
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import {
  ConflictError,
  DeniedError,
  Failure,
  InvalidError,
  NotFoundError,
  StaleError,
  UnavailableError,
} from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { snakeCased } from "../base/text/snake_case.ts";
import { TooManyTriesError, UnknownCallerError } from "../people/mod.ts";
import { refusalOf } from "./router.ts";

/** A class stands before its parent. */
const statuses = [
  [UnknownCallerError, 401, "Not signed in"],
  [TooManyTriesError, 429, "Too many requests"],
  [InvalidError, 400, "Invalid request"],
  [DeniedError, 403, "Not allowed"],
  [NotFoundError, 404, "Not found"],
  [ConflictError, 409, "Conflict"],
  [StaleError, 412, "Changed meanwhile"],
  [UnavailableError, 503, "Not available now"],
] as const;

/** Answers with the problem; what nobody expected is logged with its stack, and told without. */
export function problems(log: Log) {
  return function onError(error: Error, c: Context): Response {
    if (error instanceof HTTPException) {
      const { status, res } = error;
      const isMute = error.message === "Unsupported Media Type";
      const message = isMute ? refusalOf(c.req) ?? error.message : error.message;
      return problem(c, status, message, "Request refused", { headers: res?.headers });
    }
    const known = statuses.find(([type]) => error instanceof type);
    if (known) {
      const details = error instanceof Failure ? error.details : {};
      return problem(c, known[1], error.message, known[2], { details });
    }
    log.error("Request failed", { method: c.req.method, path: c.req.path, error });
    return problem(
      c,
      500,
      "Something went wrong in the program: its log says what",
      "Internal error",
    );
  };
}

function problem(
  c: Context,
  status: number,
  detail: string,
  title: string,
  { details = {}, headers = new Headers() }: {
    details?: Record<string, unknown>;
    headers?: Headers | undefined;
  } = {},
): Response {
  const told = snakeCased(details) as object;
  const body = { ...told, type: "about:blank", status, title, detail, instance: c.req.path };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      ...Object.fromEntries(headers),
      "content-type": "application/problem+json",
      ...status === 401 && { "www-authenticate": "Bearer" },
      ...typeof details.retryAfterS === "number" && { "retry-after": `${details.retryAfterS}` },
    },
  });
}
