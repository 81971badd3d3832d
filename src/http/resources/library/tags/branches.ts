/**
 * What moves whole branches, and many items at once: move, merge, synonyms, items.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { NotFoundError } from "../../../../base/errors.ts";
import { expectedVersion, refuseOther } from "../../../conditional.ts";
import { createRoute, failures, IdParam, json, z } from "../../../router.ts";
import { body, byOf, IfMatch, tell, UserQuery } from "../by.ts";
import { Ids, LinkedBody, linkedBody, TagBody, tagBody, TagMove } from "./bodies.ts";
import type { TagsPort } from "./tags.ts";

const tags = ["tags"];
const answer = (text: string) => ({ 200: json(TagBody, text), ...failures });

export function addBranches(routes: OpenAPIHono, port: TagsPort): void {
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
          z.strictObject({ into: z.string().max(300) }).openapi("TagMerge", {
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
          z.strictObject({ name: z.string().trim().min(1).max(128) }).openapi("TagSynonym", {
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

export function addItems(routes: OpenAPIHono, port: TagsPort): void {
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
        request: { params: IdParam, query: UserQuery, headers: IfMatch, body: body(Ids) },
        responses: { 200: json(LinkedBody, "What has changed"), ...failures },
      }),
      async (c) => {
        const { id, path, version } = port.get(c.req.valid("param").id);
        refuseOther(c, `tag "${path}"`, version);
        const by = byOf(c.req.valid("query"));
        const linked = await port.links[change](id, c.req.valid("json").item_ids, by);
        return c.json(linkedBody(linked), 200);
      },
    );
  }
}
