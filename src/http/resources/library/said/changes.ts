/**
 * /api/changes: who changed what and when, and the way back.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { snakeCased, toSnake } from "../../../../base/text/snake_case.ts";
import type { StoredChange } from "../../../../items/mod.ts";
import { FieldsQuery } from "../../../fields.ts";
import {
  createRoute,
  failures,
  json,
  pageOf,
  PageQuery,
  placeFrom,
  router,
  toPage,
  z,
} from "../../../router.ts";
import { UserQuery } from "../by.ts";

export interface ChangesPort {
  list(filter: {
    entity?: string | undefined;
    entityId?: string | undefined;
    user?: string | undefined;
    batch?: string | undefined;
    before?: number | undefined;
    limit: number;
  }): StoredChange[];
  undo(batch: string, user: string): Promise<{ batch: string; changes: number }>;
}

const tags = ["changes"];

const Fields = z.record(z.string(), z.unknown()).nullable();

export const ChangeBody = z.object({
  id: z.int(),
  batch: z.string().openapi({ description: "What one request did is one batch" }),
  user: z.string(),
  at: z.string(),
  entity: z.string().openapi({ example: "item", description: "item, item.tags, tag, …" }),
  entity_id: z.string(),
  before: Fields.openapi({
    description: "The fields that were changed, as they were; null: it was made",
    example: { year: null, "own.year": null },
  }),
  after: Fields.openapi({
    description: "As they were then; null: it was deleted",
    example: { year: 1995, "own.year": true },
  }),
  undone_by: z.string().nullable().openapi({ description: "The batch that took it back" }),
}).openapi("Change");

export type ChangeBody = z.infer<typeof ChangeBody>;

const Undone = z.object({
  batch: z.string().openapi({ description: "A batch too: to undo it is to redo" }),
  changes: z.int(),
}).openapi("Undone");

const filter = z.string().min(1).max(300).optional();
const BatchParam = z.object({
  batch: z.string().max(300).openapi({ param: { name: "batch", in: "path" } }),
});

export function changes(port: ChangesPort): OpenAPIHono {
  const routes = router();
  routes.openapi(
    createRoute({
      method: "get",
      path: "/",
      tags,
      summary: "What was changed, the last first",
      request: {
        query: PageQuery.extend({
          entity: filter.openapi({ example: "item", description: "With all that hangs on it" }),
          entity_id: filter,
          user: filter,
          batch: filter,
        }).extend(FieldsQuery.shape),
      },
      responses: { 200: pageOf(ChangeBody, "A page of changes"), ...failures },
    }),
    (c) => {
      const { limit, cursor, entity, entity_id, user, batch, fields } = c.req.valid("query");
      const before = cursor === undefined ? undefined : placeFrom(cursor, z.int());
      const all = { entity, entityId: entity_id, user, batch, before };
      const found = port.list({ ...all, limit: limit + 1 });
      const place = ({ id }: { id: number }) => String(id);
      return c.json(toPage(found, limit, { body: changeBody, place, fields }), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "post",
      path: "/{batch}/undo",
      tags,
      summary: "Take a batch back, where nobody has changed the same since (else 409 says what)",
      request: { params: BatchParam, query: UserQuery },
      responses: { 200: json(Undone, "It is undone"), ...failures },
    }),
    async (c) => {
      const { batch, changes } = await port.undo(
        c.req.valid("param").batch,
        c.req.valid("query").user,
      );
      return c.json({ batch, changes }, 200);
    },
  );
  return routes;
}

/** Of these the fields are named by people: users, and notes by their ids. */
const namedByPeople = ["item.rating", "item.watch", "item.note"];

/** Fields as all of REST says them: names in snake_case, ratings in stars. */
function fieldsBody(entity: string, fields: StoredChange["before"]): StoredChange["before"] {
  if (fields === null) return null;
  const isOurs = !namedByPeople.includes(entity);
  const valueOf = (value: unknown) =>
    entity === "item.rating" && typeof value === "number" ? value / 2 : snakeCased(value);
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      isOurs ? toSnake(name) : name,
      valueOf(value),
    ]),
  );
}

export function changeBody(it: StoredChange): z.infer<typeof ChangeBody> {
  return {
    id: it.id,
    batch: it.batch,
    user: it.user,
    at: it.at,
    entity: it.entity,
    entity_id: it.entityId,
    before: fieldsBody(it.entity, it.before),
    after: fieldsBody(it.entity, it.after),
    undone_by: it.undoneBy,
  };
}
