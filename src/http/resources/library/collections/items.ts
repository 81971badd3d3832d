/**
 * /api/collections/{id}/items: what is in a collection, in its order.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { expectedVersion, refuseOther } from "../../../conditional.ts";
import { FieldsQuery } from "../../../fields.ts";
import {
  createRoute,
  failures,
  IdParam,
  json,
  pageOf,
  PageQuery,
  placeFrom,
  toPage,
  z,
} from "../../../router.ts";
import { body, byOf, IfMatch, tell, UserQuery } from "../by.ts";
import { Ids, LinkedBody, linkedBody } from "../tags/bodies.ts";
import { CollectionBody, collectionBody, ItemMove, Place } from "./bodies.ts";
import type { CollectionsPort } from "./collections.ts";

const tags = ["collections"];
const At = z.tuple([z.number(), z.string()]);

export function addItems(routes: OpenAPIHono, port: CollectionsPort): void {
  routes.openapi(
    createRoute({
      method: "get",
      path: "/{id}/items",
      tags,
      summary: "The items of a collection in their order",
      request: { params: IdParam, query: PageQuery.extend(FieldsQuery.shape) },
      responses: { 200: pageOf(Place, "A page of items"), ...failures },
    }),
    (c) => {
      const { limit, cursor, fields } = c.req.valid("query");
      const [position, itemId] = cursor ? placeFrom(cursor, At) : [-Infinity, ""] as const;
      const after = { position, itemId };
      const found = port.items(c.req.valid("param").id, after, limit + 1);
      return c.json(
        toPage(found, limit, {
          body: ({ itemId, title }) => ({ item_id: itemId, title }),
          place: (it) => JSON.stringify([it.position, it.itemId]),
          fields,
        }),
        200,
      );
    },
  );
  const verbs = [
    { method: "post", change: "add", summary: "Append items" },
    { method: "delete", change: "take", summary: "Take items out" },
  ] as const;
  for (const { method, change, summary } of verbs) {
    routes.openapi(
      createRoute({
        method,
        path: "/{id}/items",
        tags,
        summary,
        request: { params: IdParam, query: UserQuery, headers: IfMatch, body: body(Ids) },
        responses: { 200: json(LinkedBody, "What has changed"), ...failures },
      }),
      async (c) => {
        const { id } = c.req.valid("param");
        const by = byOf(c.req.valid("query"));
        const { name, version } = port.get(id);
        refuseOther(c, `collection "${name}"`, version);
        return c.json(linkedBody(await port[change](id, c.req.valid("json").item_ids, by)), 200);
      },
    );
  }
  routes.openapi(
    createRoute({
      method: "post",
      path: "/{id}/items/{item_id}/move",
      tags,
      summary: "Put an item just before or after another",
      request: {
        params: IdParam.extend({
          item_id: z.string().max(300).openapi({ param: { name: "item_id", in: "path" } }),
        }),
        query: UserQuery,
        headers: IfMatch,
        body: body(ItemMove),
      },
      responses: { 200: json(CollectionBody, "The collection"), ...failures },
    }),
    (c) => {
      const { id, item_id } = c.req.valid("param");
      const { before, after } = c.req.valid("json");
      const to = before === undefined
        ? { side: "after" as const, anchorId: after! }
        : { side: "before" as const, anchorId: before };
      const by = byOf(c.req.valid("query"));
      const collection = port.move(id, item_id, to, by, expectedVersion(c));
      tell(c, collection);
      return c.json(collectionBody(collection), 200);
    },
  );
}
