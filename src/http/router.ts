/**
 * How every resource is made: bad input is a problem, lists come in pages.
 *
 * @module
 */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { InvalidError, UnavailableError } from "../base/errors.ts";
import { page, Problem } from "./schemas.ts";

export { createRoute, z };

/** A resource's routes. What its schemas refuse is an InvalidError that names the field. */
export function router(): OpenAPIHono {
  return new OpenAPIHono({
    defaultHook: (result) => {
      if (result.success) return;
      const [issue] = result.error.issues;
      const unknown = issue?.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
      const field = [...issue?.path ?? [], ...unknown].join(".") || "body";
      throw new InvalidError(`Cannot read "${field}": ${issue?.message}`, { field });
    },
  });
}

/** A resource that this program does not have in its present role. */
export function absent(reason: string): OpenAPIHono {
  const routes = router();
  routes.all("*", () => {
    throw new UnavailableError(reason);
  });
  return routes;
}

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(500).optional(),
});

export const IdParam = z.object({
  id: z.string().max(300).openapi({ param: { name: "id", in: "path" } }),
});

/** The OpenAPI side of a JSON answer. */
export function json<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { content: { "application/json": { schema } }, description };
}

/** The problems that any call may answer with. */
export const failures = {
  default: {
    content: { "application/problem+json": { schema: Problem } },
    description: "A problem (RFC 9457)",
  },
};

export function pageOf<Item extends z.ZodType>(item: Item, description: string) {
  return json(page(item), description);
}

/** `GET /`: a page of a list. */
export function listRoute<Item extends z.ZodType>(item: Item, tags: string[], summary: string) {
  return createRoute({
    method: "get",
    path: "/",
    tags,
    summary,
    request: { query: PageQuery },
    responses: { 200: pageOf(item, summary), ...failures },
  });
}

/** `GET /{id}`: one thing. */
export function findRoute<Item extends z.ZodType>(item: Item, tags: string[], summary: string) {
  return createRoute({
    method: "get",
    path: "/{id}",
    tags,
    summary,
    request: { params: IdParam },
    responses: { 200: json(item, summary), ...failures },
  });
}

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
    return new TextDecoder().decode(Uint8Array.from(bytes, (it) => it.charCodeAt(0)));
  } catch {
    throw new InvalidError('Cannot read "cursor": take the one that the page before gave', {});
  }
}
