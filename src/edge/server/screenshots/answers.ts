/**
 * What an upload is answered with: statuses and bodies of the published screenshot service, and those
 * that are ours, for what it had no answer to.
 *
 * @module
 */

export interface UploadAnswer {
  status: number;
  body: Record<string, unknown>;
  headers?: Record<string, string>;
}

/** What ends an upload before its end. */
export class Refusal extends Error {
  constructor(readonly answer: UploadAnswer) {
    super(`answered ${answer.status}`);
  }
}

const unauthorized = { "www-authenticate": "Bearer" };

const missing = (...loc: string[]): UploadAnswer => ({
  status: 422,
  body: { detail: [{ type: "missing", loc, msg: "Field required", input: null }] },
});

const error = (status: number, message: string, detail: string): UploadAnswer => ({
  status,
  body: { status: "error", message, detail },
});

const later = (message: string): UploadAnswer => ({
  ...error(503, message, "Nothing was stored: send it again"),
  headers: { "retry-after": "5" },
});

export const answers = {
  noHeader: missing("header", "authorization"),
  noFiles: missing("body", "files"),
  noBearer: {
    status: 401,
    body: { detail: "Invalid authorization header" },
    headers: unauthorized,
  },
  noToken: { status: 401, body: { detail: "Invalid or expired token" }, headers: unauthorized },
  otherTitle: { status: 400, body: { detail: "Catalog ID in URL does not match token" } },
  used: error(403, "Token has already been used", "This upload token has already been used"),
  otherPeer: error(
    403,
    "Screenshots already uploaded",
    "Another peer has already uploaded screenshots for this catalog ID",
  ),
  broken: error(500, "Internal server error", "The log of the edge says what"),

  // Ours.
  tooLong: (detail: string) => error(413, "Upload is too large", detail),
  slow: error(408, "Upload took too long", "Nothing was stored"),
  busy: later("Too many uploads at once"),
  notNow: later("Screenshots cannot be stored now"),
  tooMany: (max: number): UploadAnswer => ({
    status: 422,
    body: {
      detail: [{
        type: "too_long",
        loc: ["body", "files"],
        msg: `List should have at most ${max} items after validation`,
        input: null,
      }],
    },
  }),
  badBody: (msg: string): UploadAnswer => ({
    status: 422,
    body: { detail: [{ type: "value_error", loc: ["body"], msg, input: null }] },
  }),
  badFile: (index: number, msg: string): UploadAnswer => ({
    status: 422,
    body: { detail: [{ type: "value_error", loc: ["body", "files", index], msg, input: null }] },
  }),
  stored: (catalogId: string, urls: string[]): UploadAnswer => ({
    status: 200,
    body: {
      "catalog_id": catalogId,
      "screenshot_urls": urls,
      status: "success",
      message: "Screenshots uploaded successfully",
    },
  }),
} satisfies Record<string, UploadAnswer | ((...args: never[]) => UploadAnswer)>;
