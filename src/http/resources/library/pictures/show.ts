/**
 * A picture as an answer: with an ETag always, and for ever where its address names its content.
 *
 * @module
 */
import type { Context } from "hono";
import type { Shown } from "../../../../media/mod.ts";

/** `?v=` is the picture's own ETag: such an address never shows anything else. */
const FOR_EVER = "private, max-age=31536000, immutable";

/** Answers with the picture, or 304 where the caller holds it. */
export async function show(c: Context, picture: Shown): Promise<Response> {
  const etag = `"${picture.etag}"`;
  const headers = new Headers({
    etag,
    "cache-control": c.req.query("v") === picture.etag ? FOR_EVER : "private, no-cache",
    vary: "accept",
    // What a person uploads is shown, and never run.
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
  });
  const held = c.req.header("if-none-match")?.split(",").map((it) => it.trim().replace(/^W\//, ""));
  if (held?.includes(etag)) return new Response(null, { status: 304, headers });
  const bytes = await picture.read();
  headers.set("content-type", picture.mimeType);
  headers.set("content-length", String(bytes.length));
  return new Response(bytes, { headers });
}
