/**
 * /api/media: the files of this peer, their bytes, and the scan that finds them.
 *
 * @module
 */
import { InvalidError, NotFoundError } from "../../base/errors.ts";
import type {
  Details,
  Hashes,
  ListOptions,
  MediaFile,
  OpenedFile,
  ScanReport,
  ScanState,
} from "../../media/mod.ts";
import { serveFile } from "../file_response.ts";
import {
  createRoute,
  failures,
  findRoute,
  fromCursor,
  IdParam,
  json,
  pageOf,
  PageQuery,
  router,
  toCursor,
  z,
} from "../router.ts";
import { MediaItem, MediaStatus, ScanResult, ScanStatus } from "../schemas.ts";
import { detailsBody, MediaDetails } from "./media_details.ts";
import { trackBody } from "./track_body.ts";

export interface MediaPort {
  list(page: ListOptions): MediaFile[];
  find(id: string): MediaFile | undefined;
  hashesOf(id: string): Hashes;
  detailsOf(id: string): Details;
  open(file: MediaFile): Promise<OpenedFile>;
  scanState(): Readonly<ScanState>;
  /** Adds the folders to the media folders, where given, and scans. */
  scan(folders: string[] | undefined): Promise<ScanReport>;
  /** Begins a scan that goes on when the caller leaves. */
  beginScan(folders: string[] | undefined): Promise<void>;
}

const tags = ["media"];

const MediaDetail = MediaItem.extend({
  hashes: z.record(z.string(), z.string()),
  details: MediaDetails,
}).openapi("MediaDetail");

const ScanRequest = z.object({
  folders: z.array(z.string().min(1)).max(100).optional().openapi({
    description: "Absolute; they become media folders",
  }),
  wait: z.boolean().optional(),
});

export function media(port: MediaPort) {
  const find = (id: string): MediaFile => {
    const file = port.find(id);
    if (!file) throw new NotFoundError(`Cannot find media "${id}"`, { id });
    return file;
  };

  return router()
    .openapi(
      createRoute({
        method: "get",
        path: "/",
        tags,
        summary: "The media files of this peer",
        request: { query: PageQuery.extend({ status: MediaStatus.optional() }) },
        responses: { 200: pageOf(MediaItem, "The media files of this peer"), ...failures },
      }),
      (c) => {
        const { limit, cursor, status } = c.req.valid("query");
        const items = port.list({ after: fromCursor(cursor), limit: limit + 1, status });
        const last = items.length > limit ? items[limit - 1] : undefined;
        return c.json({
          items: items.slice(0, limit).map(mediaBody),
          next_cursor: last ? toCursor(last.id) : null,
        }, 200);
      },
    )
    .openapi(
      createRoute({
        method: "get",
        path: "/scan",
        tags,
        summary: "The scan under way and the last one",
        responses: { 200: json(ScanStatus, "How far it is"), ...failures },
      }),
      (c) => c.json(scanBody(port.scanState()), 200),
    )
    .openapi(
      createRoute({
        method: "post",
        path: "/scan",
        tags,
        summary: "Scan now",
        description: "Answers 202 at once; with `wait`, 200 when the scan is done.",
        request: {
          body: {
            content: {
              "application/json": {
                schema: ScanRequest,
              },
            },
          },
        },
        responses: {
          200: json(ScanResult, "What the scan found"),
          202: json(ScanStatus, "The scan has begun"),
          ...failures,
        },
      }),
      async (c) => {
        const { folders, wait } = scanRequest(await c.req.text());
        if (wait) return c.json(reportBody(await port.scan(folders)), 200);
        await port.beginScan(folders);
        return c.json(scanBody(port.scanState()), 202);
      },
    )
    .openapi(
      findRoute(MediaDetail, tags, "One media file, with its hashes and all that is in it"),
      (c) => {
        const file = find(c.req.valid("param").id);
        const hashes = port.hashesOf(file.id);
        const details = detailsBody(port.detailsOf(file.id));
        return c.json({ ...mediaBody(file), hashes, details }, 200);
      },
    )
    .openapi(
      createRoute({
        method: "get",
        path: "/{id}/file",
        tags,
        summary: "The bytes of a file, whole or a range of them",
        request: { params: IdParam },
        responses: {
          200: { description: "All bytes", content: { "application/octet-stream": {} } },
          206: { description: "The range asked for" },
          416: { description: "No such range" },
          ...failures,
        },
      }),
      async (c) => {
        const file = await port.open(find(c.req.valid("param").id));
        return serveFile(c.req.raw, file);
      },
    );
}

/** The body may be left out altogether. */
function scanRequest(text: string): z.infer<typeof ScanRequest> {
  if (text.trim() === "") return {};
  try {
    return ScanRequest.parse(JSON.parse(text));
  } catch (cause) {
    throw new InvalidError('Cannot read the body: expected {"folders": [...], "wait": true}', {}, {
      cause,
    });
  }
}

/** A file in REST's words. */
export function mediaBody(it: MediaFile): z.infer<typeof MediaItem> {
  return {
    id: it.id,
    catalog_id: it.catalogId ?? null,
    title: it.title,
    root: it.root,
    relative_path: it.relativePath,
    size_bytes: it.sizeBytes,
    modified_at: new Date(it.modifiedMs).toISOString(),
    drive_ids: it.driveIds,
    status: it.status,
    volume_id: it.volumeId ?? null,
    offline_since: it.offlineSince ?? null,
    error: it.error ?? null,
    container: it.container ?? null,
    mime_type: it.mimeType ?? null,
    duration_ms: it.durationMs ?? null,
    bitrate: it.bitrate ?? null,
    kind: it.kind ?? null,
    video_codec: it.videoCodec ?? null,
    audio_codec: it.audioCodec ?? null,
    width: it.width ?? null,
    height: it.height ?? null,
    hdr: it.hdr ?? null,
    tracks: it.tracks.map(trackBody),
    added_at: it.addedAt,
    updated_at: it.updatedAt,
  };
}

function scanBody({ running, progress, last, failed }: ScanState): z.infer<typeof ScanStatus> {
  return {
    running,
    progress: progress
      ? {
        phase: progress.phase,
        files: progress.files,
        files_total: progress.filesTotal,
        bytes: progress.bytes,
        bytes_total: progress.bytesTotal,
        path: progress.path,
      }
      : null,
    last: last ? { ...reportBody(last), finished_at: last.finishedAt } : null,
    failed: failed ?? null,
  };
}

/** What a scan did, in REST's words. */
export function reportBody(it: ScanReport): z.infer<typeof ScanResult> {
  const { bytesRead, seconds, phases, files, moved, gone, errors, issues } = it;
  const rounded = (seconds: number) => Math.round(seconds * 1000) / 1000;
  return {
    files,
    new: it.new,
    changed: it.changed,
    moved,
    gone,
    errors,
    bytes_read: bytesRead,
    seconds: rounded(seconds),
    phases: {
      walk: rounded(phases.walk),
      probe: rounded(phases.probe),
      hash: rounded(phases.hash),
    },
    issues,
    ...it.asleep && { asleep: it.asleep },
    left: it.left.map(({ jobId, driveIds, files, bytes, waitingFor, isPaused }) => ({
      job_id: jobId,
      drive_ids: driveIds,
      files,
      bytes,
      waiting_for: waitingFor,
      is_paused: isPaused,
    })),
  };
}
