/**
 * What people say about media: items, tags, people, ratings; search, duplicates, ingest.
 *
 * @module
 */
export { type Items, type ItemsDeps, openItems } from "./open.ts";
