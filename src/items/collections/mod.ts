/**
 * Collections and series.
 *
 * @module
 */
export { type CollectionInput, type Collections, openCollections } from "./collections.ts";
export {
  type Collection,
  type CollectionKind,
  collectionKinds,
  type Episode,
  type Place,
  type Series,
} from "./collection.ts";
