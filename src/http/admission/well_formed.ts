/**
 * Texts that no database keeps and no protocol carries are refused once, for all calls: those with a
 * NUL, and those with half a character of UTF-16. In the path, the query and bodies of JSON.
 *
 * @module
 */
import type { MiddlewareHandler } from "hono";
import { InvalidError } from "../../base/errors.ts";

/** Before any route; a body that is no JSON is the route's own to refuse. */
export const refuseMalformed: MiddlewareHandler = async (c, next) => {
  const { pathname, searchParams } = new URL(c.req.url);
  if (!isWellFormed(decoded(pathname))) throw refusal("path");
  for (const [name, value] of searchParams) {
    if (!isWellFormed(name) || !isWellFormed(value)) throw refusal(printable(name));
  }
  if (isJson(c.req.header("content-type"))) {
    // What is read here is kept: the route reads it again without work.
    const body: unknown = await c.req.json().catch(() => undefined);
    const field = malformedIn(body);
    if (field !== undefined) throw refusal(field);
  }
  await next();
};

/** The first field with such a text in it, or with such a name; "body" outside of any field. */
export function malformedIn(body: unknown): string | undefined {
  // Not by calls of itself: a body may be a million brackets deep.
  const left: [field: string, value: unknown][] = [["body", body]];
  for (let next = left.pop(); next; next = left.pop()) {
    const [field, value] = next;
    if (typeof value === "string" && !isWellFormed(value)) return field;
    if (typeof value !== "object" || value === null) continue;
    for (const [name, inner] of Object.entries(value)) {
      if (!isWellFormed(name)) return printable(name);
      left.push([field === "body" && !Array.isArray(value) ? name : field, inner]);
    }
  }
  return undefined;
}

const isWellFormed = (text: string) => !text.includes("\0") && text.isWellFormed();

const printable = (name: string) => name.toWellFormed().replaceAll("\0", "\u{FFFD}").slice(0, 100);

const isJson = (type = "") => /^application\/(json|[\w.-]+\+json)\s*(;|$)/i.test(type.trim());

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // Bytes that are no UTF-8 stay as they are written.
    return path.replaceAll(/%00/g, "\0");
  }
}

function refusal(field: string): InvalidError {
  const message = `Cannot read "${field}": it has a NUL, or half a character of UTF-16, in it`;
  return new InvalidError(message, { field });
}
