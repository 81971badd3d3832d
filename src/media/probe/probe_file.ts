/**
 * Everything that can be learnt of one file without anybody's help: what is in it, what lies beside
 * it, what its name says, and by what it is known again. It is opened once.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import type { Details, Facts, Nfo } from "../details.ts";
import { type Identify, type Identity, openIdentify } from "../hash/identity.ts";
import { type Description, kindIn, kindOf, type MediaKind, stemOf, titleOf } from "../media.ts";
import { openNameParser, type ParseName } from "../names/parse_name.ts";
import { findNfo, type FoundNfo } from "../nfo/find_nfo.ts";
import { MAX_NFO_BYTES, openNfoReader } from "../nfo/read_nfo.ts";
import { type ListFolder, openListings } from "../sidecars/folders.ts";
import { type FolderState, stateOfFolder } from "../sidecars/folder_state.ts";
import { subtitlesBeside } from "../sidecars/subtitles.ts";
import type { TurnReader } from "../turn_reader.ts";
import { type ByteReader, END_BYTES, openByteReader } from "./byte_reader.ts";
import { probeContainer } from "./container.ts";
import { problemOf } from "./damaged.ts";
import { factsOf } from "./facts.ts";
import { isPicture, probeImage } from "./image.ts";
import type { Unread } from "./unread/unread.ts";

export interface FileToProbe {
  /** Absolute. */
  root: string;
  /** Inside the root, with "/". */
  relativePath: string;
}

export interface ProbedFile {
  kind: MediaKind;
  /** "unknown format": ffprobe may know it. */
  content: { description: Description } | "unknown format" | { problem: string };
  /** What is wrong with a file that can be played all the same. */
  damage?: string;
  /** What of it is not described: ffprobe may know more. */
  unread?: Unread;
  details: Details;
  facts: Facts;
  /** Absent of a file that changed while it was read. */
  identity?: Identity;
  /** What lies beside it; told once for all files of a folder that are probed together. */
  folder?: FolderState;
  bytesRead: number;
}

export interface ProbeFile {
  (file: FileToProbe, turns: TurnReader): Promise<ProbedFile>;
  /** How the folder of a file is, where nobody has asked for a while. */
  folderOf(file: FileToProbe): FolderState | undefined;
}

/** One per thread. Runs in a worker, hence the synchronous reads. */
export async function openProbe(): Promise<ProbeFile> {
  const [identify, parseName] = await Promise.all([openIdentify(), openNameParser()]);
  const list = openListings();
  const ends = new Uint8Array(2 * END_BYTES);
  const tools = { identify, parseName, list, ends, seriesNfos: openSeries() };
  const folders = openFolders((path) => list.forget(path));
  return Object.assign((file: FileToProbe, turns: TurnReader) => probeFile(file, turns, tools), {
    folderOf: ({ root, relativePath }: FileToProbe) => folders(dirname(join(root, relativePath))),
  });
}

/**
 * Tells the state of a folder once in a while: its files come one after the other. What is known of
 * the folder otherwise must be no older than what is told, hence `onTold`.
 */
function openFolders(onTold: (path: string) => void): (path: string) => FolderState | undefined {
  const told = new Map<string, number>();
  return (path) => {
    const now = performance.now();
    if (now - (told.get(path) ?? -Infinity) < TOLD_MS) return undefined;
    if (told.size > MAX_FOLDERS) told.clear();
    told.set(path, now);
    onTold(path);
    return stateOfFolder(path);
  };
}

const MAX_FOLDERS = 1000;
const TOLD_MS = 10_000;

interface Tools {
  identify: Identify;
  parseName: ParseName;
  list: ListFolder;
  /** For both ends of the file that is read. */
  ends: Uint8Array;
  seriesNfos(path: string, read: () => Promise<Nfo>): Promise<Nfo>;
}

/** So long a series' NFO is taken to be as it was: its episodes are probed one after the other. */
const FRESH_MS = 2000;

function openSeries(): Tools["seriesNfos"] {
  let held: { path: string; at: number; nfo: Promise<Nfo> } | undefined;
  return (path, read) => {
    if (held?.path !== path || performance.now() - held.at > FRESH_MS) {
      held = { path, at: performance.now(), nfo: read().then(ofSeries) };
    }
    return held.nfo;
  };
}

