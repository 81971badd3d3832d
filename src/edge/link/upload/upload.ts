/**
 * Brings pictures to the edge by one POST with its one-time token. It is tried again only where
 * nothing can have been stored: a token is good for one upload.
 *
 * @module
 */
import { DeniedError, reasonOf, UnavailableError } from "../../../base/errors.ts";
import type { Log } from "../../../base/log.ts";
import { pause } from "../../../base/service.ts";
import type { LinkPicture } from "../../deps.ts";

export interface Upload {
  url: URL;
  token: string;
  pictures: readonly LinkPicture[];
}

export interface UploadOptions {
  signal: AbortSignal;
  log: Log;
  /** All attempts together; 2 minutes unless said. */
  limitMs?: number;
  /** Before the second attempt; twice as long before each further one. */
  firstPauseMs?: number;
}

/** One attempt; pictures are a few hundred kilobytes each. */
const ATTEMPT_MS = 60_000;
const MAX_ATTEMPTS = 5;
const MAX_REDIRECTS = 3;
const MAX_RETRY_AFTER_S = 60;

/** The connection was never there, so neither was the request. */
const NEVER_SENT = /\(Connect\)|connection refused|dns error|ECONNREFUSED|ENOTFOUND/i;
/** Answers that say "not now" instead of doing anything. */
const NOT_NOW = [429, 503];

/**
 * Returns the number of attempts that it took.
 *
 * @throws {DeniedError} the edge does not take them: they are not sent again
 * @throws {UnavailableError} there was no answer, or none that says what became of them
 */
export async function uploadPictures(upload: Upload, options: UploadOptions): Promise<number> {
  const { signal, log, limitMs = 120_000, firstPauseMs = 1000 } = options;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  const form = await formOf(upload.pictures);
  for (let attempt = 1;; attempt++) {
    const tried = await tryOnce(upload, form, limit);
    if (tried === "stored") return attempt;
    if (attempt === MAX_ATTEMPTS || limit.aborted) throw tried.failure;
    log.debug("Screenshots will be sent again", { attempt, reason: reasonOf(tried.failure) });
    const ms = tried.afterMs ?? firstPauseMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
    await pause(ms, limit);
    if (limit.aborted) throw tried.failure;
  }
}

/** The part name is the one that the published screenshot service reads: "files", repeated. */
async function formOf(pictures: readonly LinkPicture[]): Promise<FormData> {
  const form = new FormData();
  for (const [at, { mimeType, read }] of pictures.entries()) {
    const extension = mimeType.replace(/^image\/(x-)?/, "").replace("jpeg", "jpg");
    const blob = new Blob([await read()], { type: mimeType });
    form.append("files", blob, `screenshot_${at}.${extension}`);
  }
  return form;
}

/** What may be tried again is returned, what may not is thrown. */
async function tryOnce(
  { url, token }: Upload,
  form: FormData,
  limit: AbortSignal,
): Promise<"stored" | { failure: UnavailableError; afterMs?: number }> {
  const signal = AbortSignal.any([limit, AbortSignal.timeout(ATTEMPT_MS)]);
  let response: Response;
  try {
    response = await post(url, token, form, signal);
  } catch (cause) {
    if (cause instanceof DeniedError) throw cause;
    const failure = unavailable(url, reasonOf(cause), { cause });
    if (!limit.aborted && NEVER_SENT.test(`${reasonOf(cause)} ${causeOf(cause)}`)) {
      return { failure };
    }
    throw unavailable(url, `${reasonOf(cause)}; they may have come all the same`, { cause });
  }
  const said = await tellOf(response);
  if (response.ok) return "stored";
  if (NOT_NOW.includes(response.status)) {
    const afterS = Number(response.headers.get("retry-after") ?? Number.NaN);
    return {
      failure: unavailable(url, `it answers ${said}`),
      ...afterS >= 0 && { afterMs: Math.min(afterS, MAX_RETRY_AFTER_S) * 1000 },
    };
  }
  throw new DeniedError(`Cannot upload screenshots to ${url.origin}: it answers ${said}`, {
    status: response.status,
  });
}

/** Goes on where it is sent to, as long as that is the same host: the token is for no other. */
async function post(
  url: URL,
  token: string,
  body: FormData,
  signal: AbortSignal,
): Promise<Response> {
  let at = url;
  for (let count = 0;; count++) {
    const response = await fetch(at, {
      method: "POST",
      body,
      headers: { Authorization: `Bearer ${token}` },
      redirect: "manual",
      signal,
    });
    if (response.status < 300 || response.status > 399) return response;
    await response.body?.cancel();
    const target = URL.parse(response.headers.get("location") ?? "", at);
    // Others than these two ask for a GET, which brings nothing.
    const keepsMethod = response.status === 307 || response.status === 308;
    if (!target || !keepsMethod || !isSafe(target, at) || count >= MAX_REDIRECTS) {
      const to = target ? ` to ${target.origin}` : "";
      throw new DeniedError(
        `Cannot upload screenshots to ${at.origin}: it redirects${to} (${response.status}). ` +
          "Set SCREENSHOT_BASE_URL to where it is",
      );
    }
    at = target;
  }
}

/** The same host and port, and no less secret. */
function isSafe(target: URL, at: URL): boolean {
  return target.host === at.host && (target.protocol === "https:" || at.protocol === "http:");
}

/** The status and the beginning of what is said with it. */
async function tellOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const { value } = await reader?.read().catch(() => ({ value: undefined })) ?? {};
  await reader?.cancel().catch(() => {});
  const text = new TextDecoder().decode(value?.slice(0, 200)).trim();
  return text ? `${response.status}: ${text}` : String(response.status);
}

function causeOf(error: unknown): string {
  return error instanceof Error && error.cause !== undefined ? reasonOf(error.cause) : "";
}

function unavailable(url: URL, why: string, options?: ErrorOptions): UnavailableError {
  return new UnavailableError(`Cannot upload screenshots to ${url.origin}: ${why}`, {}, options);
}
