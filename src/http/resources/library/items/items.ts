/**
 * /api/items: the films (episodes, songs, pictures) of this library as a person sees them.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { BulkResult, EditBy, Item, Patch } from "../../../../items/mod.ts";
import { expectedVersion } from "../../../conditional.ts";
import { FieldsQuery, only } from "../../../fields.ts";
import { createRoute, failures, IdParam, json, router, z } from "../../../router.ts";
import { body, byOf, createByRoute, IfMatch, removeByRoute, tell, UserQuery } from "../by.ts";
import { BulkAnswer, BulkBody, ItemBody, itemBody, ItemEdit, NewItem, toPatch } from "./bodies.ts";
import { addItemList, type ItemListPort, type TagBranches } from "./list.ts";

export interface ItemsPort extends ItemListPort {
  find(id: string, user: string): Item;
  findByIdentity(
    identity: { mediaFolder: string; identityName: string; extension: string },
    user: string,
  ): Item;
  create(fields: Patch, by: EditBy, mediaId?: string): Item;
  edit(id: string, fields: Patch, by: EditBy): Item;
  replace(id: string, fields: Patch, by: EditBy): Item;
  remove(id: string, by: EditBy): void;
  bulk(request: z.infer<typeof BulkBody>, user: string): Promise<BulkResult>;
}

const group = ["items"];
const answer = (text: string) => ({ 200: json(ItemBody, text), ...failures });
const OneQuery = UserQuery.extend(FieldsQuery.shape);

export function items(port: ItemsPort, tags: TagBranches): OpenAPIHono {
  const routes = router();
  addItemList(routes, port, tags);
  addReading(routes, port);
  addMaking(routes, port);
  addEditing(routes, port);
  return routes;
}

function addReading(routes: OpenAPIHono, port: ItemsPort): void {
  routes.openapi(
    createRoute({
      method: "get",
      path: "/by-identity",
      tags: group,
      summary: "The item of a file, by its folder, name and extension",
      request: {
        query: OneQuery.extend({
          media_folder: z.string().max(4096).default("").openapi({ example: "films/Heat (1995)" }),
          identity_name: z.string().min(1).max(1024).openapi({ example: "Heat (1995)" }),
          extension: z.string().max(100).default("").openapi({ example: "mkv" }),
        }),
      },
      responses: answer("The item"),
    }),
    (c) => {
      const { user, fields, ...query } = c.req.valid("query");
      const item = port.findByIdentity({
        mediaFolder: query.media_folder,
        identityName: query.identity_name,
        extension: query.extension,
      }, user);
      tell(c, item);
      return c.json(only(fields)(itemBody(item)), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "get",
      path: "/{id}",
      tags: group,
      summary: "One item",
      request: { params: IdParam, query: OneQuery },
      responses: answer("The item; its ETag is of what people can edit"),
    }),
    (c) => {
      const { user, fields } = c.req.valid("query");
      const item = port.find(c.req.valid("param").id, user);
      tell(c, item);
      return c.json(only(fields)(itemBody(item)), 200);
    },
  );
}

function addMaking(routes: OpenAPIHono, port: ItemsPort): void {
  routes.openapi(
    createRoute({
      method: "post",
      path: "/bulk",
      tags: group,
      summary: "Edit many items: one batch, which one undo takes back",
      description: "Each item is changed wholly or not at all, and `items` says which were; what " +
        "is wrong with the request itself is refused before anything is changed.",
      request: { query: UserQuery, body: body(BulkBody) },
      responses: { 200: json(BulkAnswer, "What became of each"), ...failures },
    }),
    async (c) => {
      const { user } = c.req.valid("query");
      return c.json(await port.bulk(c.req.valid("json"), user), 200);
    },
  );
  routes.openapi(
    createByRoute(group, "Make an item without a file, or take over the one of a file", {
      takes: NewItem,
      gives: ItemBody,
      what: "The item",
    }),
    (c) => {
      const { media_id, ...fields } = c.req.valid("json");
      const item = port.create(toPatch(fields), byOf(c.req.valid("query")), media_id);
      tell(c, item);
      return c.json(itemBody(item), 201);
    },
  );
}

function addEditing(routes: OpenAPIHono, port: ItemsPort): void {
  const verbs = [
    ["patch", "edit", "Edit the fields given; null gives one back to the scan"],
    ["put", "replace", "Replace all fields: those not given go back to the scan"],
  ] as const;
  for (const [method, verb, summary] of verbs) {
    routes.openapi(
      createRoute({
        method,
        path: "/{id}",
        tags: group,
        summary,
        request: { params: IdParam, query: UserQuery, headers: IfMatch, body: body(ItemEdit) },
        responses: answer("The item as it is now"),
      }),
      (c) => {
        const by = { ...byOf(c.req.valid("query")), expected: expectedVersion(c) };
        const item = port[verb](c.req.valid("param").id, toPatch(c.req.valid("json")), by);
        tell(c, item);
        return c.json(itemBody(item), 200);
      },
    );
  }
  routes.openapi(
    removeByRoute(
      group,
      "Delete an item: its file stays, and is offered to nobody; undo brings it back",
      "It is deleted",
    ),
    (c) => {
      const by = { ...byOf(c.req.valid("query")), expected: expectedVersion(c) };
      port.remove(c.req.valid("param").id, by);
      return c.body(null, 204);
    },
  );
}
