/**
 * /api/items/{id}/people: the credits of one item.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Credit } from "../../../../items/mod.ts";
import { expectedVersion } from "../../../conditional.ts";
import { FieldsQuery } from "../../../fields.ts";
import {
  createRoute,
  failures,
  IdParam,
  pageOf,
  PageQuery,
  placeFrom,
  router,
  toPage,
  z,
} from "../../../router.ts";
import { body, byOf, IfMatch, UserQuery } from "../by.ts";
import { CreditBody, creditBody, NewCredit, RoleName } from "./bodies.ts";
import type { PeoplePort } from "./people.ts";

const tags = ["items"];

const Both = IdParam.extend({
  person_id: z.string().max(300).openapi({ param: { name: "person_id", in: "path" } }),
});

const At = z.tuple([z.number(), z.string(), z.string()]);

/** Those behind a place in the order of the credits, which may be no credit's any more. */
function after(credits: Credit[], [position, role, personId]: z.infer<typeof At>): Credit[] {
  const isAfter = (it: Credit) =>
    it.position - position || (it.role === role ? 0 : it.role > role ? 1 : -1) ||
    (it.personId > personId ? 1 : -1 * Number(it.personId < personId));
  return credits.filter((it) => isAfter(it) > 0);
}

export function itemPeople(port: Pick<PeoplePort, "credits" | "get">): OpenAPIHono {
  const routes = router();
  routes.openapi(
    createRoute({
      method: "get",
      path: "/{id}/people",
      tags,
      summary: "The credits of an item",
      request: { params: IdParam, query: PageQuery.extend(FieldsQuery.shape) },
      responses: { 200: pageOf(CreditBody, "A page of them, in order"), ...failures },
    }),
    (c) => {
      const { limit, cursor, fields } = c.req.valid("query");
      const all = port.credits.ofItem(c.req.valid("param").id);
      const found = cursor === undefined ? all : after(all, placeFrom(cursor, At));
      return c.json(
        toPage(found, limit, {
          body: (it) => creditBody(it, port.get(it.personId).name),
          place: ({ position, role, personId }) => JSON.stringify([position, role, personId]),
          fields,
        }),
        200,
      );
    },
  );
  routes.openapi(
    createRoute({
      method: "put",
      path: "/{id}/people/{person_id}",
      tags,
      summary: "Give a person a role in an item, or change how it is credited",
      request: { params: Both, query: UserQuery, headers: IfMatch, body: body(NewCredit) },
      responses: { 204: { description: "It is so" }, ...failures },
    }),
    (c) => {
      const { id, person_id } = c.req.valid("param");
      const { role, credited_as, position } = c.req.valid("json");
      const personId = port.get(person_id).id;
      const credit = { personId, role, creditedAs: credited_as, position };
      port.credits.link(id, credit, byOf(c.req.valid("query")), expectedVersion(c));
      return c.body(null, 204);
    },
  );
  routes.openapi(
    createRoute({
      method: "delete",
      path: "/{id}/people/{person_id}",
      tags,
      summary: "Take a person out of an item, or only one role of theirs",
      request: {
        params: Both,
        query: UserQuery.extend({ role: RoleName.optional() }),
        headers: IfMatch,
      },
      responses: { 204: { description: "It is gone" }, ...failures },
    }),
    (c) => {
      const { id, person_id } = c.req.valid("param");
      const query = c.req.valid("query");
      const which = { personId: person_id, role: query.role };
      port.credits.unlink(id, which, byOf(query), expectedVersion(c));
      return c.body(null, 204);
    },
  );
  return routes;
}
