/**
 * Who asks, in every call that changes the library: `?user=`, and one batch per request, so that what
 * it does is undone as one.
 *
 * @module
 */
import type { Context } from "hono";
import { newBatch } from "../../../items/mod.ts";
import { etagOf } from "../../conditional.ts";
import { libraryUser } from "../../admission/caller.ts";
import { createRoute, failures, IdParam, json, z } from "../../router.ts";

export const UserQuery = z.object({
  user: z.string().trim().min(1).max(100).optional().openapi({
    description: "Who asks: the owner may name anybody, everybody else is who they are",
    example: "owner",
  }).transform(libraryUser),
});

/** `If-Match`, for the OpenAPI text; expectedVersion() reads it. */
export const IfMatch = z.object({
  "if-match": z.string().max(50).optional().openapi({
    description: "The ETag that the edit was made from; another one by now is refused with 412",
    example: '"3"',
  }),
});

/** The user, and a batch for all that this request does. */
export function byOf({ user }: { user: string }): { user: string; batch: string } {
  return { user, batch: newBatch() };
}

/** Tells the version of what the answer shows. */
export function tell(c: Context, { version }: { version: number }): void {
  c.header("etag", etagOf(version));
}

interface Bodies<Takes, Gives> {
  takes: Takes;
  gives: Gives;
  /** What the answer is. */
  what: string;
}

/** `POST /`: one more, by a user. */
export function createByRoute<Takes extends z.ZodType, Gives extends z.ZodType>(
  tags: string[],
  summary: string,
  { takes, gives, what }: Bodies<Takes, Gives>,
) {
  return createRoute({
    method: "post",
    path: "/",
    tags,
    summary,
    request: { query: UserQuery, body: body(takes) },
    responses: { 201: json(gives, what), ...failures },
  });
}

/** `PATCH /{id}` by a user, unless somebody has changed it meanwhile. */
export function editByRoute<Takes extends z.ZodType, Gives extends z.ZodType>(
  tags: string[],
  summary: string,
  { takes, gives, what }: Bodies<Takes, Gives>,
) {
  return createRoute({
    method: "patch",
    path: "/{id}",
    tags,
    summary,
    request: { params: IdParam, query: UserQuery, headers: IfMatch, body: body(takes) },
    responses: { 200: json(gives, what), ...failures },
  });
}

/** `DELETE /{id}` by a user, unless somebody has changed it meanwhile. */
export function removeByRoute(tags: string[], summary: string, description = "It is gone") {
  return createRoute({
    method: "delete",
    path: "/{id}",
    tags,
    summary,
    request: { params: IdParam, query: UserQuery, headers: IfMatch },
    responses: { 204: { description }, ...failures },
  });
}

/** A request body in JSON, with an example in its schema. */
export function body<Schema extends z.ZodType>(schema: Schema) {
  return { content: { "application/json": { schema } }, required: true };
}
