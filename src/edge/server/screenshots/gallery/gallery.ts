/**
 * The screenshots that an edge has, within their limit: what nobody has looked at for longest goes
 * first.
 *
 * @module
 */
import { turn } from "../../../../base/event_loop.ts";
import type { Log } from "../../../../base/log.ts";
import type { Page, PageRequest } from "../../catalog_item.ts";
import { fromCursor, toCursor } from "../../cursor.ts";
import type { Cleaned } from "../pictures/mod.ts";
import type { RequestRow } from "../requests/store.ts";
import type { ObjectStore } from "./objects.ts";
import type { GalleryStore, PictureRow } from "./store.ts";

export interface GalleryOptions {
  store: GalleryStore;
  objects: ObjectStore;
  limitBytes(): number;
  log: Log;
}

export interface ScreenshotFile {
  bytes: Uint8Array<ArrayBuffer>;
  mimeType: string;
}

/** Bytes without a row are a picture that is just coming, until they are as old as this. */
const ORPHAN_MS = 3_600_000;
const mimeTypes: Record<string, string> = {
  jpg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
};

export class Gallery {
  constructor(readonly options: GalleryOptions) {}

  async list(catalogId: string, { limit, cursor }: PageRequest): Promise<Page<PictureRow>> {
    const [createdAt = "", position, hash = ""] = fromCursor(cursor, 3);
    const after = cursor === undefined
      ? undefined
      : { createdAt, position: Math.trunc(Number(position)) || 0, hash };
    const rows = await this.options.store.list(catalogId, limit + 1, after);
    const items = rows.slice(0, limit);
    const last = rows.length > limit ? items.at(-1) : undefined;
    return {
      items,
      ...last && { nextCursor: toCursor(last.createdAt, String(last.position), last.hash) },
    };
  }

  /** What was brought for a request, and is still there. */
  ofRequest({ catalogId, hashes }: Pick<RequestRow, "catalogId" | "hashes">) {
    return this.options.store.among(catalogId, hashes);
  }

  /** By the name that its address ends with; undefined where this title has no such picture. */
  async find(catalogId: string, name: string): Promise<PictureRow | undefined> {
    const [, hash = "", extension] = /^([0-9a-f]{64})\.([a-z]+)$/.exec(name) ?? [];
    if (!extension) return undefined;
    const row = await this.options.store.find(catalogId, hash);
    return row?.extension === extension ? row : undefined;
  }

  /** Undefined where its bytes are gone, and the row with them. */
  async read(row: PictureRow): Promise<ScreenshotFile | undefined> {
    const { store, objects } = this.options;
    const bytes = await objects.get(nameOf(row));
    if (!bytes) {
      await store.drop(row);
      return undefined;
    }
    await store.touch(row, Date.now());
    return { bytes, mimeType: mimeTypes[row.extension] ?? "application/octet-stream" };
  }

  /** Where its viewer gets it, for some minutes; undefined where that is here. */
  async linkTo(row: PictureRow): Promise<string | undefined> {
    const { store, objects } = this.options;
    const link = await objects.linkTo?.(nameOf(row));
    if (link !== undefined) await store.touch(row, Date.now());
    return link;
  }

  /** Keeps the bytes; they count once there is a row for them. */
  async put(picture: Cleaned): Promise<{ hash: string }> {
    const digest = await crypto.subtle.digest("SHA-256", picture.bytes);
    const hash = new Uint8Array(digest).toHex();
    await this.options.objects.put(nameOf({ hash, extension: picture.extension }), picture.bytes);
    return { hash };
  }

  /** Makes room. */
  async evict(): Promise<void> {
    const { store, objects, limitBytes } = this.options;
    for (let over = await store.totalBytes() - limitBytes(); over > 0;) {
      const rows = await store.leastUsed(50);
      if (rows.length === 0) return;
      for (const row of rows) {
        if (over <= 0) return;
        if (await store.drop(row)) await objects.remove(nameOf(row));
        over -= Number(row.sizeBytes);
      }
    }
  }

  /** Removes bytes that nothing leads to: of an upload that was cut off. */
  async sweep(signal: AbortSignal): Promise<void> {
    const { store, objects, log } = this.options;
    let removed = 0;
    for await (const { name, putAt } of objects.list()) {
      if (signal.aborted) return;
      if (Date.now() - putAt < ORPHAN_MS) continue;
      const isWhole = !name.endsWith(".part");
      if (isWhole && await store.isKnown(name.slice(0, 64))) continue;
      await objects.remove(name);
      removed++;
      await turn();
    }
    if (removed > 0) log.info("Screenshots of uploads that were cut off are gone", { removed });
  }
}

export function nameOf({ hash, extension }: Pick<PictureRow, "hash" | "extension">): string {
  return `${hash}.${extension}`;
}
