/**
 * What people say about media, in REST: one line per resource.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { absent } from "../../router.ts";
import { type CollectionsPort, collectionsResource } from "./collections/collections.ts";
import { itemNfo, type NfosPort } from "./exchange/item_nfo.ts";
import { type ExchangePort, exportResource, importResource } from "./exchange/export_import.ts";
import { type BackupsPort, backupsResource } from "./exchange/backups.ts";
import { type DuplicatesPort, duplicatesResource } from "./duplicates/duplicates.ts";
import { type TrashPort, trashResource } from "./duplicates/trash.ts";
import { type IngestPort, ingestResource } from "./ingest/plans.ts";
import { items, type ItemsPort } from "./items/items.ts";
import { itemPeople } from "./people/item_people.ts";
import { type PeoplePort, peopleResource } from "./people/people.ts";
import { artwork, type ArtworkPort } from "./pictures/artwork.ts";
import { assets, type AssetsPort, itemAssets } from "./pictures/assets.ts";
import type { PicturesPort } from "./pictures/media_pictures.ts";
import { changes, type ChangesPort } from "./said/changes.ts";
import { customFields, type CustomFieldsPort } from "./said/custom_fields.ts";
import { notes, type NotesPort } from "./said/notes.ts";
import { ratings, type RatingsPort } from "./said/ratings.ts";
import { watch, type WatchPort } from "./said/watch.ts";
import { type SearchPort, searchResource } from "./search/search.ts";
import { type SearchesPort, searchesResource } from "./search/searches.ts";
import { itemTags } from "./tags/item_tags.ts";
import { tagGroupsResource } from "./tags/tag_groups.ts";
import { type TagsPort, tagsResource } from "./tags/tags.ts";

/** What each resource needs, by its name. */
export interface LibraryPort {
  items: ItemsPort;
  ratings: RatingsPort;
  watch: WatchPort;
  notes: NotesPort;
  customFields: CustomFieldsPort;
  changes: ChangesPort;
  tags: TagsPort & { branch(path: string): string[] };
  people: PeoplePort;
  collections: CollectionsPort;
  backups: BackupsPort;
  exchange: ExchangePort;
  nfos: NfosPort;
  ingest: IngestPort;
  duplicates: DuplicatesPort;
  trash: TrashPort;
  assets: AssetsPort;
  pictures: PicturesPort & ArtworkPort;
  search: SearchPort & SearchesPort;
}

/** Path below /api → its routes. */
const resources: Record<string, (port: LibraryPort) => OpenAPIHono> = {
  items: ({ items: room, tags, people, nfos, assets }) =>
    items(room, tags).route("/", itemTags(tags))
      .route("/", itemPeople(people))
      .route("/", itemNfo(nfos))
      .route("/", itemAssets(assets)),
  ratings: (port) => ratings(port.ratings),
  watch: (port) => watch(port.watch),
  notes: (port) => notes(port.notes),
  "custom-fields": (port) => customFields(port.customFields),
  changes: (port) => changes(port.changes),
  tags: ({ tags }) => tagsResource(tags),
  people: ({ people }) => peopleResource(people),
  collections: ({ collections }) => collectionsResource(collections),
  export: ({ exchange }) => exportResource(exchange),
  import: ({ exchange }) => importResource(exchange),
  backups: ({ backups }) => backupsResource(backups),
  duplicates: ({ duplicates }) => duplicatesResource(duplicates),
  trash: ({ trash }) => trashResource(trash),
  "ingest/plans": ({ ingest }) => ingestResource(ingest),
  assets: (port) => assets(port.assets),
  artwork: ({ pictures }) => artwork(pictures),
  search: ({ search }) => searchResource(search),
  searches: ({ search }) => searchesResource(search),
  "tag-groups": ({ tags }) => tagGroupsResource(tags),
};

/** The resources, or for a program that has no library the reason in the place of each. */
export function libraryResources(port: LibraryPort | string): Record<string, OpenAPIHono> {
  return Object.fromEntries(
    Object.entries(resources).map(([path, make]) => [
      path,
      typeof port === "string" ? absent(port) : make(port),
    ]),
  );
}
