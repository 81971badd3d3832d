/**
 * From the rows of an item to what the index holds of it: five columns of words, one of facts, and a
 * row of item_facts.
 *
 * @module
 */
import { commonCodec, languageForms } from "../../../media/mod.ts";
import { wordsOfNumber } from "./ranges.ts";
import { type FactKind, factWord, fold, resolutionOf, searchable } from "./words.ts";

/** An item with all that belongs to it, as src/items/search/index/store.ts reads it. */
export interface ItemRow {
  seq: number;
  id: string;
  mediaId: string | null;
  kind: string;
  title: string;
  sortTitle: string;
  originalTitle: string | null;
  series: string | null;
  season: number | null;
  episode: number | null;
  year: number | null;
  language: string | null;
  custom: string;
  addedAt: string;
  relativePath: string | null;
  identity: string | null;
  status: string | null;
  error: string | null;
  sizeBytes: number | null;
  driveIds: string | null;
  volumeId: string | null;
  durationMs: number | null;
  bitrate: number | null;
  videoCodec: string | null;
  audioCodec: string | null;
  width: number | null;
  height: number | null;
  hdr: string | null;
  tracks: string | null;
  details: string | null;
  /** JSON: [[id, role, name, credited as, aliases], ...] */
  people: string;
  /** JSON: ids */
  tags: string;
  notes: string | null;
}

/** What a tag brings to its items: the ids of its branch up to the root, all their names. */
export interface TagWords {
  ids: string[];
  text: string;
}

export interface Document {
  /** title, people, tags, notes, path, facts: in the order of the index. */
  texts: string[];
  /** In the order of the columns of item_facts. */
  facts: (string | number | null)[];
}

/**
 * One more whenever documents get words that earlier ones lack: then what is in the index already is
 * made anew. 2: the regions of languages. 3: artists and albums.
 */
export const DOCUMENT_VERSION = 3;

type Track = { kind: string; language?: string };

/** What is asked of what a file has said of itself. */
interface Told {
  chapters?: unknown[];
  nfo?: unknown;
  sidecars?: { kind: string; language?: string }[];
  tags?: { artist?: string; albumArtist?: string; album?: string };
}

export function toDocument(row: ItemRow, tagWords: (id: string) => TagWords | undefined): Document {
  const people = JSON.parse(row.people) as [string, string, string, string | null, string | null][];
  const tags = (JSON.parse(row.tags) as string[]).map(tagWords).filter((it) => it !== undefined);
  const tracks = JSON.parse(row.tracks ?? "[]") as Track[];
  const details = JSON.parse(row.details ?? "{}") as Told;
  const words = factWords(row, tracks, details);
  for (const [id, role] of people) {
    words.push(factWord("person", id), factWord("role", role + id));
  }
  for (const id of new Set(tags.flatMap(({ ids }) => ids))) words.push(factWord("tag", id));
  const names = people.flatMap(([, , name, creditedAs, aliases]) => [name, creditedAs, aliases]);
  return {
    texts: [
      joined([row.title, row.originalTitle, row.series]),
      joined([...names, details.tags?.artist, details.tags?.albumArtist]),
      joined([...tags.map(({ text }) => text), details.tags?.album]),
      joined([row.notes]),
      joined([row.relativePath?.replaceAll(/[_.]/g, " ")]),
      words.join(" "),
    ],
    facts: factsOf(row),
  };
}

const DAY_MS = 86_400_000;
/** Longer texts are cut: one item must not hold up all others. */
const MAX_TEXT = 20_000;

function joined(texts: readonly (string | null | undefined)[]): string {
  const all = texts.filter(Boolean).join("\n");
  return searchable(all.length > MAX_TEXT ? all.slice(0, MAX_TEXT) : all);
}

