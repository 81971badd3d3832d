/**
 * /api/media: the files of this peer, and their bytes. They come by scans and go to the trash; what
 * people say of them is said of their items.
 *
 * @module
 */
import { NotFoundError } from "../../base/errors.ts";
import type { Details, Hashes, ListOptions, MediaFile, OpenedFile } from "../../media/mod.ts";
import { refuseOther } from "../conditional.ts";
import { FieldsQuery, only } from "../fields.ts";
import { serveFile } from "../file_response.ts";
import {
  createRoute,
  failures,
  findRoute,
  fromCursor,
  IdParam,
  pageOf,
  PageQuery,
  router,
  toPage,
  z,
} from "../router.ts";
import { MediaItem, MediaStatus } from "../schemas.ts";
import { removeByRoute, tell } from "./library/by.ts";
import { detailsBody, MediaDetails } from "./media_details.ts";
import { scanning, type ScanPort } from "./scan.ts";
import { trackBody } from "./track_body.ts";

export interface MediaPort extends ScanPort {
  list(page: ListOptions): MediaFile[];
  find(id: string): MediaFile | undefined;
  hashesOf(id: string): Hashes;
  detailsOf(id: string): Details;
  open(file: MediaFile): Promise<OpenedFile>;
  throwAway(file: MediaFile, why: string): Promise<void>;
}

const tags = ["media"];

const MediaDetail = MediaItem.extend({
  hashes: z.record(z.string(), z.string()),
  details: MediaDetails,
}).openapi("MediaDetail");

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
        request: {
          query: PageQuery.extend({ status: MediaStatus.optional() }).extend(FieldsQuery.shape),
        },
        responses: { 200: pageOf(MediaItem, "The media files of this peer"), ...failures },
      }),
      (c) => {
        const { limit, cursor, status, fields } = c.req.valid("query");
        const items = port.list({ after: fromCursor(cursor), limit: limit + 1, status });
        return c.json(
          toPage(items, limit, { body: mediaBody, place: ({ id }) => id, fields }),
          200,
        );
      },
    )
    .route("/scan", scanning(port))
    .openapi(
      findRoute(MediaDetail, tags, "One media file, with its hashes and all that is in it"),
      (c) => {
        const file = find(c.req.valid("param").id);
        const hashes = port.hashesOf(file.id);
        const details = detailsBody(port.detailsOf(file.id));
        const pick = only(c.req.valid("query").fields);
        tell(c, { version: versionOf(file) });
        return c.json(pick({ ...mediaBody(file), hashes, details }), 200);
      },
    )
    .openapi(
      removeByRoute(tags, "Move a file into the trash of its volume", "It is in /api/trash"),
      async (c) => {
        const file = find(c.req.valid("param").id);
        refuseOther(c, `media "${file.id}"`, versionOf(file));
        await port.throwAway(file, `${c.req.valid("query").user} has asked for it`);
        return c.body(null, 204);
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

/** What is known of a file has no count of its changes, but the time of the last. */
const versionOf = ({ updatedAt }: MediaFile): number => Date.parse(updatedAt);

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
