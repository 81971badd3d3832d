/**
 * What people say about media: items, tags, people, ratings; search, duplicates, ingest.
 *
 * @module
 */
export { type Items, type ItemsDeps, openItems } from "./open.ts";
export type { Assets, NewAsset } from "./assets/assets.ts";
export type { Asset, AssetFilter } from "./assets/store.ts";
export { newBatch } from "./changes/changes.ts";
export type { By, Cardinality, Tag, TagEdit, TagGroup, TagInput, Tags } from "./tags/mod.ts";
export { isTagPath, slugify, slugifyPath } from "./tags/mod.ts";
export type { Changes } from "./changes/changes.ts";
export type { StoredChange } from "./changes/store.ts";
export { type CustomField, type CustomFields, customTypes } from "./custom/custom.ts";
export { type BulkResult, MAX_BULK } from "./items/bulk/bulk.ts";
export { cleanText, editable, editableNames, kinds, type Patch } from "./items/item.ts";
export { labelOf } from "./items/label.ts";
export type { EditBy } from "./items/items.ts";
export { type ItemPage, type ListQuery, type Order, orders } from "./items/list/list.ts";
export type { Place } from "./items/list/store.ts";
export type { Item, ItemMedia } from "./items/row.ts";
export { MAX_NOTE, type Note, type Notes } from "./notes/notes.ts";
export type { Rating, Ratings } from "./ratings/ratings.ts";
export type { Watch, WatchRoom, WatchUpdate } from "./watch/watch.ts";
export { type Credit, type People, type Person, type Role, roles } from "./people/mod.ts";
export {
  type Collection,
  collectionKinds,
  type Collections,
  type Episode,
  type Series,
} from "./collections/mod.ts";
export {
  type Caller as IngestCaller,
  haltIngests,
  type Ingest,
  type Mode as IngestMode,
  modes as ingestModes,
  outcomeOf,
  outcomes,
  type Plan as IngestPlan,
  planStates as ingestStates,
  policies as ingestPolicies,
  policyNames as ingestPolicyNames,
  reasonOfStep,
  type Report as IngestReport,
  type Step as IngestStep,
  stepStates,
} from "./ingest/mod.ts";
export type { Backup, Backups, Exchange, ImportReport, Nfos } from "./exchange/mod.ts";
export type { Facets, Hit, SavedSearch, Search, SearchPage, SearchRequest } from "./search/mod.ts";
export * from "./duplicates/mod.ts";
export { createIntake, takeIn } from "./exchange/mod.ts";
