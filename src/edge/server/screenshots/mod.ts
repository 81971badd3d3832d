/**
 * Screenshots of titles, brought by the peers that hold them: one room of the edge.
 *
 * @module
 */
import { type Run, run as runProgram } from "../../../base/command.ts";
import type { Publish } from "../../../base/events.ts";
import type { Service } from "../../../base/service.ts";
import type { State } from "../../../db/mod.ts";
import type { Page, PageRequest } from "../catalog_item.ts";
import type { UploadAnswer } from "./answers.ts";
import { Gallery, nameOf, type ScreenshotFile } from "./gallery/gallery.ts";
import { memoryObjects, type ObjectStore } from "./gallery/objects.ts";
import { GalleryStore, type PictureRow } from "./gallery/store.ts";
import type { EdgeCounters } from "../metrics/counters.ts";
import { openEncoder } from "./pictures/mod.ts";
import type { AttemptsOptions } from "./requests/attempts.ts";
import { Desk, type NewScreenshotRequest } from "./requests/desk.ts";
import { type RequestRow, RequestStore } from "./requests/store.ts";
import { type TokenAlgorithm, Tokens } from "./requests/tokens.ts";
import { Uploads } from "./upload.ts";
import type { UploadRequest } from "./upload.ts";

export { natsObjects } from "./gallery/nats_objects.ts";
export { LINK_S, s3Objects } from "./gallery/s3_objects.ts";
export { folderObjects, memoryObjects, type ObjectStore } from "./gallery/objects.ts";
export { algorithms as tokenAlgorithms, type TokenAlgorithm } from "./requests/tokens.ts";
export type { NewScreenshotRequest, PictureRow, ScreenshotFile, UploadAnswer, UploadRequest };

/** What may be said about them; each is asked for when it is needed. */
export interface ScreenshotSettings {
  /** Where their bytes are; in memory unless said. */
  objects?: ObjectStore;
  /** Bytes that all of them may take; 1 GiB unless said. */
  limitBytes?(): number;
  /** Hours that a request waits for a peer; 24 unless said. */
  ttlHours?(): number;
  /** Minutes that a token is good for; 30 unless said. */
  tokenMinutes?(): number;
  algorithm?(): TokenAlgorithm;
  baseUrl?(): string | undefined;
  run?: Run;
  deliverMs?: number;
  roundMs?: number;
  bodyMs?: number;
}

type Ground = Pick<AttemptsOptions, "titlesOf" | "findPeer" | "viewersOf" | "log"> & {
  state: State;
  publish: Publish;
  counters?: EdgeCounters;
};

export interface Screenshots {
  /** @throws {UnavailableError} too many wait already */
  request(it: NewScreenshotRequest): Promise<ScreenshotRequest>;
  /** @throws {NotFoundError} there is none */
  findRequest(requestId: string): Promise<ScreenshotRequest>;
  /** Of a title, the newest first. */
  list(catalogId: string, page: PageRequest): Promise<Page<PictureRow>>;
  find(catalogId: string, name: string): Promise<PictureRow | undefined>;
  /** Undefined where its bytes are gone. */
  read(picture: PictureRow): Promise<ScreenshotFile | undefined>;
  /** Where a viewer gets it, for LINK_S seconds; undefined where that is here. */
  linkTo(picture: PictureRow): Promise<string | undefined>;
  urlOf(picture: PictureRow): string;
  upload(request: UploadRequest, signal: AbortSignal): Promise<UploadAnswer>;
}

export type ScreenshotRequest = RequestRow & { pictures: PictureRow[] };

export interface ScreenshotsRoom {
  screenshots: Screenshots;
  /** A peer or a title has come. */
  nudge(): void;
  run: Service;
}

export function openScreenshots(
  ground: Ground,
  settings: ScreenshotSettings = {},
): ScreenshotsRoom {
  const { state, publish, log } = ground;
  const { limitBytes = () => 1024 ** 3, ttlHours = () => 24, tokenMinutes = () => 30 } = settings;
  const store = new RequestStore(state);
  const rows = new GalleryStore(state);
  const objects = settings.objects ?? memoryObjects();
  const gallery = new Gallery({ store: rows, objects, limitBytes, log });
  const tokens = new Tokens(store, settings.algorithm ?? (() => "HS256"));
  const urlOf = (it: PictureRow) =>
    `/api/catalog/${encodeURIComponent(it.catalogId)}/screenshots/${nameOf(it)}`;
  const desk = new Desk({
    ...ground,
    ...{ store, gallery, tokens },
    baseUrl: () => settings.baseUrl?.(),
    ttlMs: () => ttlHours() * 3_600_000,
    tokenMs: () => tokenMinutes() * 60_000,
    deliverMs: settings.deliverMs,
    roundMs: settings.roundMs,
  });
  const uploads = new Uploads({
    ...{ store, rows, tokens, gallery, urlOf, publish, log },
    stored: (count) => ground.counters?.add("uploadedPictures", "", count),
    encode: openEncoder(settings.run ?? runProgram, log),
    bodyMs: settings.bodyMs,
  });
  const withPictures = async (it: RequestRow): Promise<ScreenshotRequest> => ({
    ...it,
    pictures: await gallery.ofRequest(it),
  });
  return {
    screenshots: {
      request: async (it) => await withPictures(await desk.create(it)),
      findRequest: async (id) => await withPictures(await desk.find(id)),
      list: (catalogId, page) => gallery.list(catalogId, page),
      find: (catalogId, name) => gallery.find(catalogId, name),
      read: (picture) => gallery.read(picture),
      linkTo: (picture) => gallery.linkTo(picture),
      urlOf,
      async upload(request, signal) {
        const answer = await uploads.take(request, signal);
        ground.counters?.add("uploads", String(answer.status));
        return answer;
      },
    },
    nudge: () => desk.nudge(),
    run: (signal) => desk.run(signal),
  };
}
