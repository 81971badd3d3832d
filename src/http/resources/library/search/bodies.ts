/**
 * Searches and their results in REST's words.
 *
 * @module
 */
import type { SavedSearch } from "../../../../items/mod.ts";
import { z } from "../../../router.ts";
import { ItemBody } from "../items/bodies.ts";

const Highlight = z.object({
  field: z.string().openapi({ example: "title" }),
  text: z.string().openapi({ example: "Blade Runner 2049" }),
  ranges: z.array(z.tuple([z.int(), z.int()])).openapi({
    description: "Where the words stand in the text: from and to, in UTF-16 letters",
    example: [[0, 5]],
  }),
});

const Facet = z.object({
  value: z.string().openapi({ description: "As a filter takes it", example: "genre/sci-fi" }),
  label: z.string().openapi({ example: "Sci-Fi" }),
  count: z.int(),
});

export const SearchBody = z.object({
  items: z.array(ItemBody.extend({ highlights: z.array(Highlight) }).openapi("SearchHit")),
  next_cursor: z.string().nullable().openapi({ description: "null on the last page" }),
  total: z.object({
    value: z.int().openapi({ example: 42 }),
    relation: z.enum(["exactly", "more than"]),
  }),
  searched: z.enum(["everything", "beginnings of titles"]).openapi({
    description: "A query of one or two letters and * finds only titles that begin so",
    example: "everything",
  }),
  facets: z.object({
    counted: z.int().openapi({ description: "Over so many items of the result" }),
    relation: z.enum(["all", "the newest"]),
    values: z.record(z.string(), z.array(Facet)),
  }).optional(),
  indexing: z.int().openapi({
    description: "Items that the index does not know yet, or not as they are now",
    example: 0,
  }),
}).openapi("SearchResult");

export type SearchResult = z.infer<typeof SearchBody>;

const Named = z.object({ name: z.string(), help: z.string() });

export const HelpBody = z.object({
  filters: z.array(Named.extend({ aliases: z.array(z.string()), example: z.string() })),
  sorts: z.array(Named),
  facets: z.array(z.string()),
}).openapi("SearchHelp");

const fields = {
  name: z.string().trim().min(1).max(200),
  query: z.string().max(1000),
  sort: z.string().max(40),
};

export const NewSearch = z.strictObject(fields).partial({ sort: true }).openapi("NewSavedSearch", {
  example: { name: "Long and unseen", query: "watched:no duration>2h", sort: "-rating" },
});

export const SearchEdit = z.strictObject(fields).partial().openapi("SavedSearchEdit", {
  example: { query: "watched:no duration>2h30m" },
});

export const SavedBody = z.object({
  id: z.string(),
  name: z.string().openapi({ example: "Long and unseen" }),
  query: z.string().openapi({ example: "watched:no duration>2h" }),
  sort: z.string().openapi({ example: "-rating", description: '"": the usual order' }),
  version: z.int(),
  created_by: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
}).openapi("SavedSearch");

export function savedBody(it: SavedSearch): z.infer<typeof SavedBody> {
  return {
    id: it.id,
    name: it.name,
    query: it.query,
    sort: it.sort,
    version: it.version,
    created_by: it.createdBy,
    created_at: it.createdAt,
    updated_at: it.updatedAt,
  };
}
