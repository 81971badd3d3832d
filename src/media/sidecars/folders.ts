/**
 * Which sidecar files lie in a folder: one listing serves all files of it that are probed now.
 *
 * @module
 */
import { dropOldest } from "../../base/bounded/oldest.ts";
import { extensionOf, mediaTypes } from "../media.ts";
import { subtitleExtensions } from "./subtitles.ts";

export interface Listing {
  /** How many films there are. */
  films: number;
  /** Names, sorted. */
  subtitles: readonly string[];
  /** Lower case → as it is written. */
  nfos: ReadonlyMap<string, string>;
}

export interface ListFolder {
  (folder: string): Listing;
  /** Its next listing is of the folder as it is then. */
  forget(folder: string): void;
}

const EMPTY: Listing = { films: 0, subtitles: [], nfos: new Map() };

/** A folder of 100,000 files takes 0.1 s to list, and 1,500 batches to probe. */
const FRESH_MS = 10_000;
/** To look at a folder's time for each small file in it would cost a tenth of the work on them. */
const SURE_MS = 100;
const MAX_FOLDERS = 16;

/**
 * Lists folders, and remembers what it saw while they stay as they are, for a few seconds. A folder
 * that cannot be listed has no sidecars: its files say themselves what is wrong with them. Runs in a
 * worker, so synchronously.
 */
export function openListings(now: () => number = () => performance.now()): ListFolder {
  const known = new Map<string, Held>();
  const listAt = (folder: string): Listing => {
    const at = now();
    const held = known.get(folder);
    if (held && at - held.lookedAt < SURE_MS) return held.listing;
    const modifiedMs = timeOf(folder);
    if (held?.modifiedMs === modifiedMs && at - held.at < FRESH_MS) {
      held.lookedAt = at;
      return held.listing;
    }
    const listing = list(folder);
    known.delete(folder);
    known.set(folder, { at, lookedAt: at, modifiedMs, listing });
    dropOldest(known, MAX_FOLDERS);
    return listing;
  };
  return Object.assign(listAt, { forget: (folder: string) => void known.delete(folder) });
}

interface Held {
  at: number;
  lookedAt: number;
  modifiedMs: number;
  listing: Listing;
}

/** It changes with the names in the folder. */
function timeOf(folder: string): number {
  try {
    return Deno.statSync(folder).mtime?.getTime() ?? 0;
  } catch {
    return 0;
  }
}

function list(folder: string): Listing {
  try {
    const subtitles: string[] = [];
    const nfos = new Map<string, string>();
    let films = 0;
    for (const { name, isFile } of Deno.readDirSync(folder)) {
      const extension = isFile ? extensionOf(name) : "";
      if (mediaTypes[extension]?.kind === "video") films++;
      else if (extension === ".nfo") nfos.set(name.toLowerCase(), name);
      else if (subtitleExtensions.has(extension)) subtitles.push(name);
    }
    return { films, subtitles: subtitles.sort(), nfos };
  } catch {
    return EMPTY;
  }
}
