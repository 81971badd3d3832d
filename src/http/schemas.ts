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
  profile: z.string().optional().openapi({ example: "High" }),
  level: z.string().optional().openapi({ example: "4.1" }),
  width: z.int().optional().openapi({ description: "As it is shown: turned, square pixels" }),
  height: z.int().optional(),
  coded_width: z.int().optional().openapi({ description: "Only where it is shown otherwise" }),
  coded_height: z.int().optional(),
  rotation: z.int().optional().openapi({ description: "Clockwise, in degrees", example: 90 }),
  frame_rate: z.number().optional().openapi({ description: "The average", example: 23.976 }),
  variable_frame_rate: z.boolean().optional(),
  bit_depth: z.int().optional(),
  hdr: z.enum(["HDR10", "HDR10+", "HLG", "Dolby Vision"]).optional(),
  bitrate: z.int().optional().openapi({ description: "Bits per second" }),
  channels: z.int().optional(),
  sample_rate: z.int().optional(),
  language: z.string().optional().openapi({ description: "ISO 639-2", example: "eng" }),
  title: z.string().optional().openapi({ example: "Commentary" }),
  default: z.boolean().optional(),
  forced: z.boolean().optional(),
  hearing_impaired: z.boolean().optional(),
  commentary: z.boolean().optional(),
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
  available_peer_count: z.int().openapi({ description: "Connected peers that hold it" }),
  content_hash: z.string().optional().openapi({
    description: "The same of the same content: of its size and both its ends",
  }),
  replicas: z.array(z.object({
    peer_id: z.string(),
    relative_path: z.string(),
    online: z.boolean(),
    at_risk: z.boolean().optional().openapi({ description: "Its drive is failing" }),
  })),
  media: MediaDescription.optional(),
}).openapi("CatalogItem");

export const IceServer = z.object({
  urls: z.array(z.string()),
  username: z.string().optional(),
  credential: z.string().optional(),
}).openapi("IceServer", { description: "As RTCPeerConnection takes it" });

export const Stream = z.object({
  id: z.string(),
  catalog_id: z.string(),
  peer_id: z.string(),
  sdp: z.string().openapi({ description: "The peer's WebRTC answer, with its candidates" }),
  type: z.enum(["answer", "offer"]).openapi({ description: "What sdp is" }),
  ice_servers: z.array(IceServer),
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
export type IceServer = z.infer<typeof IceServer>;
export type MediaItem = z.infer<typeof MediaItem>;
export type Setting = z.infer<typeof Setting>;
export type Job = z.infer<typeof Job>;

export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string(),
}).openapi("Problem", { description: "RFC 9457" });

export const Health = z.object({
  status: z.enum(["healthy", "degraded"]),
  service: z.string(),
  version: z.string(),
  timestamp: z.string(),
  parts: z.record(
    z.string(),
    z.looseObject({
      status: z.enum(["healthy", "degraded", "off"]),
      problems: z.array(z.object({
        text: z.string(),
        fix: z.string().optional().openapi({ description: "A line to type" }),
        confirmation: z.string().optional().openapi({
          description: "Of files that were not found: its id among the scan's confirmations",
        }),
      })).optional().openapi({ description: "What is wrong, in words" }),
    }),
  ),
}).openapi("Health");

const SettingValue = z.union([z.string(), z.int(), z.boolean(), z.array(z.string())]);

export const Setting = z.object({
  key: z.string(),
  value: z.string().openapi({ description: "As it would stand in the environment" }),
  typed_value: SettingValue,
  default_value: z.string(),
  typed_default_value: SettingValue,
  value_type: z.string(),
  description: z.string(),
  env_variable: z.string(),
  is_env_overridable: z.boolean(),
  source: z.enum(["default", "stored", "environment", "flag"]),
  editable: z.boolean(),
}).openapi("Setting");

export const MediaStatus = z.enum([
  "new",
  "probed",
  "ready",
  "unreadable",
  "missing",
  "forgotten",
  "offline",
]);

