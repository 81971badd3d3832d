/**
 * What a scan has learnt of a file beyond its tracks, as REST says it.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { snakeCased } from "../../base/text/snake_case.ts";
import type { Details } from "../../media/mod.ts";

const text = z.string().optional();
const whole = z.int().optional();
const texts = z.array(z.string()).optional();

const EmbeddedFile = z.object({
  offset: z.int().openapi({ description: "From the begin of the file", example: 4096 }),
  size_bytes: z.int(),
  mime_type: z.string().openapi({ example: "image/jpeg" }),
  name: text,
  kind: z.enum(["front", "back", "other"]).optional(),
  attachment_id: text.openapi({ description: "Matroska's FileUID" }),
});

const Nfo = z.object({
  path: z.string().openapi({ description: "From the folder of the file", example: "film.nfo" }),
  modified_ms: z.int(),
  kind: z.enum(["movie", "episodedetails", "tvshow", "musicvideo", "unknown"]),
  title: text,
  original_title: text,
  sort_title: text,
  year: whole,
  premiered: text,
  plot: text,
  tagline: text,
  season: whole,
  episode: whole,
  show_title: text,
  runtime_minutes: whole,
  genres: texts,
  tags: texts,
  actors: z.array(z.object({ name: z.string(), role: text, order: whole, thumb: text })).optional(),
  directors: texts,
  credits: texts,
  studios: texts,
  set: text,
  user_rating: z.number().optional(),
  ratings: z.array(
    z.object({ name: z.string(), value: z.number(), max: z.number(), votes: whole }),
  ).optional(),
  unique_ids: z.array(
    z.object({ type: z.string(), value: z.string(), default: z.boolean().optional() }),
  ).optional(),
  urls: texts,
  problem: text.openapi({ description: "Why nothing of it, or not all, could be read" }),
}).openapi("Nfo", { description: "Kodi's NFO file beside the media file" });

export const MediaDetails = z.object({
  chapters: z.array(z.object({
    start_ms: z.int(),
    end_ms: whole,
    title: text,
  })).optional().openapi({ example: [{ start_ms: 0, end_ms: 61_000, title: "Opening" }] }),
  tags: z.record(z.string(), z.string()).optional().openapi({
    description: "What the container says of its content",
    example: { title: "Metropolis", date: "1927" },
  }),
  covers: z.array(EmbeddedFile).optional(),
  attachments: z.array(EmbeddedFile).optional(),
  sidecars: z.array(z.object({
    name: z.string(),
    kind: z.literal("subtitle"),
    format: z.string(),
    language: text,
    forced: z.boolean().optional(),
    hearing_impaired: z.boolean().optional(),
    default: z.boolean().optional(),
    title: text,
  })).optional().openapi({
    description: "Subtitles beside the file",
    example: [{ name: "Film.en.srt", kind: "subtitle", format: "srt", language: "en" }],
  }),
  nfo: Nfo.optional(),
  series_nfo: Nfo.optional(),
  name: z.object({
    title: z.string(),
    year: whole,
    season: whole,
    episode: whole,
    episodes: z.array(z.int()).optional(),
    series: text,
    date: text,
    release: z.boolean().optional(),
  }).optional().openapi({ description: "What the names of the file and its folders say" }),
}).openapi("MediaDetails");

export function detailsBody(details: Details): z.infer<typeof MediaDetails> {
  return snakeCased(details) as z.infer<typeof MediaDetails>;
}
