/**
 * What people say about media: items, tags, people, ratings; search, duplicates, ingest.
 *
 * @module
 */
export { type Items, type ItemsDeps, openItems } from "./open.ts";
export { newBatch } from "./changes/changes.ts";
export type { By, Cardinality, Tag, TagEdit, TagGroup, TagInput, Tags } from "./tags/mod.ts";
export { slugify } from "./tags/mod.ts";
