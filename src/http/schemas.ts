/**
 * What REST says and takes, as zod schemas: they check, they type, and they become the OpenAPI text.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";

export const Track = z.object({
  kind: z.enum(["video", "audio", "subtitle"]),
  codec: z.string().openapi({ description: "Short name", example: "avc" }),
  codec_string: z.string().optional().openapi({
    description: "RFC 6381 codec parameter, where known",
    example: "avc1.64001f",
  }),
  width: z.int().optional(),
  height: z.int().optional(),
  channels: z.int().optional(),
  sample_rate: z.int().optional(),
  language: z.string().optional().openapi({ description: "ISO 639-2", example: "eng" }),
}).openapi("Track");

export const MediaDescription = z.object({
  container: z.string().openapi({ example: "matroska" }),
  mime_type: z.string().optional().openapi({ example: 'video/mp4; codecs="avc1.64001f"' }),
  duration_ms: z.int().optional(),
  tracks: z.array(Track),
}).openapi("MediaDescription");

export const CatalogItem = z.object({
  catalog_id: z.string(),
  title: z.string(),
  size_bytes: z.int(),
  online: z.boolean().openapi({ description: "A peer that holds it is connected now" }),
  replicas: z.array(z.object({
    peer_id: z.string(),
    relative_path: z.string(),
    online: z.boolean(),
  })),
  media: MediaDescription.optional(),
}).openapi("CatalogItem");

export const NewStream = z.object({
  catalog_id: z.string().min(1).max(200),
  sdp: z.string().min(1).max(100_000).openapi({ description: "The browser's WebRTC offer" }),
}).openapi("NewStream");

export const Stream = z.object({
  id: z.string(),
  catalog_id: z.string(),
  peer_id: z.string(),
  sdp: z.string().openapi({ description: "The peer's WebRTC answer, with its candidates" }),
}).openapi("Stream");

/** Every list: a page of items and where the next page begins. */
export function page<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next_cursor: z.string().nullable().openapi({ description: "null on the last page" }),
  });
}

export type Track = z.infer<typeof Track>;
export type MediaDescription = z.infer<typeof MediaDescription>;
export type CatalogItem = z.infer<typeof CatalogItem>;
export type Stream = z.infer<typeof Stream>;
