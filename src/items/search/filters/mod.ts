/**
 * The filters of a search: one line each, and the help, the docs and what a wrong name is answered
 * with come from here. What the index has a word for is found by that word; numbers are narrowed by
 * words and then compared; what changes from minute to minute is looked up for each item.
 *
 * @module
 */
import { InvalidError } from "../../../base/errors.ts";
import { codecSpellings, languageSpellings } from "../../../media/mod.ts";
import { wrongAt } from "../query/parse.ts";
import type { FilterNode } from "../query/parse.ts";
import type { Condition } from "../query/plan.ts";
import { factWord, resolutions } from "../index/words.ts";
import { type Filter, type FilterContext, numberIn, oneOf, yesNo } from "./filter.ts";
import {
  added,
  custom,
  drive,
  has,
  hdr,
  isOffline,
  people,
  rating,
  season,
  series,
  tag,
  text,
  volume,
} from "./own.ts";
import { isDuplicate, ofWatch } from "./store.ts";
import { bitrate, duration, size, whole } from "./values.ts";

export const filters = {
  tag: {
    help: "a tag, with all below it; path, name or synonym",
    example: "tag:genre/sci-fi",
    compile: tag,
  },
  person: {
    help: "somebody in any role; name or alias",
    example: 'person:"Greta Gerwig"',
    compile: people(),
  },
  actor: { help: "who plays in it", example: 'actor:"Tilda Swinton"', compile: people("actor") },
  director: { help: "who directed it", example: "director:kubrick", compile: people("director") },
  writer: { help: "who wrote it", example: "writer:sorkin", compile: people("writer") },
  title: {
    help: "words in the title or the series",
    example: 'title:"blade runner"',
    compile: text("title"),
  },
  notes: { help: "words in the notes", example: "notes:lend", compile: text("notes") },
  path: {
    help: "words in the folder and file name",
    example: "path:holidays",
    compile: text("path"),
  },
  series: { help: "the series of this very name", example: 'series:"The Wire"', compile: series },
  season: { help: "its number in the series", example: "season:2", compile: season("season") },
  episode: {
    help: "its number in the season",
    example: "episode:1..3",
    compile: season("episode"),
  },
  year: {
    help: "the year it came out",
    example: "year:1990..1999",
    compile: numberIn("year", whole),
  },
  kind: {
    help: "video, audio or image",
    example: "kind:video",
    compile: oneOf("kind", { column: "kind", known: ["video", "audio", "image"] }),
  },
  codec: {
    aliases: ["video"],
    help: "how the picture is coded, under any of its names",
    example: "codec:h265",
    compile: oneOf("video", { toValues: codecSpellings, column: "video_codec" }),
  },
  audio: {
    help: "how the sound is coded, under any of its names",
    example: "audio:flac|dts",
    compile: oneOf("audio", { toValues: codecSpellings, column: "audio_codec" }),
  },
  hdr: {
    help: "a kind of high dynamic range, or yes",
    example: "hdr:yes",
    compile: hdr,
  },
  resolution: {
    help: resolutions.map(({ name }) => name).join(", "),
    example: "resolution:4k|1080p",
    compile: oneOf("resolution", {
      toValues: (it) => [{ "2160p": "4k", uhd: "4k", hd: "720p", "4320p": "8k" }[it] ?? it],
      column: "resolution",
      known: resolutions.map(({ name }) => name),
    }),
  },
  width: { help: "of the picture", example: "width>1920", compile: numberIn("width", whole) },
  height: { help: "of the picture", example: "height>=1080", compile: numberIn("height", whole) },
  duration: {
    help: "its length",
    example: "duration>1h30m",
    compile: numberIn("duration_ms", duration),
  },
  size: { help: "of the file", example: "size>4GB", compile: numberIn("size_bytes", size) },
  bitrate: {
    help: "bits per second",
    example: "bitrate>8M",
    compile: numberIn("bitrate", bitrate),
  },
  ext: { help: "how the file's name ends", example: "ext:mkv", compile: oneOf("extension") },
  language: {
    help: "of the sound, or of the item; code or name",
    example: "language:eng",
    compile: oneOf("language", { toValues: languageSpellings }),
  },
  subtitle: {
    help: "the language of subtitles in or beside the file",
    example: "subtitle:ger",
    compile: oneOf("subtitle", { toValues: languageSpellings }),
  },
  has: { help: "subtitles, nfo, poster or chapters", example: "has:subtitles", compile: has },
  rating: { help: "your stars", example: "rating>=4", compile: rating },
  watched: {
    help: "whether you have seen it",
    example: "watched:no",
    compile: yesNo(({ context: { user } }) => ofWatch("watched", user)),
  },
  favorite: {
    help: "whether it is one of your favourites",
    example: "favorite:yes",
    compile: yesNo(({ context: { user } }) => ofWatch("favorite", user)),
  },
  added: { help: "when it came into the library", example: "added<7d", compile: added },
  drive: { help: "a drive's id, name or model", example: "drive:drv-1f6c", compile: drive },
  volume: { help: "a volume's id, name or label", example: "volume:films", compile: volume },
  offline: {
    help: "whether its drive is away",
    example: "offline:yes",
    compile: yesNo(({ context }) => isOffline(context.store.offlineVolumes())),
  },
  missing: {
    help: "whether its file is gone",
    example: "missing:yes",
    compile: yesNo(() => ({ words: [factWord("state", "missing")] })),
  },
  error: {
    help: "whether something is wrong with its file",
    example: "error:yes",
    compile: yesNo(() => ({ words: [factWord("state", "error")] })),
  },
  duplicate: {
    help: "whether it is in a group of duplicates",
    example: "duplicate:yes",
    compile: yesNo(() => isDuplicate),
  },
  "field.": {
    help: "a custom field: its text, or a number compared",
    example: "field.shelf:attic",
    compile: custom,
  },
} satisfies Record<string, Filter>;

const byName = new Map<string, Filter>(
  Object.entries<Filter>(filters).flatMap(([name, it]) =>
    [name, ...it.aliases ?? []].map((one) => [one, it] as const)
  ),
);

/** @param name in lower case */
export const isFilter = (name: string): boolean => byName.has(prefixed(name)?.[0] ?? name);

/** "field.shelf" → "field." and "shelf". */
const prefixed = (name: string) => /^(field\.)(.+)$/.exec(name)?.slice(1);

/** @throws {InvalidError} there is no such filter, or its value cannot be read; it names the place */
export function conditionOf(node: FilterNode, context: FilterContext): Condition {
  const { name, operator, value, at } = node;
  const [prefix, key = ""] = prefixed(name) ?? [];
  const filter = byName.get(prefix ?? name);
  if (!filter) {
    throw wrongAt(
      at,
      `there is no filter "${name}". There are ${
        [...byName.keys()].join(", ").replace("field.", "field.KEY")
      }. ` +
        "To find it as text, put quotes around it",
    );
  }
  try {
    return filter.compile({ operator, value, context, key });
  } catch (error) {
    if (!(error instanceof InvalidError)) throw error;
    const hint = value === "" ? ". It stands right after it; to find it as text use quotes" : "";
    throw wrongAt(at, `${name}: ${error.message}, for example ${filter.example}${hint}`);
  }
}
