/**
 * /api/tags: the tree of tags.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { InvalidError } from "../../../../base/errors.ts";
import type { Tags } from "../../../../items/mod.ts";
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
  toCursor,
  z,
} from "../../../router.ts";
import { body, byOf, editByRoute, IfMatch, tell, UserQuery } from "../by.ts";
import { NewTag, TagBody, tagBody, TagEditBody } from "./bodies.ts";
import { addBranches, addItems } from "./branches.ts";

export type TagsPort = Pick<
  Tags,
  | "get"
  | "find"
  | "list"
  | "create"
  | "findOrCreate"
  | "update"
  | "move"
  | "merge"
  | "remove"
  | "addSynonym"
  | "removeSynonym"
  | "links"
  | "groups"
>;

const tags = ["tags"];
const answer = (text: string) => ({ 200: json(TagBody, text), ...failures });

const TagQuery = PageQuery.extend({
  parent_id: z.string().max(300).optional().openapi({
    description: 'Only what stands right below it; "root": the tags at the top',
  }),
  group_id: z.string().max(300).optional(),
  path: z.string().max(1000).optional().openapi({
    description: "The one tag of this path, or of this synonym",
    example: "genre/film-noir",
  }),
  q: z.string().trim().min(1).max(128).optional().openapi({ description: "Part of the name" }),
  max_depth: z.coerce.number().int().min(0).max(100).optional(),
}).extend(FieldsQuery.shape);

export function tagsResource(port: TagsPort): OpenAPIHono {
  const routes = router();
  addReading(routes, port);
  addEditing(routes, port);
  addBranches(routes, port);
  addItems(routes, port);
  return routes;
}

function addReading(routes: OpenAPIHono, port: TagsPort): void {
  routes.openapi(
    createRoute({
      method: "get",
      path: "/",
      tags,
      summary: "Tags in the order of their paths: the whole tree, or what stands below one tag",
      request: { query: TagQuery },
      responses: { 200: pageOf(TagBody, "A page of tags"), ...failures },
    }),
    (c) => {
      const { limit, cursor, parent_id, group_id, path, q, max_depth, fields } = c.req.valid(
        "query",
      );
      const pick = only(fields);
      if (path !== undefined) {
        const tag = port.find(path);
        return c.json({ items: tag ? [pick(tagBody(tag))] : [], next_cursor: null }, 200);
      }
      const { tags, next } = port.list({
        parentId: parent_id === "root" ? null : parent_id,
        groupId: group_id,
        q,
        maxDepth: max_depth,
        after: fromCursor(cursor),
        limit,
      });
      return c.json({
        items: tags.map((it) => pick(tagBody(it))),
        next_cursor: next === undefined ? null : toCursor(next),
      }, 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "get",
      path: "/{id}",
      tags,
      summary: "One tag",
      request: { params: IdParam, query: FieldsQuery },
      responses: answer("The tag"),
    }),
    (c) => {
      const tag = port.get(c.req.valid("param").id);
      tell(c, tag);
      return c.json(only(c.req.valid("query").fields)(tagBody(tag)), 200);
    },
  );
}

function addEditing(routes: OpenAPIHono, port: TagsPort): void {
  routes.openapi(
    createRoute({
      method: "post",
      path: "/",
      tags,
      summary: "Make a tag; by its path, find it or make it",
      request: { query: UserQuery, body: body(NewTag) },
      responses: {
        200: json(TagBody, "The tag of that path, which was there"),
        201: json(TagBody, "The tag, which is new"),
        ...failures,
      },
    }),
    async (c) => {
      const { name, path, slug, parent_id, group_id, description, synonyms } = c.req.valid("json");
      const by = byOf(c.req.valid("query"));
      if (path !== undefined) {
        const { name: _, path: __, ...rest } = c.req.valid("json");
        const other = Object.entries(rest).find(([, value]) => value !== undefined);
        if (other) {
          throw new InvalidError(`Cannot take "${other[0]}" with a path: edit the tag then`);
        }
      }
      if (path !== undefined) {
        const tag = await port.findOrCreate(path, by);
        tell(c, tag);
        return tag.isNew ? c.json(tagBody(tag), 201) : c.json(tagBody(tag), 200);
      }
      const tag = await port.create({
        name: name!,
        slug,
        parentId: parent_id,
        groupId: group_id,
        description,
        synonyms,
      }, by);
      tell(c, tag);
      return c.json(tagBody(tag), 201);
    },
  );
  routes.openapi(
    editByRoute(tags, "Rename or describe a tag; a new name takes all paths below along", {
      takes: TagEditBody,
      gives: TagBody,
      what: "The tag",
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const { group_id, ...edit } = c.req.valid("json");
      const by = byOf(c.req.valid("query"));
      const tag = await port.update(id, { ...edit, groupId: group_id }, by, expectedVersion(c));
      tell(c, tag);
      return c.json(tagBody(tag), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "delete",
      path: "/{id}",
      tags,
      summary: "Take a tag from its items and delete it",
      request: {
        params: IdParam,
        headers: IfMatch,
        query: UserQuery.extend({
          recursive: z.enum(["true", "false"]).default("false").openapi({
            description: "All tags below it too; without, a tag that has some is kept (409)",
          }),
        }),
      },
      responses: { 204: { description: "It is gone" }, ...failures },
    }),
    async (c) => {
      const query = c.req.valid("query");
      const options = { recursive: query.recursive === "true" };
      await port.remove(c.req.valid("param").id, options, byOf(query), expectedVersion(c));
      return c.body(null, 204);
    },
  );
}
