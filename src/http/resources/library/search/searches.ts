/**
 * /api/searches: searches that have a name.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Search } from "../../../../items/mod.ts";
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
import { NewSearch, SavedBody, savedBody, SearchBody, SearchEdit } from "./bodies.ts";
import { ResultQuery, runSearch } from "./search.ts";

export type SearchesPort = Pick<Search, "search" | "saved">;

const tags = ["search"];

export function searchesResource(port: SearchesPort): OpenAPIHono {
  const routes = router();
  addReading(routes, port);
  addEditing(routes, port);
  return routes;
}

function addReading(routes: OpenAPIHono, port: SearchesPort): void {
  routes.openapi(
    createRoute({
      method: "get",
      path: "/",
      tags,
      summary: "The saved searches",
      request: { query: PageQuery.extend(FieldsQuery.shape) },
      responses: { 200: pageOf(SavedBody, "A page of them"), ...failures },
    }),
    (c) => {
      const { limit, cursor, fields } = c.req.valid("query");
      const found = port.saved.list(fromCursor(cursor), limit + 1);
      const place = ({ id }: { id: string }) => id;
      return c.json(toPage(found, limit, { body: savedBody, place, fields }), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "get",
      path: "/{id}",
      tags,
      summary: "One saved search",
      request: { params: IdParam, query: FieldsQuery },
      responses: { 200: json(SavedBody, "The search"), ...failures },
    }),
    (c) => {
      const saved = port.saved.find(c.req.valid("param").id);
      tell(c, saved);
      return c.json(only(c.req.valid("query").fields)(savedBody(saved)), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "get",
      path: "/{id}/items",
      tags,
      summary: "What a saved search finds now",
      request: { params: IdParam, query: ResultQuery },
      responses: { 200: json(SearchBody, "A page of items"), ...failures },
    }),
    async (c) => {
      const { query: q, sort } = port.saved.find(c.req.valid("param").id);
      return c.json(await runSearch(port, { ...c.req.valid("query"), q, sort }, c), 200);
    },
  );
}

function addEditing(routes: OpenAPIHono, port: SearchesPort): void {
  routes.openapi(
    createByRoute(tags, "Save a search", {
      takes: NewSearch,
      gives: SavedBody,
      what: "The search",
    }),
    (c) => {
      const saved = port.saved.create(c.req.valid("json"), byOf(c.req.valid("query")));
      tell(c, saved);
      return c.json(savedBody(saved), 201);
    },
  );
  routes.openapi(
    editByRoute(tags, "Change its name, query or order", {
      takes: SearchEdit,
      gives: SavedBody,
      what: "The search as it is now",
    }),
    (c) => {
      const by = { ...byOf(c.req.valid("query")), expected: expectedVersion(c) };
      const saved = port.saved.edit(c.req.valid("param").id, c.req.valid("json"), by);
      tell(c, saved);
      return c.json(savedBody(saved), 200);
    },
  );
  routes.openapi(
    removeByRoute(tags, "Forget it"),
    (c) => {
      const by = { ...byOf(c.req.valid("query")), expected: expectedVersion(c) };
      port.saved.remove(c.req.valid("param").id, by);
      return c.body(null, 204);
    },
  );
}
