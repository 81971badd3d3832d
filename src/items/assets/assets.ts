/**
 * Assets of items: pictures that people give, those that are made here, and what lies beside a film.
 * A person's poster goes before all others.
 *
 * @module
 */
import { ConflictError, InvalidError, NotFoundError, UnavailableError } from "../../base/errors.ts";
import type { Publish } from "../../base/events.ts";
import type { Database } from "../../db/mod.ts";
import type { Artwork, Details, Shown } from "../../media/mod.ts";
import { refuseUnknownItem } from "../items/presence/store.ts";
import { refuseStale } from "../stale.ts";
import { assetsBeside, parseBesideId } from "./beside.ts";
import { type Asset, type AssetFilter, createAssetStore } from "./store.ts";

export interface AssetsDeps {
  db: Database;
  publish: Publish;
  /** Where the files lie; without it nothing can be uploaded or shown. */
  files?: Pick<Artwork, "uploads" | "shownAsset" | "removeAsset"> | undefined;
}

export interface NewAsset {
  kind: string;
  label: string;
}

export type Assets = ReturnType<typeof createAssets>;

/** Made here, and named by us. */
const OUR_KINDS = ["screenshot", "sprite", "subtitle", "nfo"];
/** Those that there may always be. */
const KINDS = ["poster", "thumbnail", ...OUR_KINDS];
/** In the words that refuse another kind. */
const MAX_NAMED = 50;
const OUR_LABELS = /^(original|\d+w\..*)$/;

