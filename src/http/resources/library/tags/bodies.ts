/**
 * Tags and their groups in REST's words.
 *
 * @module
 */
import type { Tag, TagGroup } from "../../../../items/mod.ts";
import { z } from "../../../router.ts";

const name = z.string().trim().min(1).max(128);
const slug = z.string().trim().min(1).max(64);

export const TagBody = z.object({
  id: z.string(),
  parent_id: z.string().nullable(),
  group_id: z.string().nullable().openapi({
    description: "Set at this tag, for all below it; null: that of the branch, if it has one",
  }),
  name: z.string().openapi({ example: "Film Noir" }),
  slug: z.string().openapi({ example: "film-noir" }),
  path: z.string().openapi({ example: "genre/film-noir" }),
  depth: z.int(),
  description: z.string().nullable(),
  synonyms: z.array(z.string()).openapi({ example: ["Noir"] }),
  item_count: z.int().openapi({ description: "Items that have this very tag" }),
  branch_count: z.int().openapi({
    description: "The same with all tags below it; an item with two of them counts twice",
  }),
  child_count: z.int(),
  version: z.int(),
  created_at: z.string(),
  updated_at: z.string(),
}).openapi("Tag");

export const NewTag = z.strictObject({
  name: name.optional(),
  path: z.string().trim().min(1).max(1000).optional().openapi({
    description: "Instead of name and parent: found, or made with all above it",
    example: "Genre/Film Noir",
  }),
  slug: slug.optional(),
  parent_id: z.string().max(300).nullable().optional(),
  group_id: z.string().max(300).nullable().optional(),
  description: z.string().max(10_000).nullable().optional(),
  synonyms: z.array(name).max(100).optional(),
}).refine((it) => (it.name === undefined) !== (it.path === undefined), {
  message: "expected either name or path",
  path: ["name"],
}).openapi("NewTag", { example: { name: "Film Noir", synonyms: ["Noir"] } });

export const TagEditBody = z.strictObject({
  name: name.optional(),
  slug: slug.optional(),
  group_id: z.string().max(300).nullable().optional(),
  description: z.string().max(10_000).nullable().optional(),
  synonyms: z.array(name).max(100).optional(),
}).openapi("TagEdit", { example: { name: "Noir", description: "Dark, and raining" } });

export const TagMove = z.strictObject({
  parent_id: z.string().max(300).nullable().optional(),
  parent_path: z.string().max(1000).optional(),
}).refine((it) => (it.parent_id === undefined) !== (it.parent_path === undefined), {
  message: "expected either parent_id (null: to the root) or parent_path",
  path: ["parent_id"],
}).openapi("TagMove", { example: { parent_path: "genre" } });

export const GroupBody = z.object({
  id: z.string(),
  key: z.string().openapi({ example: "quality" }),
  name: z.string().openapi({ example: "Quality" }),
  cardinality: z.enum(["one", "many"]).openapi({ description: "Tags of it that an item may have" }),
  description: z.string().nullable(),
  version: z.int(),
  created_at: z.string(),
  updated_at: z.string(),
}).openapi("TagGroup");

export const NewGroup = z.strictObject({
  name,
  key: slug.optional(),
  cardinality: z.enum(["one", "many"]).optional(),
  description: z.string().max(10_000).nullable().optional(),
}).openapi("NewTagGroup", { example: { name: "Quality", cardinality: "one" } });

export const GroupEditBody = NewGroup.partial().openapi("TagGroupEdit", {
  example: { cardinality: "one" },
});

export const Ids = z.strictObject({
  item_ids: z.array(z.string().max(300)).min(1).max(10_000),
}).openapi("ItemIds", { example: { item_ids: ["0b6e2c0e-6f0a-4c8e-9a51-0d7f3a1c2b11"] } });

export const LinkedBody = z.object({
  linked: z.int().openapi({ description: "Items that are others now" }),
  unchanged: z.int(),
  not_found: z.array(z.string()),
}).openapi("Linked");

export function tagBody(it: Tag): z.infer<typeof TagBody> {
  return {
    id: it.id,
    parent_id: it.parentId,
    group_id: it.groupId,
    name: it.name,
    slug: it.slug,
    path: it.path,
    depth: it.depth,
    description: it.description,
    synonyms: it.synonyms,
    item_count: it.itemCount,
    branch_count: it.branchCount,
    child_count: it.childCount,
    version: it.version,
    created_at: it.createdAt,
    updated_at: it.updatedAt,
  };
}

export function groupBody(it: TagGroup): z.infer<typeof GroupBody> {
  return {
    id: it.id,
    key: it.key,
    name: it.name,
    cardinality: it.cardinality,
    description: it.description,
    version: it.version,
    created_at: it.createdAt,
    updated_at: it.updatedAt,
  };
}

export function linkedBody(
  { linked, unchanged, notFound }: { linked: number; unchanged: number; notFound: string[] },
): z.infer<typeof LinkedBody> {
  return { linked, unchanged, not_found: notFound };
}