function factWords(row: ItemRow, tracks: Track[], details: Told): string[] {
  const words = [factWord("every", ""), factWord("kind", row.kind)];
  const add = (kind: FactKind, value: string | number | null | undefined) => {
    if (value !== null && value !== undefined && value !== "") words.push(factWord(kind, value));
  };
  const status = row.mediaId === null ? "missing" : row.status;
  if (status === "missing" || status === "forgotten") add("state", status);
  if (row.error !== null) add("state", "error");
  add("video", commonCodec(row.videoCodec ?? ""));
  add("audio", commonCodec(row.audioCodec ?? ""));
  add("hdr", row.hdr);
  if (row.hdr) add("hdr", "yes");
  add("resolution", resolutionOf(row.width ?? 0, row.height ?? 0));
  add("extension", extensionOf(row.relativePath ?? ""));
  for (const id of drivesOf(row)) add("drive", id);
  add("volume", row.volumeId);
  add("series", fold(row.series ?? ""));
  add("season", row.season);
  add("episode", row.episode);
  const subtitles = tracks.filter(({ kind }) => kind === "subtitle").concat(details.sidecars ?? []);
  for (const it of formsOf(subtitles.map(({ language }) => language))) add("subtitle", it);
  const audio = tracks.filter(({ kind }) => kind === "audio").map(({ language }) => language);
  for (const it of formsOf([row.language, ...audio])) add("language", it);
  if (subtitles.length > 0) add("has", "subtitles");
  if (details.chapters?.length) add("has", "chapters");
  if (details.nfo) add("has", "nfo");
  for (const [key, value] of Object.entries(JSON.parse(row.custom) as Record<string, unknown>)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      add("custom", `${key} ${fold(String(one))}`);
    }
  }
  return words.concat(
    wordsOfNumber("year", row.year ?? 0),
    wordsOfNumber("duration_ms", row.durationMs ?? 0),
    wordsOfNumber("size_bytes", row.sizeBytes ?? 0),
    wordsOfNumber("bitrate", row.bitrate ?? 0),
    wordsOfNumber("width", row.width ?? 0),
    wordsOfNumber("height", row.height ?? 0),
    wordsOfNumber("added_day", Math.floor(Date.parse(row.addedAt) / DAY_MS)),
  );
}

/** Each language as a filter asks for it, once. */
function formsOf(languages: readonly (string | null | undefined)[]): Set<string> {
  return new Set(languages.flatMap((it) => it ? languageForms(it) : []));
}

/** The columns of item_facts, in the order in which factsOf() gives them. */
export const factColumns = [
  "seq",
  "item_id",
  "media_id",
  "content_key",
  "title_key",
  "series",
  "kind",
  "year",
  "season",
  "episode",
  "duration_ms",
  "size_bytes",
  "bitrate",
  "width",
  "height",
  "resolution",
  "video_codec",
  "audio_codec",
  "hdr",
  "drive_ids",
  "volume_id",
  "added_at",
] as const;

function factsOf(row: ItemRow): (string | number | null)[] {
  return [
    row.seq,
    row.id,
    row.mediaId,
    row.identity ?? `item:${row.id}`,
    fold(row.sortTitle) || fold(row.title),
    row.series,
    row.kind,
    row.year ?? 0,
    row.season ?? 0,
    row.episode ?? 0,
    row.durationMs ?? 0,
    row.sizeBytes ?? 0,
    row.bitrate ?? 0,
    row.width ?? 0,
    row.height ?? 0,
    resolutionOf(row.width ?? 0, row.height ?? 0),
    commonCodec(row.videoCodec ?? ""),
    commonCodec(row.audioCodec ?? ""),
    row.hdr ?? "",
    row.driveIds ?? "[]",
    row.volumeId ?? "",
    row.addedAt,
  ];
}

function drivesOf({ driveIds }: ItemRow): string[] {
  return JSON.parse(driveIds ?? "[]") as string[];
}

function extensionOf(path: string): string {
  return /\.([^./]{1,10})$/.exec(path)?.[1] ?? "";
}
