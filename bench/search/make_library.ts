/**
 * A library of a million films that nobody has: titles, years, codecs, tags and people as they are
 * spread in real ones, always the same. Written with the program's own tables and triggers.
 *
 * @module
 */
import { type Database, migrations, openDatabase } from "../../src/db/mod.ts";
import { pick, type Random, seeded, word, WORDS, zipf } from "./random.ts";

export const TAGS = 2000;
export const PEOPLE = 50_000;
const AT_ONCE = 5000;
const NOW = "2026-01-01T00:00:00.000Z";

const sizes: [[number, number], number][] = [
  [[1920, 1080], 55],
  [[1280, 720], 18],
  [[3840, 2160], 12],
  [[720, 576], 8],
  [[640, 480], 6],
  [[7680, 4320], 0.2],
];
const codecs = [["avc", 50], ["hevc", 34], ["av1", 4], ["mpeg2", 5], ["vp9", 3], [
  "mpeg4",
  4,
]] as const;
const sounds = [["aac", 45], ["ac3", 25], ["eac3", 12], ["dts", 8], ["opus", 6], [
  "flac",
  4,
]] as const;
const kinds = [["video", 80], ["audio", 12], ["image", 8]] as const;
const roles = [["actor", 80], ["director", 10], ["writer", 10]] as const;

/** Makes `library.db` at `path` with `rows` items; the search index is left empty. */
export function makeLibrary(path: string, rows: number): void {
  using db = openDatabase(path, migrations.library);
  // Its ids are random: with little memory every other row would wait for the disk.
  db.all("PRAGMA cache_size = -1000000");
  db.all("PRAGMA synchronous = OFF");
  const random = seeded(42);
  db.transaction(() => {
    for (let tag = 0; tag < TAGS; tag++) addTag(db, tag, random);
    for (let person = 0; person < PEOPLE; person++) addPerson(db, person, random);
  });
  for (let from = 0; from < rows; from += AT_ONCE) {
    db.transaction(() => {
      for (let n = from; n < Math.min(rows, from + AT_ONCE); n++) addItem(db, n, random);
    });
  }
}

export function tagName(tag: number): string {
  return tag < 50 ? word(tag + 50) : `${word(tag % 50 + 50)} ${word(tag + 200)}`;
}

