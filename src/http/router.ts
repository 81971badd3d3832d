/**
 * How every resource is made: bad input is a problem, lists come in pages.
 *
 * @module
 */
import { createRoute as describeRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { HonoRequest, MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { InvalidError, UnavailableError } from "../base/errors.ts";
import { inWords, type Issue } from "../base/text/issue.ts";
import { refuseCondition } from "./conditional.ts";
import { FieldsQuery, only } from "./fields.ts";
import { sealedCursors, toCursor } from "./lists/cursors.ts";
import { page, Problem } from "./schemas.ts";

export { z };
export { fromCursor, placeFrom, toCursor } from "./lists/cursors.ts";

/**
 * A route. A body that it requires must be there: left out, it would be read as `{}`, which means
 * "all of it" to some calls, and "nothing any more" to others. What changes something takes no
 * parameter that it does not know: with `?dryrun=true` it would not be dry; and no `If-Match`, unless
 * it says in its headers that it compares it.
 */
export const createRoute: typeof describeRoute = (route) => {
  const { body, query, headers } = route.request ?? {};
  const middleware = [];
  const isConditional = headers instanceof z.ZodObject && "if-match" in headers.shape;
  if (!isConditional && !["get", "options"].includes(route.method)) {
    middleware.push(refuseCondition);
  }
  if (query instanceof z.ZodObject && route.method !== "get") {
    middleware.push(refuseUnknown(Object.keys(query.shape)));
  }
  if (route.method === "get") middleware.push(sealedCursors);
  if (body) middleware.push(takeBody(Object.keys(body.content), body.required ?? false));
  return describeRoute({ ...route, middleware });
};

function refuseUnknown(known: string[]): MiddlewareHandler {
  return async (c, next) => {
    const field = Object.keys(c.req.query()).find((it) => it !== "token" && !known.includes(it));
    if (field !== undefined) {
      throw new InvalidError(`Cannot read "${field}": there are ${known.join(", ")}`, { field });
    }
    await next();
  };
}

/** What the router refuses then is told with the types that the call takes: see `refusalOf()`. */
function takeBody(types: string[], isRequired: boolean): MiddlewareHandler {
  return async (c, next) => {
    taken.set(c.req.raw, types);
    if (isRequired && !c.req.header("content-type")) {
      throw new HTTPException(415, { message: refusalOf(c.req)! });
    }
    await next();
  };
}

const taken = new WeakMap<Request, string[]>();

/** Why a body is refused (415), in words; undefined where the call takes none. */
export function refusalOf({ raw }: HonoRequest): string | undefined {
  const types = taken.get(raw)?.join(" or ");
  if (types === undefined) return undefined;
  const sent = raw.headers.get("content-type");
  return sent === null
    ? `Cannot read the body: send one, with "content-type: ${types}"`
    : `Cannot read a body of "${sent}": send one of ${types}, and say so in "content-type"`;
}

/** A resource's routes. What its schemas refuse is an InvalidError that names the field. */
export function router(): OpenAPIHono {
  return new OpenAPIHono({
    defaultHook: (result) => {
      if (result.success) return;
      const [issue] = result.error.issues;
      const unknown = issue?.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
      const field = [...issue?.path ?? [], ...unknown].join(".") || "body";
      const problem = issue ? inWords(issue as Issue) : "it is not as expected";
      throw new InvalidError(`Cannot read "${field}": ${problem}`, { field });
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
  // The longest title of an item, in letters of three bytes each, makes one of 2,100 characters.
  cursor: z.string().min(1).max(8000).optional(),
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

/** A page of `limit` out of one item more, and the cursor of the next page. */
export function toPage<Item, Body extends object>(
  found: readonly Item[],
  limit: number,
  { body, place, fields }: {
    body(item: Item): Body;
    /** What fromCursor() or placeFrom() is given for the next page. */
    place(item: Item): string;
    /** Of each body, as `?fields=` names them; all unless said. */
    fields?: string | undefined;
  },
): { items: Body[]; next_cursor: string | null } {
  const items = found.slice(0, limit);
  const last = found.length > limit ? items.at(-1) : undefined;
  return {
    items: items.map(body).map(only(fields)),
    next_cursor: last ? toCursor(place(last)) : null,
  };
}

/** `GET /`: a page of a list. */
export function listRoute<Item extends z.ZodType>(item: Item, tags: string[], summary: string) {
  return createRoute({
    method: "get",
    path: "/",
    tags,
    summary,
    request: { query: PageQuery.extend(FieldsQuery.shape) },
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
    request: { params: IdParam, query: FieldsQuery },
    responses: { 200: json(item, summary), ...failures },
  });
}

/** `DELETE /{id}`: it is no more. */
export function removeRoute(tags: string[], summary: string, description = "It is gone") {
  return createRoute({
    method: "delete",
    path: "/{id}",
    tags,
    summary,
    request: { params: IdParam },
    responses: { 204: { description }, ...failures },
  });
}
