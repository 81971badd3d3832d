/**
 * What the edge says of titles and peers to those who ask.
 *
 * @module
 */
import { cleanText } from "../../items/mod.ts";
import type { MediaDescription, Track } from "../messages.ts";

export interface CatalogItem {
  catalogId: string;
  title: string;
  sizeBytes: number;
  /** A peer that holds it is connected now. */
  online: boolean;
  /** Connected peers that hold it. */
  availablePeerCount: number;
  /** The same of the same content; absent until a peer has said it. */
  contentHash?: string;
  replicas: Replica[];
  /** Absent until a peer has described it; the published protocol cannot. */
  media?: CatalogMedia;
}

export interface Replica {
  peerId: string;
  relativePath: string;
  online: boolean;
  /** The drive that it lies on is failing. */
  atRisk?: true;
}

export interface CatalogMedia {
  container: string;
  mimeType?: string;
  durationMs?: number;
  tracks: CatalogTrack[];
}

export interface CatalogTrack extends Track {
  kind: "video" | "audio" | "subtitle";
}

export interface Peer {
  peerId: string;
  /** ISO 8601: when its present or last connection began; null where it has never connected. */
  connectedAt: string | null;
  lastSeenAt: string | null;
  online: boolean;
  /** Titles that it has announced. */
  catalogSize: number;
  extensions: string[];
}

export interface Page<Item> {
  items: Item[];
  /** Where the next page begins; absent on the last. */
  nextCursor?: string;
}

export interface PageRequest {
  limit: number;
  cursor?: string | undefined;
}

/** UTF-16 units of any one text of a peer that is kept, or told to others. */
const MAX_WORDS = 500;

/** What a peer says in words: one line without control characters, and not too long. */
export function wordsOf(text: string): string {
  // There are millions of them, and most are like this.
  if (text.length <= MAX_WORDS && /^[!-~]+(?: [!-~]+)*$/.test(text)) return text;
  // Cut first, for it may be megabytes; and not in the middle of a character.
  return cleanText(text.slice(0, MAX_WORDS).replace(/[\ud800-\udbff]$/, ""));
}

/** A title for a file that nobody has described: its name without folder and extension. */
export function titleOf(relativePath: string): string {
  const name = relativePath.split(/[/\\]/).at(-1) ?? relativePath;
  return wordsOf(name.replace(/(.)\.[^.]*$/s, "$1")) || wordsOf(relativePath) || "?";
}

/** The part of a description that the catalogue keeps; a peer may have sent anything. */
export function toCatalogMedia(description: MediaDescription): CatalogMedia {
  const { container, mimeType, durationMs, tracks } = description;
  return {
    container: wordsOf(container),
    ...(mimeType !== undefined && { mimeType: wordsOf(mimeType) }),
    ...(durationMs !== undefined && { durationMs }),
    tracks: tracks.filter(isKnownTrack).slice(0, MAX_TRACKS).map(withWords),
  };
}

const MAX_TRACKS = 100;
const kinds: readonly string[] = ["video", "audio", "subtitle"];

function withWords(track: CatalogTrack): CatalogTrack {
  const { codec, codecString, language } = track;
  return {
    ...track,
    codec: wordsOf(codec),
    ...codecString !== undefined && { codecString: wordsOf(codecString) },
    ...language !== undefined && { language: wordsOf(language) },
  };
}

function isKnownTrack(track: Track): track is CatalogTrack {
  return kinds.includes(track.kind);
}
