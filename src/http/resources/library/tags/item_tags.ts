/**
 * /api/items/{id}/tags: the tags of one item.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { expectedVersion } from "../../../conditional.ts";
import { FieldsQuery } from "../../../fields.ts";
import {
  createRoute,
  failures,
  fromCursor,
  IdParam,
  pageOf,
  PageQuery,
  router,
  toPage,
  z,
} from "../../../router.ts";
import { byOf, IfMatch, UserQuery } from "../by.ts";
import { TagBody, tagBody } from "./bodies.ts";
import type { TagsPort } from "./tags.ts";

const tags = ["items"];

const Both = IdParam.extend({
  tag_id: z.string().max(300).openapi({ param: { name: "tag_id", in: "path" } }),
});

export function itemTags(port: Pick<TagsPort, "links" | "get">): OpenAPIHono {
  const routes = router();
  routes.openapi(
    createRoute({
      method: "get",
      path: "/{id}/tags",
      tags,
      summary: "The tags of an item",
      request: { params: IdParam, query: PageQuery.extend(FieldsQuery.shape) },
      responses: { 200: pageOf(TagBody, "A page of its tags"), ...failures },
    }),
    (c) => {
      const { limit, cursor, fields } = c.req.valid("query");
      const after = fromCursor(cursor);
      const ids = port.links.ofItem(c.req.valid("param").id).filter((id) => id > after);
      const body = (id: string) => tagBody(port.get(id));
      return c.json(toPage(ids, limit, { body, place: (id) => id, fields }), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "put",
      path: "/{id}/tags/{tag_id}",
      tags,
      summary: "Give an item a tag; in a group that allows one it replaces the other",
      request: { params: Both, query: UserQuery, headers: IfMatch },
      responses: { 204: { description: "It has it" }, ...failures },
    }),
    (c) => {
      const { id, tag_id } = c.req.valid("param");
      const by = byOf(c.req.valid("query"));
      port.links.link(id, port.get(tag_id).id, by, expectedVersion(c));
      return c.body(null, 204);
    },
  );
  routes.openapi(
    createRoute({
      method: "delete",
      path: "/{id}/tags/{tag_id}",
      tags,
      summary: "Take a tag from an item",
      request: { params: Both, query: UserQuery, headers: IfMatch },
      responses: { 204: { description: "It does not have it (any more)" }, ...failures },
    }),
    (c) => {
      const { id, tag_id } = c.req.valid("param");
      port.links.unlink(id, tag_id, byOf(c.req.valid("query")), expectedVersion(c));
      return c.body(null, 204);
    },
  );
  return routes;
}