/** 50 tags at the root, 39 below each. */
function addTag(db: Database, tag: number, random: Random): void {
  const [slug, parent] = [tagName(tag).replaceAll(" ", "-") + tag, tag < 50 ? undefined : tag % 50];
  const path = parent === undefined ? slug : `${word(parent + 50)}${parent}/${slug}`;
  db.run(
    `INSERT INTO tags (id, parent_id, name, slug, path, depth, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    tagId(tag),
    parent === undefined ? null : tagId(parent),
    tagName(tag),
    slug,
    path,
    parent === undefined ? 0 : 1,
    NOW,
    NOW,
  );
  if (random() < 0.2) {
    db.run(
      "INSERT OR IGNORE INTO tag_synonyms VALUES (?, ?, ?)",
      `syn-${slug}`,
      `syn ${tag}`,
      tagId(tag),
    );
  }
}

export function personName(person: number): string {
  return `${word(person % 900 + 300)} ${word(Math.floor(person / 900) * 7 + 2000)}`;
}

function addPerson(db: Database, person: number, _random: Random): void {
  db.run(
    `INSERT INTO people (id, name, normalized_name, created_at, updated_at) VALUES (?, ?, ?, ?, ?)`,
    personId(person),
    personName(person),
    personName(person),
    NOW,
    NOW,
  );
}

function addItem(db: Database, n: number, random: Random): void {
  const id = uuid(random);
  const kind = pick(random, kinds);
  const title = Array.from(
    { length: 1 + Math.floor(random() * 5) },
    () => word(zipf(random, WORDS)),
  )
    .join(" ");
  const year = Math.round(2026 - 60 * random() ** 2.2);
  const [width, height] = kind === "audio" ? [null, null] : pick(random, sizes);
  const minutes = kind === "image"
    ? 0
    : kind === "audio"
    ? 2 + random() * 6
    : 20 + random() ** 2 * 160;
  const bytes = Math.round(1e6 + minutes * 6e6 * 10 ** (random() * 1.2) * (width ?? 100) / 1000);
  const bitrate = minutes > 0 ? Math.round(bytes * 8 / (minutes * 60)) : null;
  const video = kind === "video" ? pick(random, codecs) : null;
  const audio = kind === "image" ? null : pick(random, sounds);
  const hdr = (width ?? 0) > 3000 && random() < 0.5 ? "HDR10" : null;
  const file = `${title.replaceAll(" ", ".")}.${year}.${n}.${
    kind === "video" ? "mkv" : kind === "audio" ? "flac" : "jpg"
  }`;
  const status = random() < 0.97 ? "ready" : random() < 0.5 ? "missing" : "unreadable";
  const tracks = [
    ...video ? [{ kind: "video", codec: video, width, height }] : [],
    ...audio ? [{ kind: "audio", codec: audio, language: random() < 0.7 ? "eng" : "ger" }] : [],
    ...random() < 0.3 ? [{ kind: "subtitle", codec: "srt", language: "eng" }] : [],
  ];
  db.run(
    `INSERT INTO media (id, root, relative_path, wire_path, size_bytes, modified_ms, drive_ids, status,
       error, container, duration_ms, tracks, title, added_at, updated_at, volume_id, volume_path,
       offline_since, kind, identity, bitrate, video_codec, audio_codec, width, height, hdr)
     VALUES (?, '/media', ?, ?, ?, ?, ?, ?, ?, 'matroska', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    `${word(n % 300)}/${file}`,
    `${word(n % 300)}/${file}`,
    bytes,
    1.6e12 + n,
    `["drv-${n % 12}"]`,
    status,
    status === "unreadable" ? "Cannot read it" : null,
    minutes > 0 ? Math.round(minutes * 60_000) : null,
    JSON.stringify(tracks),
    title,
    new Date(1.6e12 + n * 100_000).toISOString(),
    NOW,
    `vol-${n % 12}`,
    file,
    n % 12 === 11 ? NOW : null,
    kind,
    id.replaceAll("-", ""),
    bitrate,
    video,
    audio,
    width,
    height,
    hdr,
  );
  const series = kind === "video" && random() < 0.3
    ? `${word(zipf(random, 4000) + 100)} show`
    : null;
  db.run(
    "UPDATE items SET year = ?, series = ?, season = ?, episode = ? WHERE media_id = ?",
    random() < 0.85 ? year : null,
    series,
    series ? 1 + n % 8 : null,
    series ? 1 + n % 24 : null,
    id,
  );
  for (let left = Math.floor(random() * 6); left > 0; left--) {
    db.run("INSERT OR IGNORE INTO item_tags VALUES (?, ?)", id, tagId(zipf(random, TAGS)));
  }
  for (let left = Math.floor(random() * 9); left > 0; left--) {
    db.run(
      "INSERT OR IGNORE INTO item_people (item_id, person_id, role) VALUES (?, ?, ?)",
      id,
      personId(zipf(random, PEOPLE)),
      pick(random, roles),
    );
  }
  if (random() < 0.05) {
    db.run(
      "INSERT INTO ratings VALUES (?, 'owner', ?, 1, ?)",
      id,
      1 + Math.floor(random() * 10),
      NOW,
    );
  }
  if (random() < 0.1) {
    db.run(
      `INSERT INTO watch_states (user, content_key, plays, watched, favorite, updated_at)
       VALUES ('owner', ?, 1, 1, ?, ?)`,
      id.replaceAll("-", ""),
      random() < 0.1 ? 1 : 0,
      NOW,
    );
  }
  if (random() < 0.02) {
    const text = Array.from({ length: 12 }, () => word(zipf(random, WORDS))).join(" ");
    db.run(
      "INSERT INTO notes VALUES (?, ?, 'owner', ?, 1, ?, ?)",
      uuid(random),
      id,
      text,
      NOW,
      NOW,
    );
  }
}

function tagId(tag: number): string {
  return `00000000-0000-4000-8000-${String(tag).padStart(12, "0")}`;
}

function personId(person: number): string {
  return `00000000-0000-4000-9000-${String(person).padStart(12, "0")}`;
}

function uuid(random: Random): string {
  const hex = () => Math.floor(random() * 65536).toString(16).padStart(4, "0");
  return `${hex()}${hex()}-${hex()}-4${hex().slice(1)}-8${hex().slice(1)}-${hex()}${hex()}${hex()}`;
}
