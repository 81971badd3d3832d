/**
 * The library as JSON Lines: one object a line, told apart by `type`; first a header. Each line can be
 * understood by itself: an item names its tags by their paths and its people by their names, too. Times
 * are ISO 8601, UTC. What the disks say again (tracks, pictures, full facts) is not in it, nor items
 * that were deleted.
 *
 *     {"type":"export","format":"giggityflix-library","version":1,"id":"…","made_at":"…"}
 *     {"type":"tag_group","key":"quality",…}
 *     {"type":"tag","path":"genre/film-noir","name":"Film Noir",…}
 *     {"type":"person","id":"…","name":"Hedy Lamarr",…}
 *     {"type":"item","id":"…","media":{"identity":"…","path":"…",…},"tags":["genre/film-noir"],…}
 *
 * @module
 */
import { z } from "zod";
import { customTypes } from "../custom/custom.ts";
import { collectionKinds } from "../collections/mod.ts";
import { editableNames } from "../items/item.ts";
import { roles } from "../people/mod.ts";

export const FORMAT = "giggityflix-library";
/** Of the lines' form; a program reads those of its own and older ones. */
export const VERSION = 1;

const text = z.string().max(100_000);
const time = z.string().max(40);
const maybe = text.nullable();
/** Some way below what a number can hold: it is counted on. */
const MOST = 1e12;

export const Header = z.object({
  type: z.literal("export"),
  format: z.literal(FORMAT),
  version: z.int(),
  id: z.string().min(1).max(100),
  made_at: time,
});

const WatchState = z.object({
  user: text,
  position_ms: z.int().min(0).max(MOST),
  plays: z.int().min(0).max(MOST),
  watched: z.boolean(),
  favorite: z.boolean(),
  last_played_at: time.nullable(),
  updated_at: time,
});

const Media = z.object({
  /** XXH3-128 of size and both ends; null: not read yet. */
  identity: z.string().max(100).nullable(),
  size_bytes: z.int(),
  modified_ms: z.number(),
  volume_id: maybe,
  volume_path: maybe,
  root: text,
  /** In its media folder. */
  path: text,
  hashes: z.record(z.string(), z.string()),
});

export const Item = z.object({
  type: z.literal("item"),
  id: z.string().min(1).max(300),
  media: Media.nullable(),
  /** What a person has set; of an item without a file, all that is known. */
  fields: z.partialRecord(
    z.enum(editableNames as [string]),
    z.union([text, z.number()]).nullable(),
  ),
  custom: z.record(z.string(), z.unknown()),
  tags: z.array(text),
  people: z.array(z.object({
    person: text,
    name: text,
    role: z.enum(roles),
    credited_as: maybe,
    position: z.int(),
  })),
  ratings: z.array(z.object({ user: text, stars: z.number().min(0.5).max(5), rated_at: time })),
  /** Stars are null where a rating was taken back. */
  rating_history: z.array(z.object({ user: text, stars: z.number().nullable(), rated_at: time })),
  notes: z.array(z.object({ id: text, user: text, text, created_at: time })),
  collections: z.array(z.object({
    collection: text,
    kind: z.enum(collectionKinds),
    name: text,
    position: z.number(),
  })),
  /** Of an item without a file; others are kept by content, in lines of their own. */
  watch: z.array(WatchState),
  /** Pictures and texts that lie beside the film, in it, or were uploaded: what they are, not what is in them. */
  assets: z.array(z.object({
    kind: text,
    label: text,
    origin: text,
    path: text,
    mime_type: text,
  })),
  created_at: time,
});

export const Line = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("tag_group"),
    key: text,
    name: text,
    cardinality: z.enum(["one", "many"]),
    description: maybe,
  }),
  z.object({
    type: z.literal("tag"),
    path: text.min(1),
    name: text.min(1),
    /** Key of the group that is set at this tag. */
    group: maybe,
    description: maybe,
    synonyms: z.array(text),
  }),
  z.object({
    type: z.literal("person"),
    id: z.string().min(1).max(300),
    name: text.min(1),
    notes: maybe,
    aliases: z.array(text),
    /** Somebody else in this export has the same name. */
    has_namesake: z.boolean(),
  }),
  z.object({
    type: z.literal("custom_field"),
    key: text,
    name: text,
    field_type: z.enum(customTypes),
    choices: z.array(text),
  }),
  z.object({
    type: z.literal("collection"),
    id: z.string().min(1).max(300),
    kind: z.enum(collectionKinds),
    name: text.min(1),
    description: maybe,
  }),
  z.object({
    type: z.literal("saved_search"),
    name: text.min(1),
    query: text,
    sort: text,
    created_by: text,
  }),
  Item,
  WatchState.extend({ type: z.literal("watch"), content_key: z.string().min(1).max(300) }),
]);

export type Item = z.infer<typeof Item>;
export type Header = z.infer<typeof Header>;
export type Line = z.infer<typeof Line>;
export type LineType = Line["type"];
export type LineOf<Type extends LineType> = Extract<Line, { type: Type }>;
