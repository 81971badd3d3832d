/**
 * Cursors: places in lists as text that nobody needs to read. Each is sealed with the path of its list,
 * for all lists in one place: in another one it would be no place, and the page would be empty.
 *
 * @module
 */
import type { z } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { InvalidError } from "../../base/errors.ts";

/** A place in a list as text that nobody needs to read. */
export function toCursor(last: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(last))).replaceAll("+", "-")
    .replaceAll("/", "_").replaceAll("=", "");
}

/** @throws {InvalidError} the cursor is not one of ours */
export function fromCursor(cursor: string | undefined): string {
  if (cursor === undefined) return "";
  try {
    const bytes = atob(cursor.replaceAll("-", "+").replaceAll("_", "/"));
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(Uint8Array.from(bytes, (it) => it.charCodeAt(0)));
  } catch (cause) {
    throw strangeCursor(cause);
  }
}

/**
 * A place of several values, which toCursor() was given as JSON.
 *
 * @throws {InvalidError} the cursor is not one of ours
 */
export function placeFrom<Place>(cursor: string, shape: z.ZodType<Place>): Place {
  try {
    return shape.parse(JSON.parse(fromCursor(cursor)));
  } catch (cause) {
    throw strangeCursor(cause);
  }
}

/**
 * Gives the cursors of a GET their seal, and takes it off those that come back. A GET that has no next
 * page has given no cursor, so it takes none.
 */
export const sealedCursors: MiddlewareHandler = async (c, next) => {
  const seal = sealOf(c.req.path);
  const cursor = c.req.query("cursor");
  if (cursor !== undefined) {
    if (!cursor.endsWith(seal) || cursor === seal) throw strangeCursor();
    const bare = cursor.slice(0, -seal.length);
    const keep = c.req.addValidatedData.bind(c.req);
    c.req.addValidatedData = (target, data) =>
      keep(target, target === "query" && "cursor" in data ? { ...data, cursor: bare } : data);
  }
  const json = c.json.bind(c);
  c.json = ((body: unknown, ...rest: []) => {
    const isPage = typeof body === "object" && body !== null && "next_cursor" in body;
    const at = isPage ? (body as { next_cursor: unknown }).next_cursor : undefined;
    return json(
      typeof at === "string" ? { ...body as object, "next_cursor": at + seal } : body,
      ...rest,
    );
  }) as typeof c.json;
  await next();
};

/** ".1k2m9z": enough to tell lists apart; it is no secret (FNV-1a, 32 bits). */
export function sealOf(path: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(path)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return `.${hash.toString(36)}`;
}

function strangeCursor(cause?: unknown): InvalidError {
  const message = 'Cannot read "cursor": take the one that the page before gave';
  return new InvalidError(message, { field: "cursor" }, { cause });
}
