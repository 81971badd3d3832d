/**
 * /api/tags: the tree of tags.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { InvalidError, NotFoundError } from "../../../../base/errors.ts";
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
import { body, byOf, IfMatch, tell, UserQuery } from "../by.ts";
import {
  Ids,
  LinkedBody,
  linkedBody,
  NewTag,
  TagBody,
  tagBody,
  TagEditBody,
  TagMove,
} from "./bodies.ts";

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
  addMoving(routes, port);
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
      responses: { 201: json(TagBody, "The tag"), ...failures },
    }),
    async (c) => {
      const { name, path, slug, parent_id, group_id, description, synonyms } = c.req.valid("json");
      const by = byOf(c.req.valid("query"));
      if (path !== undefined) {
        const rest = { slug, parent_id, group_id, description, synonyms };
        const other = Object.entries(rest).find(([, value]) => value !== undefined);
        if (other) {
          throw new InvalidError(`Cannot take "${other[0]}" with a path: edit the tag then`);
        }
      }
      const tag = path !== undefined ? await port.findOrCreate(path, by) : await port.create({
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
    createRoute({
      method: "patch",
      path: "/{id}",
      tags,
      summary: "Rename or describe a tag; a new name takes all paths below along",
      request: { params: IdParam, query: UserQuery, headers: IfMatch, body: body(TagEditBody) },
      responses: answer("The tag"),
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

function addMoving(routes: OpenAPIHono, port: TagsPort): void {
  routes.openapi(
    createRoute({
      method: "post",
      path: "/{id}/move",
      tags,
      summary: "Hang a branch elsewhere in the tree",
      request: { params: IdParam, query: UserQuery, headers: IfMatch, body: body(TagMove) },
      responses: answer("The tag in its new place"),
    }),
    async (c) => {
      const { parent_id, parent_path } = c.req.valid("json");
      const parent = parent_path === undefined ? undefined : port.find(parent_path);
      if (parent_path && !parent) throw new NotFoundError(`Cannot find the tag "${parent_path}"`);
      const by = byOf(c.req.valid("query"));
      const { id } = c.req.valid("param");
      const tag = await port.move(id, parent?.id ?? parent_id ?? null, by, expectedVersion(c));
      tell(c, tag);
      return c.json(tagBody(tag), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "post",
      path: "/{id}/merge",
      tags,
      summary: "Make this tag one with another, which stays: items, synonyms and what is below",
      request: {
        params: IdParam,
        query: UserQuery,
        headers: IfMatch,
        body: body(
          z.object({ into: z.string().max(300) }).openapi("TagMerge", {
            example: { into: "5b0e7f7e-0d4c-4a53-8c43-5d1f3c9b7a10" },
          }),
        ),
      },
      responses: answer("The tag that stays"),
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const by = byOf(c.req.valid("query"));
      const tag = await port.merge(id, c.req.valid("json").into, by, expectedVersion(c));
      tell(c, tag);
      return c.json(tagBody(tag), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "post",
      path: "/{id}/synonyms",
      tags,
      summary: "Give a tag another name; one that is a tag already answers 409 with its id",
      request: {
        params: IdParam,
        query: UserQuery,
        headers: IfMatch,
        body: body(
          z.object({ name: z.string().trim().min(1).max(128) }).openapi("TagSynonym", {
            example: { name: "Noir" },
          }),
        ),
      },
      responses: answer("The tag"),
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const by = byOf(c.req.valid("query"));
      const tag = await port.addSynonym(id, c.req.valid("json").name, by, expectedVersion(c));
      tell(c, tag);
      return c.json(tagBody(tag), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "delete",
      path: "/{id}/synonyms/{name}",
      tags,
      summary: "Take a synonym away",
      request: {
        params: IdParam.extend({
          name: z.string().max(300).openapi({ param: { name: "name", in: "path" } }),
        }),
        query: UserQuery,
        headers: IfMatch,
      },
      responses: { 204: { description: "It is gone" }, ...failures },
    }),
    async (c) => {
      const { id, name } = c.req.valid("param");
      await port.removeSynonym(id, name, byOf(c.req.valid("query")), expectedVersion(c));
      return c.body(null, 204);
    },
  );
}

function addItems(routes: OpenAPIHono, port: TagsPort): void {
  const verbs = [
    { method: "post", change: "linkMany", summary: "Give a tag to many items" },
    { method: "delete", change: "unlinkMany", summary: "Take a tag from many items" },
  ] as const;
  for (const { method, change, summary } of verbs) {
    routes.openapi(
      createRoute({
        method,
        path: "/{id}/items",
        tags,
        summary,
        request: { params: IdParam, query: UserQuery, body: body(Ids) },
        responses: { 200: json(LinkedBody, "What has changed"), ...failures },
      }),
      async (c) => {
        const { id } = port.get(c.req.valid("param").id);
        const by = byOf(c.req.valid("query"));
        const linked = await port.links[change](id, c.req.valid("json").item_ids, by);
        return c.json(linkedBody(linked), 200);
      },
    );
  }
}