export const MediaItem = z.object({
  id: z.string(),
  catalog_id: z.string().nullable(),
  title: z.string(),
  root: z.string(),
  relative_path: z.string(),
  size_bytes: z.int(),
  modified_at: z.string(),
  drive_ids: z.array(z.string()),
  status: MediaStatus,
  volume_id: z.string().nullable().openapi({ description: "What it lies on, mounted or not" }),
  offline_since: z.string().nullable().openapi({ description: "Its drive is away since then" }),
  error: z.string().nullable(),
  container: z.string().nullable(),
  mime_type: z.string().nullable(),
  duration_ms: z.int().nullable(),
  bitrate: z.int().nullable().openapi({ description: "Bits per second, of the whole file" }),
  kind: z.enum(["video", "audio", "image"]).nullable(),
  video_codec: z.string().nullable().openapi({ example: "hevc" }),
  audio_codec: z.string().nullable().openapi({ description: "Of the default sound" }),
  width: z.int().nullable().openapi({ description: "Of the first picture, as it is shown" }),
  height: z.int().nullable(),
  hdr: z.enum(["HDR10", "HDR10+", "HLG", "Dolby Vision"]).nullable(),
  tracks: z.array(Track),
  added_at: z.string(),
  updated_at: z.string(),
}).openapi("MediaItem");

export const Peer = z.object({
  peer_id: z.string(),
  online: z.boolean(),
  connected_at: z.string().nullable(),
  last_seen_at: z.string().nullable(),
  catalog_size: z.int(),
}).openapi("Peer");

export const Confirmation = z.object({
  id: z.string().openapi({ example: "0f3a6c1d2b4e5f60" }),
  root: z.string().openapi({ example: "/films" }),
  files: z.int().openapi({ example: 412 }),
  since: z.string(),
}).openapi("Confirmation", {
  description: "Files of a media folder that were not found, too many to be taken for deleted",
});

export const ScanResult = z.object({
  files: z.int(),
  new: z.int(),
  changed: z.int(),
  moved: z.int().openapi({ description: "Found again at another place, and not hashed again" }),
  gone: z.int(),
  offline: z.int().openapi({ description: "Files whose volume is away" }),
  confirmations: z.array(Confirmation),
  errors: z.int(),
  bytes_read: z.int(),
  seconds: z.number(),
  phases: z.object({ walk: z.number(), probe: z.number(), hash: z.number() }).openapi({
    description: "Seconds of each phase",
  }),
  issues: z.array(z.object({ path: z.string(), problem: z.string() })),
  asleep: z.array(z.string()).optional().openapi({
    description: "Folders left for later, for their drives sleep",
  }),
  left: z.array(z.object({
    job_id: z.string(),
    drive_ids: z.array(z.string()),
    files: z.int(),
    bytes: z.int(),
    waiting_for: z.string(),
    is_paused: z.boolean(),
  })).openapi({
    description: "Files that the scan has not waited for, by what is to be done with them, and why",
  }),
}).openapi("ScanResult");

export const ScanProgress = z.object({
  phase: z.enum(["walk", "probe", "hash"]),
  files: z.int(),
  files_total: z.int().optional(),
  bytes: z.int(),
  bytes_total: z.int().optional(),
  path: z.string().optional(),
  files_per_s: z.number().optional(),
  bytes_per_s: z.number().optional(),
  eta_s: z.int().optional().openapi({ description: "Seconds left of this phase, as measured" }),
}).openapi("ScanProgress");

export const ScanStatus = z.object({
  running: z.boolean(),
  progress: ScanProgress.nullable(),
  last: ScanResult.extend({ finished_at: z.string() }).nullable(),
  failed: z.string().nullable().openapi({ description: "Why the last scan gave up" }),
}).openapi("ScanStatus");

export const Job = z.object({
  id: z.string().openapi({ example: "hash:drv-1f6c" }),
  kind: z.string().openapi({ example: "hash" }),
  title: z.string(),
  drive_ids: z.array(z.string()),
  state: z.enum(["queued", "waiting", "running", "paused", "done", "failed", "cancelled"]),
  waiting_for: z.string().nullable().openapi({ description: "In words, with what shows it" }),
  progress: z.object({
    done: z.int(),
    total: z.int().nullable(),
    bytes_done: z.int(),
    bytes_total: z.int().nullable(),
  }),
  rate: z.object({ items_per_s: z.number(), bytes_per_s: z.int() }).nullable().openapi({
    description: "Of the last 15 seconds; null while it does not run",
  }),
  eta_s: z.int().nullable().openapi({ description: "Seconds left at this rate" }),
  started_at: z.string().nullable(),
  updated_at: z.string(),
  finished_at: z.string().nullable(),
  error: z.string().nullable(),
}).openapi("Job");
