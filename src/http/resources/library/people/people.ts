/**
 * /api/people: who made and who plays.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { People } from "../../../../items/mod.ts";
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
import {
  body,
  byOf,
  createByRoute,
  editByRoute,
  IfMatch,
  removeByRoute,
  tell,
  UserQuery,
} from "../by.ts";
import { pageWith, placeOf } from "../cursors.ts";
import {
  Alias,
  NewPerson,
  PersonBody,
  personBody,
  PersonEditBody,
  PersonItem,
  PersonMerge,
} from "./bodies.ts";

export type PeoplePort = People;

type Part = ReturnType<People["credits"]["itemsOf"]>[number];

const tags = ["people"];
const answer = (text: string) => ({ 200: json(PersonBody, text), ...failures });
const gone = { 204: { description: "It is gone" }, ...failures };

export function peopleResource(port: PeoplePort): OpenAPIHono {
  const routes = router();
  addReading(routes, port);
  addEditing(routes, port);
  addNames(routes, port);
  return routes;
}

function addReading(routes: OpenAPIHono, port: PeoplePort): void {
  routes.openapi(
    createRoute({
      method: "get",
      path: "/",
      tags,
      summary: "People in the order of their names",
      request: {
        query: PageQuery.extend(FieldsQuery.shape).extend({
          q: z.string().max(255).optional().openapi({
            description: "How words of the name or an alias begin, accents left aside",
            example: "hed lam",
          }),
        }),
      },
      responses: { 200: pageOf(PersonBody, "A page of people"), ...failures },
    }),
    (c) => {
      const { limit, cursor, q, fields } = c.req.valid("query");
      const pick = only(fields);
      const { people, next } = port.list({ q, after: fromCursor(cursor), limit });
      return c.json({
        items: people.map((it) => pick(personBody(it))),
        next_cursor: next === undefined ? null : toCursor(next),
      }, 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "get",
      path: "/{id}",
      tags,
      summary: "One person",
      request: { params: IdParam, query: FieldsQuery },
      responses: answer("The person"),
    }),
    (c) => {
      const person = port.get(c.req.valid("param").id);
      tell(c, person);
      return c.json(only(c.req.valid("query").fields)(personBody(person)), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "get",
      path: "/{id}/items",
      tags,
      summary: "The items that a person has a part in",
      request: { params: IdParam, query: PageQuery.extend(FieldsQuery.shape) },
      responses: { 200: pageOf(PersonItem, "A page of credits"), ...failures },
    }),
    (c) => {
      const { limit, cursor, fields } = c.req.valid("query");
      const [itemId, role] = placeOf(cursor, ["", ""]);
      const { id } = port.get(c.req.valid("param").id);
      const found = port.credits.itemsOf(id, { itemId, role }, limit + 1);
      const pick = only(fields);
      const place = (it: Part): [string, string] => [it.itemId, it.role];
      return c.json(pageWith(found, limit, { body: (it) => pick(partBody(it)), place }), 200);
    },
  );
}

function partBody(it: Part): z.infer<typeof PersonItem> {
  return {
    item_id: it.itemId,
    role: it.role,
    credited_as: it.creditedAs,
    position: it.position,
  };
}

function addEditing(routes: OpenAPIHono, port: PeoplePort): void {
  routes.openapi(
    createByRoute(tags, "Add a person", {
      takes: NewPerson,
      gives: PersonBody,
      what: "The person",
    }),
    (c) => {
      const { allow_namesake: namesake = false, ...input } = c.req.valid("json");
      const person = port.create(input, byOf(c.req.valid("query")), { namesake });
      tell(c, person);
      return c.json(personBody(person), 201);
    },
  );
  routes.openapi(
    editByRoute(tags, "Change name, notes or aliases", {
      takes: PersonEditBody,
      gives: PersonBody,
      what: "The person",
    }),
    (c) => {
      const by = byOf(c.req.valid("query"));
      const { id } = c.req.valid("param");
      const person = port.update(id, c.req.valid("json"), by, expectedVersion(c));
      tell(c, person);
      return c.json(personBody(person), 200);
    },
  );
  routes.openapi(
    removeByRoute(tags, "Take a person out of all credits and delete them"),
    async (c) => {
      const by = byOf(c.req.valid("query"));
      await port.remove(c.req.valid("param").id, by, expectedVersion(c));
      return c.body(null, 204);
    },
  );
}

function addNames(routes: OpenAPIHono, port: PeoplePort): void {
  routes.openapi(
    createRoute({
      method: "post",
      path: "/{id}/merge",
      tags,
      summary: "Make two one: credits, aliases and the name go to the one that stays",
      request: { params: IdParam, query: UserQuery, headers: IfMatch, body: body(PersonMerge) },
      responses: answer("The person that stays"),
    }),
    async (c) => {
      const by = byOf(c.req.valid("query"));
      const { id } = c.req.valid("param");
      const person = await port.merge(id, c.req.valid("json").into, by, expectedVersion(c));
      tell(c, person);
      return c.json(personBody(person), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "post",
      path: "/{id}/aliases",
      tags,
      summary: "Give a person another name; one that names somebody answers 409 with person_id",
      request: { params: IdParam, query: UserQuery, headers: IfMatch, body: body(Alias) },
      responses: answer("The person"),
    }),
    (c) => {
      const by = byOf(c.req.valid("query"));
      const { id } = c.req.valid("param");
      const person = port.addAlias(id, c.req.valid("json").alias, by, expectedVersion(c));
      tell(c, person);
      return c.json(personBody(person), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "delete",
      path: "/{id}/aliases/{alias}",
      tags,
      summary: "Take an alias away",
      request: {
        params: IdParam.extend({
          alias: z.string().max(300).openapi({ param: { name: "alias", in: "path" } }),
        }),
        query: UserQuery,
        headers: IfMatch,
      },
      responses: gone,
    }),
    (c) => {
      const { id, alias } = c.req.valid("param");
      port.removeAlias(id, alias, byOf(c.req.valid("query")), expectedVersion(c));
      return c.body(null, 204);
    },
  );
}
