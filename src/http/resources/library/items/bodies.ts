/**
 * Items in REST's words.
 *
 * @module
 */
import { editable, type Item, kinds, MAX_BULK, type Patch } from "../../../../items/mod.ts";
import { z } from "../../../router.ts";

const id = "0b6e2c0e-6f0a-4c8e-9a51-0d7f3a1c2b11";

const ItemMedia = z.object({
  id: z.string(),
  root: z.string(),
  relative_path: z.string(),
  catalog_id: z.string().nullable(),
  status: z.string().openapi({ example: "ready", description: "As in /api/media" }),
  size_bytes: z.int(),
  duration_ms: z.int().nullable(),
  container: z.string().nullable(),
  mime_type: z.string().nullable(),
  bitrate: z.int().nullable(),
  video_codec: z.string().nullable(),
  audio_codec: z.string().nullable(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  hdr: z.string().nullable(),
});

const Mine = z.object({
  rating: z.number().nullable().openapi({ description: "0.5 to 5 stars", example: 4.5 }),
  position_ms: z.int(),
  plays: z.int(),
  watched: z.boolean(),
  favorite: z.boolean(),
  last_played_at: z.string().nullable(),
});

const CustomValues = z.record(
  z.string().max(63),
  z.union([z.string().max(2000), z.number(), z.boolean()]).nullable(),
);

export const ItemBody = z.object({
  id: z.string().openapi({ example: id }),
  kind: z.enum(kinds),
  title: z.string().openapi({ example: "Heat" }),
  sort_title: z.string().openapi({ example: "heat" }),
  original_title: z.string().nullable(),
  series: z.string().nullable(),
  season: z.int().nullable(),
  episode: z.int().nullable(),
  year: z.int().nullable().openapi({ example: 1995 }),
  description: z.string().nullable(),
  source: z.string().nullable(),
  language: z.string().nullable(),
  custom: CustomValues.openapi({ description: "Values of the custom fields", example: {} }),
  own: z.array(z.string()).openapi({
    description: "The fields that a person has set: no scan changes them",
    example: ["title", "year"],
  }),
  identity: z.object({
    media_folder: z.string().openapi({ example: "films/Heat (1995)" }),
    identity_name: z.string().openapi({ example: "Heat (1995)" }),
    extension: z.string().openapi({ example: "mkv" }),
  }).nullable().openapi({ description: "Of its file; null: an item without one" }),
  media: ItemMedia.nullable(),
  mine: Mine.openapi({ description: "What ?user= says of it; no part of the version" }),
  version: z.int(),
  created_at: z.string(),
  updated_at: z.string(),
}).openapi("Item");

export type ItemBody = z.infer<typeof ItemBody>;

const text = (
  name: "title" | "original_title" | "series" | "description" | "source" | "language",
) => z.string().max(editable[name].max).nullable();
const whole = (name: "season" | "episode" | "year") =>
  z.number().min(editable[name].min).max(editable[name].max).int().nullable();

const editFields = {
  title: text("title"),
  kind: z.enum(kinds).nullable(),
  "original_title": text("original_title"),
  series: text("series"),
  season: whole("season"),
  episode: whole("episode"),
  year: whole("year"),
  description: text("description"),
  source: text("source"),
  language: text("language").openapi({ example: "eng", description: "ISO 639-2" }),
  custom: CustomValues,
};

export const ItemEdit = z.strictObject(editFields).partial().openapi("ItemEdit", {
  description: "null gives a field back to what the scan says",
  example: { title: "Heat", year: 1995, description: null },
});

export const NewItem = ItemEdit.extend({
  media_id: z.string().max(300).optional().openapi({
    description: "Take over the item that the scan has made of this file; none: without a file",
  }),
}).openapi("NewItem", { example: { title: "Heat (DVD, shelf 3)", year: 1995, source: "DVD" } });

const Links = z.strictObject({
  tags: z.array(z.string().max(300)).max(100).optional().openapi({
    description: "Each by its id, its path or a synonym; one that is not there is 404",
    example: ["genre/film-noir"],
  }),
});

export const BulkBody = z.strictObject({
  ids: z.array(z.string().max(300)).min(1).max(MAX_BULK).optional(),
  query: z.string().min(1).max(2000).optional().openapi({
    description: "Instead of ids: what a search finds, at most 10,000 items",
  }),
  set: ItemEdit.optional(),
  add: Links.optional(),
  remove: Links.optional(),
}).openapi("BulkEdit", { example: { ids: [id], set: { series: "Alien", season: 1 } } });

export const BulkAnswer = z.object({
  batch: z.string().openapi({ description: "To be undone by POST /api/changes/{batch}/undo" }),
  changed: z.int(),
  unchanged: z.int(),
  failed: z.int(),
  items: z.array(z.object({
    id: z.string(),
    result: z.enum(["changed", "unchanged", "failed"]),
    error: z.string().optional(),
  })),
}).openapi("BulkResult");

export function itemBody(it: Item): z.infer<typeof ItemBody> {
  return {
    id: it.id,
    kind: it.kind,
    title: it.title,
    sort_title: it.sortTitle,
    original_title: it.originalTitle,
    series: it.series,
    season: it.season,
    episode: it.episode,
    year: it.year,
    description: it.description,
    source: it.source,
    language: it.language,
    custom: it.custom as z.infer<typeof CustomValues>,
    own: it.own,
    identity: it.identity && {
      media_folder: it.identity.mediaFolder,
      identity_name: it.identity.identityName,
      extension: it.identity.extension,
    },
    media: it.media && mediaBody(it.media),
    mine: {
      rating: it.mine.rating,
      position_ms: it.mine.positionMs,
      plays: it.mine.plays,
      watched: it.mine.watched,
      favorite: it.mine.favorite,
      last_played_at: it.mine.lastPlayedAt,
    },
    version: it.version,
    created_at: it.createdAt,
    updated_at: it.updatedAt,
  };
}

function mediaBody(it: NonNullable<Item["media"]>): z.infer<typeof ItemMedia> {
  return {
    id: it.id,
    root: it.root,
    relative_path: it.relativePath,
    catalog_id: it.catalogId,
    status: it.status,
    size_bytes: it.sizeBytes,
    duration_ms: it.durationMs,
    container: it.container,
    mime_type: it.mimeType,
    bitrate: it.bitrate,
    video_codec: it.videoCodec,
    audio_codec: it.audioCodec,
    width: it.width,
    height: it.height,
    hdr: it.hdr,
  };
}

/** A body without what it does not have. */
export function toPatch(body: z.infer<typeof ItemEdit>): Patch {
  const given = Object.entries(body).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Patch;
}
