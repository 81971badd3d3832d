/**
 * People and credits in REST's words.
 *
 * @module
 */
import { type Credit, type Person, roles } from "../../../../items/mod.ts";
import { z } from "../../../router.ts";

const name = z.string().trim().min(1).max(255);

export const RoleName = z.enum(roles).openapi({ example: "actor" });

export const PersonBody = z.object({
  id: z.string(),
  name: z.string().openapi({ example: "Hedy Lamarr" }),
  aliases: z.array(z.string()).openapi({ example: ["Hedwig Kiesler"] }),
  notes: z.string().nullable(),
  item_count: z.int(),
  version: z.int(),
  created_at: z.string(),
  updated_at: z.string(),
}).openapi("Person");

export const NewPerson = z.strictObject({
  name,
  aliases: z.array(name).max(100).optional(),
  notes: z.string().max(10_000).nullable().optional(),
  allow_namesake: z.boolean().optional().openapi({
    description: "Somebody else of the same name; without, a known name answers 409 with person_id",
  }),
}).openapi("NewPerson", { example: { name: "Hedy Lamarr", aliases: ["Hedwig Kiesler"] } });

export const PersonEditBody = NewPerson.omit({ allow_namesake: true }).partial()
  .openapi("PersonEdit", { example: { notes: "Frequency hopping" } });

export const Alias = z.strictObject({ alias: name }).openapi("PersonAlias", {
  example: { alias: "Hedwig Kiesler" },
});

export const PersonMerge = z.strictObject({ into: z.string().max(300) }).openapi("PersonMerge", {
  example: { into: "5b0e7f7e-0d4c-4a53-8c43-5d1f3c9b7a10" },
});

export const CreditBody = z.object({
  person_id: z.string(),
  name: z.string(),
  role: RoleName,
  credited_as: z.string().nullable().openapi({
    description: "The part, or the name in the credits",
  }),
  position: z.int(),
}).openapi("Credit");

export const NewCredit = z.strictObject({
  role: RoleName.default("actor"),
  credited_as: z.string().max(255).nullable().default(null),
  position: z.int().min(0).max(1_000_000).optional(),
}).openapi("NewCredit", { example: { role: "actor", credited_as: "Tondelayo" } });

export const PersonItem = z.object({
  item_id: z.string(),
  role: RoleName,
  credited_as: z.string().nullable(),
  position: z.int(),
}).openapi("PersonItem");

export function personBody(it: Person): z.infer<typeof PersonBody> {
  return {
    id: it.id,
    name: it.name,
    aliases: it.aliases,
    notes: it.notes,
    item_count: it.itemCount,
    version: it.version,
    created_at: it.createdAt,
    updated_at: it.updatedAt,
  };
}

export function creditBody(it: Credit, name: string): z.infer<typeof CreditBody> {
  return {
    person_id: it.personId,
    name,
    role: it.role,
    credited_as: it.creditedAs,
    position: it.position,
  };
}