export function createAssets({ db, publish, files }: AssetsDeps) {
  const store = createAssetStore(db);

  const here = () => {
    if (files) return files;
    throw new UnavailableError("Cannot reach the pictures: this program has no folder for them");
  };

  const beside = (itemId: string): Asset[] => {
    const found = store.detailsOf(itemId);
    if (!found) return [];
    return assetsBeside(itemId, JSON.parse(found.details) as Details, store.sizesBeside(found));
  };

  const find = (id: string): Asset => {
    const file = parseBesideId(id);
    const asset = file ? beside(file.itemId).find((it) => it.id === id) : store.find(id);
    if (!asset) throw new NotFoundError(`Cannot find asset "${id}"`, { id });
    return asset;
  };

  /** One that a person gave; the others are not edited. */
  const findOwn = (id: string, expected: number | undefined): Asset => {
    const asset = find(id);
    if (asset.origin !== "upload") {
      throw new ConflictError(
        `Cannot change asset "${id}": it was ${
          asset.origin === "cache" ? "made" : "found"
        } here. ` +
          "Upload another one of its kind: that goes first",
      );
    }
    refuseStale(`asset "${id}"`, asset.version, expected);
    return asset;
  };

  const check = ({ kind, label }: NewAsset): void => {
    if (OUR_KINDS.includes(kind)) {
      throw new InvalidError(`Cannot take a "${kind}": these are made, or lie beside the film`);
    }
    if (OUR_LABELS.test(label)) {
      throw new InvalidError(`Cannot use the label "${label}": it is ours`);
    }
  };

  /** People name kinds as they like: there are ours, and those that they have used. */
  const refuseUnknownKind = (kind: string | undefined): void => {
    if (kind === undefined || KINDS.includes(kind)) return;
    const kinds = new Set([...KINDS, ...store.kinds()]);
    if (kinds.has(kind)) return;
    const all = [...kinds].slice(0, MAX_NAMED).join(", ");
    throw new InvalidError(`Cannot list assets of kind "${kind}": there are ${all}`, {
      field: "kind",
    });
  };

  const refuseTaken = (itemId: string, { kind, label }: NewAsset, but?: string): void => {
    const other = store.named(itemId, kind, label);
    if (!other || other.id === but) return;
    throw new ConflictError(
      `Cannot add the ${kind} "${label}": there is one. Replace it by PUT ` +
        `/api/assets/${other.id}/file, or give another label`,
      { id: other.id },
    );
  };

  const announce = ({ id, itemId, kind }: Asset) => publish("asset.changed", { id, itemId, kind });

  return {
    find,

    /**
     * A page in order of id; of one item, what lies beside its film comes last.
     *
     * @throws {NotFoundError} no such item
     * @throws {InvalidError} no asset has this kind, nor is it one of ours
     */
    list(filter: AssetFilter, after: string, limit: number): Asset[] {
      refuseUnknownKind(filter.kind);
      if (filter.itemId !== undefined) refuseUnknownItem(db, filter.itemId);
      const rows = after.startsWith("file~") ? [] : store.list(filter, after, limit);
      if (filter.itemId === undefined || rows.length === limit) return rows;
      const { kind = "", origin = "file" } = filter;
      const found = beside(filter.itemId).filter((it) =>
        it.id > after && (kind === "" || it.kind === kind) && origin === "file"
      );
      return [...rows, ...found].slice(0, limit);
    },

    /** @throws {NotFoundError | InvalidError | ConflictError} no such item; no picture; there is one */
    async create(itemId: string, name: NewAsset, bytes: Uint8Array<ArrayBuffer>): Promise<Asset> {
      check(name);
      refuseUnknownItem(db, itemId);
      refuseTaken(itemId, name);
      const kept = await here().uploads.keep(bytes);
      const now = new Date().toISOString();
      const asset: Asset = {
        ...name,
        ...toColumns(kept),
        id: crypto.randomUUID(),
        itemId,
        origin: "upload",
        details: {},
        madeOf: null,
        version: 1,
        generatedAt: now,
        usedAt: now,
      };
      try {
        store.transaction(() => {
          refuseTaken(itemId, name); // somebody else may have been faster
          store.insert(asset);
        });
      } catch (error) {
        await here().removeAsset(kept.path);
        throw error;
      }
      announce(asset);
      return asset;
    },

    /** @throws {StaleError} it is another version by now */
    edit(id: string, changes: Partial<NewAsset>, expected?: number): Asset {
      const asset = store.transaction(() => {
        const asset = findOwn(id, expected);
        const name = { kind: asset.kind, label: asset.label, ...changes };
        check(name);
        refuseTaken(asset.itemId, name, id);
        store.update({ ...asset, ...name });
        return find(id);
      });
      announce(asset);
      return asset;
    },

    /** Another picture in its place. @throws {StaleError} it is another version by now */
    async replace(id: string, bytes: Uint8Array<ArrayBuffer>, expected?: number): Promise<Asset> {
      findOwn(id, expected); // before anything is written
      const kept = await here().uploads.keep(bytes);
      let old = kept.path;
      try {
        old = store.transaction(() => {
          const asset = findOwn(id, expected);
          store.update({ ...asset, ...toColumns(kept), generatedAt: new Date().toISOString() });
          return asset.path;
        });
      } finally {
        await here().removeAsset(old);
      }
      const asset = find(id);
      announce(asset);
      return asset;
    },

    /** Its file goes, too; what was made here is made again when it is wanted. */
    async remove(id: string, expected?: number): Promise<void> {
      const asset = store.transaction(() => {
        const asset = find(id);
        if (asset.origin === "file" || asset.origin === "embedded") {
          throw new ConflictError(`Cannot delete asset "${id}": it lies with the film, not here`);
        }
        refuseStale(`asset "${id}"`, asset.version, expected);
        store.remove(id);
        return asset;
      });
      await here().removeAsset(asset.path, asset.origin === "cache" ? asset.sizeBytes ?? 0 : 0);
      announce(asset);
    },

    /** Its bytes. @throws {NotFoundError} its file is gone */
    async show(id: string, signal: AbortSignal): Promise<Shown> {
      const asset = find(id);
      const mediaId = asset.origin === "file" ? store.detailsOf(asset.itemId)?.mediaId : undefined;
      return await here().shownAsset({ ...asset, mediaId }, signal);
    },
  };
}

function toColumns(kept: Awaited<ReturnType<Artwork["uploads"]["keep"]>>) {
  const { path, mimeType, width, height, sizeBytes } = kept;
  return { path, mimeType, width, height, sizeBytes };
}
