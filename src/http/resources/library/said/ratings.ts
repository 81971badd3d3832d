/**
 * /api/ratings: what people think of items, in half stars.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { EditBy, Rating } from "../../../../items/mod.ts";
import { etagOf, expectedVersion } from "../../../conditional.ts";
import { FieldsQuery, only } from "../../../fields.ts";
import {
  createRoute,
  failures,
  IdParam,
  json,
  pageOf,
  PageQuery,
  router,
  z,
} from "../../../router.ts";
import { body, byOf, IfMatch, UserQuery } from "../by.ts";
import { LAST, pageWith, placeOf } from "../cursors.ts";

export interface RatingsPort {
  find(itemId: string, user: string): Rating | undefined;
  average(itemId: string): { stars: number | null; count: number };
  history(itemId: string, user: string): { stars: number | null; ratedAt: string }[];
  list(user: string, before: { ratedAt: string; itemId: string }, limit: number): Rating[];
  rate(itemId: string, stars: number | null, by: EditBy): Rating | undefined;
}

const tags = ["ratings"];

const RatingBody = z.object({
  item_id: z.string(),
  user: z.string(),
  stars: z.number().nullable().openapi({ description: "null: not rated", example: 4.5 }),
  version: z.int().openapi({ description: "0: not rated" }),
  rated_at: z.string().nullable(),
}).openapi("Rating");

const ItemRating = RatingBody.extend({
  average: z.number().nullable().openapi({
    description: "Of all who have rated it",
    example: 3.75,
  }),
  count: z.int(),
  history: z.array(z.object({ stars: z.number().nullable(), rated_at: z.string() })).openapi({
    description: "The last first, at most 100; null: taken back",
  }),
}).openapi("ItemRating");

const NewRating = z.strictObject({
  stars: z.number().min(0).max(5).multipleOf(0.5).nullable().openapi({
    description: "0.5 to 5 in steps of 0.5; 0 and null take the rating back, as DELETE does",
  }),
}).openapi("NewRating", { example: { stars: 4.5 } });

export function ratings(port: RatingsPort): OpenAPIHono {
  const one = (itemId: string, user: string): z.infer<typeof ItemRating> => {
    const { stars: average, count } = port.average(itemId);
    return {
      ...ratingBody(port.find(itemId, user) ?? { itemId, user, stars: null }),
      average,
      count,
      history: port.history(itemId, user)
        .map(({ stars, ratedAt }) => ({ stars, rated_at: ratedAt })),
    };
  };
  const routes = router();
  routes.openapi(
    createRoute({
      method: "get",
      path: "/",
      tags,
      summary: "What a user has rated, the last first",
      request: { query: PageQuery.extend(UserQuery.shape).extend(FieldsQuery.shape) },
      responses: { 200: pageOf(RatingBody, "A page of ratings"), ...failures },
    }),
    (c) => {
      const { limit, cursor, user, fields } = c.req.valid("query");
      const pick = only(fields);
      const [ratedAt, itemId] = placeOf(cursor, [LAST, LAST]);
      const found = port.list(user, { ratedAt, itemId }, limit + 1);
      const place = (it: Rating): [string, string] => [it.ratedAt, it.itemId];
      return c.json(pageWith(found, limit, { body: (it) => pick(ratingBody(it)), place }), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "get",
      path: "/items/{id}",
      tags,
      summary: "A user's rating of an item, what it was before, and the average of all",
      request: { params: IdParam, query: UserQuery.extend(FieldsQuery.shape) },
      responses: { 200: json(ItemRating, "The rating"), ...failures },
    }),
    (c) => {
      const { user, fields } = c.req.valid("query");
      const answer = one(c.req.valid("param").id, user);
      c.header("etag", etagOf(answer.version));
      return c.json(only(fields)(answer), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "put",
      path: "/items/{id}",
      tags,
      summary: "Rate an item",
      request: { params: IdParam, query: UserQuery, headers: IfMatch, body: body(NewRating) },
      responses: { 200: json(ItemRating, "The rating as it is now"), ...failures },
    }),
    (c) => {
      const { id } = c.req.valid("param");
      const by = { ...byOf(c.req.valid("query")), expected: expectedVersion(c) };
      port.rate(id, c.req.valid("json").stars, by);
      const answer = one(id, by.user);
      c.header("etag", etagOf(answer.version));
      return c.json(answer, 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "delete",
      path: "/items/{id}",
      tags,
      summary: "Take a rating back",
      request: { params: IdParam, query: UserQuery, headers: IfMatch },
      responses: { 204: { description: "It is not rated (any more)" }, ...failures },
    }),
    (c) => {
      const by = { ...byOf(c.req.valid("query")), expected: expectedVersion(c) };
      port.rate(c.req.valid("param").id, null, by);
      return c.body(null, 204);
    },
  );
  return routes;
}

function ratingBody(
  it: Rating | { itemId: string; user: string; stars: null; version?: never; ratedAt?: never },
): z.infer<typeof RatingBody> {
  return {
    item_id: it.itemId,
    user: it.user,
    stars: it.stars,
    version: it.version ?? 0,
    rated_at: it.ratedAt ?? null,
  };
}
