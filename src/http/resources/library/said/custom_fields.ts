/**
 * /api/custom-fields: what else people want to note of items, and what values that takes.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { type CustomField, customTypes, type EditBy } from "../../../../items/mod.ts";
import { expectedVersion } from "../../../conditional.ts";
import { only } from "../../../fields.ts";
import { findRoute, fromCursor, listRoute, router, toPage, z } from "../../../router.ts";
import { byOf, createByRoute, editByRoute, removeByRoute, tell } from "../by.ts";

export interface CustomFieldsPort {
  find(key: string): CustomField;
  list(after: string, limit: number): CustomField[];
  create(
    field: Pick<CustomField, "key" | "name" | "type" | "choices">,
    by: EditBy,
  ): CustomField;
  edit(
    key: string,
    patch: { name?: string | undefined; choices?: string[] | undefined },
    by: EditBy,
  ): CustomField;
  remove(key: string, by: EditBy): void;
}

const tags = ["custom fields"];

const FieldBody = z.object({
  id: z.string().openapi({ description: "Its key in `custom` of an item", example: "shelf" }),
  name: z.string().openapi({ example: "Shelf" }),
  type: z.enum(customTypes),
  choices: z.array(z.string()).openapi({ description: "Of a choice", example: [] }),
  version: z.int(),
  created_at: z.string(),
  updated_at: z.string(),
}).openapi("CustomField");

const choices = z.array(z.string().min(1).max(200)).max(200);

const NewField = z.strictObject({
  key: z.string().min(1).max(63).openapi({ description: "Lower-case letters, digits and _" }),
  name: z.string().min(1).max(100),
  type: z.enum(customTypes),
  choices: choices.default([]),
}).openapi("NewCustomField", {
  example: { key: "medium", name: "Medium", type: "choice", choices: ["DVD", "Blu-ray"] },
});

const FieldEdit = z.strictObject({ name: z.string().min(1).max(100), choices }).partial()
  .openapi("CustomFieldEdit", { example: { name: "Carrier" } });

export function customFields(port: CustomFieldsPort): OpenAPIHono {
  const routes = router();
  routes.openapi(listRoute(FieldBody, tags, "The custom fields of items"), (c) => {
    const { limit, cursor, fields } = c.req.valid("query");
    const found = port.list(fromCursor(cursor), limit + 1);
    return c.json(toPage(found, limit, { body: fieldBody, place: ({ key }) => key, fields }), 200);
  });
  routes.openapi(findRoute(FieldBody, tags, "One custom field"), (c) => {
    const field = port.find(c.req.valid("param").id);
    tell(c, field);
    return c.json(only(c.req.valid("query").fields)(fieldBody(field)), 200);
  });
  routes.openapi(
    createByRoute(tags, "Define a custom field", {
      takes: NewField,
      gives: FieldBody,
      what: "The field",
    }),
    (c) => {
      const field = port.create(c.req.valid("json"), byOf(c.req.valid("query")));
      tell(c, field);
      return c.json(fieldBody(field), 201);
    },
  );
  routes.openapi(
    editByRoute(tags, "Change its name or choices; values that are no choice any more stay", {
      takes: FieldEdit,
      gives: FieldBody,
      what: "The field as it is now",
    }),
    (c) => {
      const by = { ...byOf(c.req.valid("query")), expected: expectedVersion(c) };
      const field = port.edit(c.req.valid("param").id, c.req.valid("json"), by);
      tell(c, field);
      return c.json(fieldBody(field), 200);
    },
  );
  routes.openapi(
    removeByRoute(
      tags,
      "Delete a custom field; its values are not shown any more, and undo shows them again",
      "It is deleted",
    ),
    (c) => {
      const by = { ...byOf(c.req.valid("query")), expected: expectedVersion(c) };
      port.remove(c.req.valid("param").id, by);
      return c.body(null, 204);
    },
  );
  return routes;
}

function fieldBody(it: CustomField): z.infer<typeof FieldBody> {
  return {
    id: it.key,
    name: it.name,
    type: it.type,
    choices: it.choices,
    version: it.version,
    created_at: it.createdAt,
    updated_at: it.updatedAt,
  };
}
