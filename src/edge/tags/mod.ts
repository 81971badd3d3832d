/**
 * Tags of titles, as their peers tell them to an edge that shares by them.
 *
 * @module
 */
export { hasTag, keepTags, type TagsByPeer, tagsOf } from "./store.ts";
export { boundedTags } from "./told.ts";
