/**
 * /api/tag-groups: how many tags of one kind an item may have.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { expectedVersion } from "../../../conditional.ts";
import { FieldsQuery, only } from "../../../fields.ts";
import {
  createRoute,
  failures,
  fromCursor,
  IdParam,
  json,
  pageOf,
  PageQuery,
  router,
  toPage,
} from "../../../router.ts";
import { byOf, createByRoute, editByRoute, removeByRoute, tell } from "../by.ts";
import { GroupBody, groupBody, GroupEditBody, NewGroup } from "./bodies.ts";
import type { TagsPort } from "./tags.ts";

const tags = ["tags"];

export function tagGroupsResource(port: Pick<TagsPort, "groups">): OpenAPIHono {
  const routes = router();
  routes.openapi(
    createRoute({
      method: "get",
      path: "/",
      tags,
      summary: "Groups of tags",
      request: { query: PageQuery.extend(FieldsQuery.shape) },
      responses: { 200: pageOf(GroupBody, "A page of groups"), ...failures },
    }),
    (c) => {
      const { limit, cursor, fields } = c.req.valid("query");
      const found = port.groups.list(fromCursor(cursor), limit + 1);
      const place = ({ key }: { key: string }) => key;
      return c.json(toPage(found, limit, { body: groupBody, place, fields }), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "get",
      path: "/{id}",
      tags,
      summary: "One group",
      request: { params: IdParam, query: FieldsQuery },
      responses: { 200: json(GroupBody, "The group"), ...failures },
    }),
    (c) => {
      const group = port.groups.get(c.req.valid("param").id);
      tell(c, group);
      return c.json(only(c.req.valid("query").fields)(groupBody(group)), 200);
    },
  );
  routes.openapi(
    createByRoute(tags, "Make a group", { takes: NewGroup, gives: GroupBody, what: "The group" }),
    (c) => {
      const group = port.groups.create(c.req.valid("json"), byOf(c.req.valid("query")));
      tell(c, group);
      return c.json(groupBody(group), 201);
    },
  );
  routes.openapi(
    editByRoute(tags, "Change a group; to one tag per item only where no item has several (409)", {
      takes: GroupEditBody,
      gives: GroupBody,
      what: "The group",
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const by = byOf(c.req.valid("query"));
      const group = await port.groups.update(id, c.req.valid("json"), by, expectedVersion(c));
      tell(c, group);
      return c.json(groupBody(group), 200);
    },
  );
  routes.openapi(
    removeByRoute(tags, "Delete a group; its tags stay, without one"),
    (c) => {
      port.groups.remove(c.req.valid("param").id, byOf(c.req.valid("query")), expectedVersion(c));
      return c.body(null, 204);
    },
  );
  return routes;
}