/** What an episode takes over; the rest would stand in the library as often as there are episodes. */
function ofSeries({ path, modifiedMs, kind, title, year, genres, uniqueIds, problem }: Nfo): Nfo {
  return {
    path,
    modifiedMs,
    kind,
    ...title && { title },
    ...year && { year },
    ...genres && { genres },
    ...uniqueIds && { uniqueIds },
    ...problem && { problem },
  };
}

/** @throws {Deno.errors.NotFound | Deno.errors.PermissionDenied | Error} it cannot be read */
async function probeFile(it: FileToProbe, turns: TurnReader, tools: Tools): Promise<ProbedFile> {
  const { root, relativePath } = it;
  using file = turns.open(join(root, relativePath));
  const sizeBytes = file.seekSync(0, Deno.SeekMode.End); // a quarter of what to stat it costs
  const reader = openByteReader(file, sizeBytes, turns, tools.ends);
  const inside = await contentOf(reader, kindOf(relativePath));
  const { kind } = inside;
  const known = reader.pieces();
  const identity = tools.identify({ file, sizeBytes, known }, turns);
  const details = {
    ...inside.details,
    ...await beside(it, kind, turns, tools),
    name: tools.parseName(relativePath),
  };
  return {
    kind,
    content: inside.content,
    ...inside.damage && { damage: inside.damage },
    ...inside.unread && { unread: inside.unread },
    details,
    facts: factsOf(kind, details, titleOf(relativePath)),
    ...identity && { identity },
    bytesRead: reader.bytesRead,
  };
}

type Inside = Pick<ProbedFile, "kind" | "content" | "damage" | "unread" | "details">;

/** @param byName What it should be: a name may lie, and the content says what it is. */
async function contentOf(reader: ByteReader, byName: MediaKind): Promise<Inside> {
  const isImage = isPicture(reader);
  try {
    if (isImage) {
      const description = await probeImage(reader);
      if (description) return { kind: "image", content: { description }, details: {} };
    }
    const found = await probeContainer(reader);
    if (found) {
      const { description, ...more } = found;
      const kind = more.unread === "film" ? byName : kindIn(description, byName);
      return { kind, content: { description }, ...more };
    }
    if (byName !== "image") return { kind: byName, content: "unknown format", details: {} };
    return {
      kind: byName,
      content: { problem: "it is no picture of a kind we know" },
      details: {},
    };
  } catch (error) {
    // The file system's own failures are no property of the content.
    if (error instanceof Error && error.name in Deno.errors) throw error;
    const kind = isImage ? "image" : byName;
    return { kind, content: { problem: problemOf(error) }, details: {} };
  }
}

/** Subtitles and NFO files. */
async function beside(
  { root, relativePath }: FileToProbe,
  kind: MediaKind,
  turns: TurnReader,
  { list, seriesNfos }: Tools,
): Promise<Details> {
  if (kind === "image") return {};
  const path = join(root, relativePath);
  const folder = dirname(path);
  const name = basename(path);
  const stem = stemOf(name);
  const sidecars = subtitlesBeside(stem, list(folder).subtitles);
  const depth = relativePath.split("/").length - 1;
  const { own, series } = findNfo({ folder, stem, depth }, list);
  const nfo = own && await readNfo(own, turns);
  const seriesNfo = series && await seriesNfos(series.path, () => readNfo(series, turns));
  return {
    ...sidecars.length > 0 && { sidecars },
    ...nfo && { nfo },
    ...seriesNfo && { seriesNfo },
  };
}

/** A file that cannot be read is told of by its problem. */
async function readNfo({ path, name }: FoundNfo, turns: TurnReader): Promise<Nfo> {
  const read = await openNfoReader();
  try {
    using file = turns.open(path);
    const { size, mtime } = file.statSync();
    const modifiedMs = Math.floor(mtime?.getTime() ?? 0);
    const bytes = size > MAX_NFO_BYTES
      ? new Uint8Array(MAX_NFO_BYTES + 1) // refused for its size
      : openByteReader(file, size, turns).read(0, size);
    return { path: name, modifiedMs, ...read(bytes) };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { path: name, modifiedMs: 0, kind: "unknown", problem: `It cannot be read: ${problem}` };
  }
}
