/**
 * What people say about media, in REST: one line per resource.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { absent } from "../../router.ts";
import { type CollectionsPort, collectionsResource } from "./collections/collections.ts";
import { itemPeople } from "./people/item_people.ts";
import { type PeoplePort, peopleResource } from "./people/people.ts";
import { itemTags } from "./tags/item_tags.ts";
import { tagGroupsResource } from "./tags/tag_groups.ts";
import { type TagsPort, tagsResource } from "./tags/tags.ts";

/** What each resource needs, by its name. */
export interface LibraryPort {
  tags: TagsPort;
  people: PeoplePort;
  collections: CollectionsPort;
}

/** Path below /api → its routes. */
const resources: Record<string, (port: LibraryPort) => OpenAPIHono> = {
  items: ({ tags, people }) => itemTags(tags).route("/", itemPeople(people)),
  tags: ({ tags }) => tagsResource(tags),
  people: ({ people }) => peopleResource(people),
  collections: ({ collections }) => collectionsResource(collections),
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
