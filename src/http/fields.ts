/**
 * `?fields=id,title`: only these fields of each thing, for callers that list a million of them.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { InvalidError } from "../base/errors.ts";

/** The query parameter, for the schema of a list or of one thing. */
export const FieldsQuery = z.object({
  fields: z.string().max(1000).optional().openapi({
    description: "Only these fields, with commas between",
    example: "id,title",
  }),
});

/**
 * A function that leaves of a body what `fields` names, all of it where nothing is named.
 *
 * @throws {InvalidError} (by the function) a field that there is not
 */
export function only(fields: string | undefined): <Body extends object>(body: Body) => Body {
  const names = fields?.split(",").map((it) => it.trim()).filter(Boolean) ?? [];
  return (body) => {
    if (names.length === 0) return body;
    const unknown = names.find((name) => !Object.hasOwn(body, name));
    if (unknown !== undefined) {
      throw new InvalidError(
        `Cannot give the field "${unknown}": there are ${Object.keys(body).join(", ")}`,
        { field: "fields" },
      );
    }
    return Object.fromEntries(
      names.map((name) => [name, body[name as keyof typeof body]]),
    ) as typeof body;
  };
}
