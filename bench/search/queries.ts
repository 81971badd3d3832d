/**
 * What people ask a library, 200 different ones: from one word up to everything together.
 *
 * @module
 */
import { personName, tagName, TAGS } from "./make_library.ts";
import { pick, type Random, seeded, word, WORDS, zipf } from "./random.ts";

export interface Asked {
  kind: string;
  query: string;
  sort?: string;
  isTyping?: boolean;
}

const numbers = [
  "duration>90m",
  "duration:20m..45m",
  "size>4GB",
  "size<500MB",
  "bitrate>20M",
  "width>=1920",
  "year:1990..1999",
  "year>2015",
  "year<1980",
  "rating>=4",
  "added>2023-01-01",
];
const facts = [
  "codec:hevc",
  "codec:h264",
  "codec:av1|vp9",
  "audio:dts",
  "hdr:yes",
  "resolution:4k",
  "resolution:1080p",
  "kind:video",
  "subtitle:eng",
  "language:ger",
  "season:1",
  "ext:mkv",
];
const states = [
  "watched:no",
  "watched:yes",
  "favorite:yes",
  "offline:yes",
  "missing:yes",
  "error:yes",
];
const sorts = ["title", "-title", "-year", "-added", "-duration", "-size", "-rating", "random:7"];

/** As often as these are asked about: mostly words, then words with a filter. */
const kinds: Record<string, (random: Random) => Omit<Asked, "kind">> = {
  word: (random) => ({ query: term(random) }),
  words: (random) => ({ query: `${term(random)} ${term(random)}` }),
  phrase: (random) => ({ query: `"${term(random)} ${term(random)}"` }),
  typing: (random) => ({
    query: term(random).slice(0, 2 + Math.floor(random() * 3)),
    isTyping: true,
  }),
  tag: (random) => ({ query: `tag:"${tagName(zipf(random, TAGS))}"` }),
  person: (random) => ({ query: `person:"${personName(zipf(random, 5000))}"` }),
  number: (random) => ({ query: one(random, numbers) }),
  fact: (random) => ({ query: one(random, facts) }),
  state: (random) => ({ query: one(random, states) }),
  facts: (random) => ({
    query: [one(random, facts), one(random, facts), one(random, numbers)].join(" "),
  }),
  "word, filter": (random) => ({ query: `${term(random)} ${one(random, [...facts, ...numbers])}` }),
  "word, sorted": (random) => ({ query: term(random), sort: one(random, sorts) }),
  "filters, sorted": (random) => ({
    query: `${one(random, facts)} ${one(random, numbers)}`,
    sort: one(random, sorts),
  }),
  without: (random) => ({ query: `${term(random)} -${term(random)} -${one(random, facts)}` }),
  either: (random) => ({ query: `(${term(random)} OR ${term(random)}) ${one(random, facts)}` }),
  everything: () => ({ query: "" }),
};

const shares = [
  ["word", 28],
  ["words", 28],
  ["phrase", 16],
  ["typing", 24],
  ["tag", 10],
  ["person", 10],
  ["number", 8],
  ["fact", 8],
  ["state", 6],
  ["facts", 12],
  ["word, filter", 20],
  ["word, sorted", 10],
  ["filters, sorted", 8],
  ["without", 6],
  ["either", 4],
  ["everything", 2],
] as const;

export function mixedQueries(count = 200): Asked[] {
  const random = seeded(7);
  return Array.from({ length: count }, () => {
    const kind = pick(random, shares);
    return { kind, ...kinds[kind]!(random) };
  });
}

/** A word of a title, as often as it stands in one. */
function term(random: Random): string {
  return word(zipf(random, WORDS));
}

function one(random: Random, list: readonly string[]): string {
  return list[Math.floor(random() * list.length)]!;
}
