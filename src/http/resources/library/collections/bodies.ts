/**
 * Collections and series in REST's words.
 *
 * @module
 */
import { type Collection, collectionKinds } from "../../../../items/mod.ts";
import { z } from "../../../router.ts";

const name = z.string().trim().min(1).max(255);
const description = z.string().max(10_000).nullable();

export const Kind = z.enum(collectionKinds);

export const CollectionBody = z.object({
  id: z.string(),
  kind: Kind,
  name: z.string().openapi({ example: "Hitchcock" }),
  description: z.string().nullable(),
  item_count: z.int(),
  version: z.int(),
  created_at: z.string(),
  updated_at: z.string(),
}).openapi("Collection");

export const NewCollection = z.strictObject({
  name,
  kind: Kind.optional(),
  description: description.optional(),
}).openapi("NewCollection", { example: { name: "Hitchcock" } });

export const CollectionEdit = NewCollection.partial().openapi("CollectionEdit", {
  example: { description: "In the order of their release" },
});

export const Place = z.object({ item_id: z.string(), title: z.string() }).openapi("CollectionItem");

export const ItemMove = z.strictObject({
  before: z.string().max(300).optional(),
  after: z.string().max(300).optional(),
}).refine((it) => (it.before === undefined) !== (it.after === undefined), {
  message: "expected either before or after, with the id of an item of the collection",
  path: ["before"],
}).openapi("CollectionItemMove", { example: { after: "0b6e2c0e-6f0a-4c8e-9a51-0d7f3a1c2b11" } });

export const SeriesBody = z.object({
  name: z.string().openapi({ example: "Twin Peaks" }),
  items: z.int(),
  seasons: z.int(),
  first_year: z.int().nullable(),
  last_year: z.int().nullable(),
}).openapi("Series");

export const EpisodeBody = z.object({
  item_id: z.string(),
  title: z.string(),
  season: z.int().nullable(),
  episode: z.int().nullable(),
  year: z.int().nullable(),
}).openapi("Episode");

export function collectionBody(it: Collection): z.infer<typeof CollectionBody> {
  return {
    id: it.id,
    kind: it.kind,
    name: it.name,
    description: it.description,
    item_count: it.itemCount,
    version: it.version,
    created_at: it.createdAt,
    updated_at: it.updatedAt,
  };
}
