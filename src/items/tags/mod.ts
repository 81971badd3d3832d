/**
 * Tags: their tree, synonyms, groups, and which items have them.
 *
 * @module
 */
export { openTags, type TagEdit, type TagInput, type Tags } from "./tags.ts";
export type { GroupEdit } from "./groups.ts";
export { BRANCH } from "./store.ts";
export { isTagPath, slugify, slugifyPath } from "./slug.ts";
export type { By, Cardinality, Tag, TagGroup } from "./tag.ts";
