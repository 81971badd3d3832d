/**
 * /api/collections: items in an order of somebody's own, and the series that the items tell of.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Collections } from "../../../../items/mod.ts";
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
import { CollectionBody, collectionBody, CollectionEdit, Kind, NewCollection } from "./bodies.ts";
import { addItems } from "./items.ts";
import { addSeries } from "./series.ts";

export type CollectionsPort = Collections;

const tags = ["collections"];
const answer = (text: string) => ({ 200: json(CollectionBody, text), ...failures });

export function collectionsResource(port: CollectionsPort): OpenAPIHono {
  const routes = router();
  addSeries(routes, port); // before "/{id}"
  addCollections(routes, port);
  addItems(routes, port);
  return routes;
}

function addCollections(routes: OpenAPIHono, port: CollectionsPort): void {
  routes.openapi(
    createRoute({
      method: "get",
      path: "/",
      tags,
      summary: "Collections",
      request: { query: PageQuery.extend(FieldsQuery.shape).extend({ kind: Kind.optional() }) },
      responses: { 200: pageOf(CollectionBody, "A page of collections"), ...failures },
    }),
    (c) => {
      const { limit, cursor, kind, fields } = c.req.valid("query");
      const found = port.list({ kind, after: fromCursor(cursor), limit: limit + 1 });
      const place = ({ id }: { id: string }) => id;
      return c.json(toPage(found, limit, { body: collectionBody, place, fields }), 200);
    },
  );
  routes.openapi(
    createByRoute(tags, "Make a collection", {
      takes: NewCollection,
      gives: CollectionBody,
      what: "The collection",
    }),
    (c) => {
      const collection = port.create(c.req.valid("json"), byOf(c.req.valid("query")));
      tell(c, collection);
      return c.json(collectionBody(collection), 201);
    },
  );
  routes.openapi(
    createRoute({
      method: "get",
      path: "/{id}",
      tags,
      summary: "One collection",
      request: { params: IdParam, query: FieldsQuery },
      responses: answer("The collection"),
    }),
    (c) => {
      const collection = port.get(c.req.valid("param").id);
      tell(c, collection);
      return c.json(only(c.req.valid("query").fields)(collectionBody(collection)), 200);
    },
  );
  routes.openapi(
    editByRoute(tags, "Change name, kind or description", {
      takes: CollectionEdit,
      gives: CollectionBody,
      what: "The collection",
    }),
    (c) => {
      const by = byOf(c.req.valid("query"));
      const { id } = c.req.valid("param");
      const collection = port.update(id, c.req.valid("json"), by, expectedVersion(c));
      tell(c, collection);
      return c.json(collectionBody(collection), 200);
    },
  );
  routes.openapi(
    removeByRoute(tags, "Delete a collection; its items stay in the library"),
    async (c) => {
      const by = byOf(c.req.valid("query"));
      await port.remove(c.req.valid("param").id, by, expectedVersion(c));
      return c.body(null, 204);
    },
  );
}
