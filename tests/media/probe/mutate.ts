/**
 * Media files that are damaged in every way that files are damaged, and in some that only an enemy
 * thinks of. The same seed gives the same file.
 *
 * @module
 */

/** Numbers in [0, 1), the same ones for a seed: mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed * 0x9e3779b9 | 0;
  return () => {
    state = state + 0x6d2b79f5 | 0;
    let mixed = Math.imul(state ^ state >>> 15, 1 | state);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}

type Random = () => number;
type Bytes = Uint8Array<ArrayBuffer>;

const below = (random: Random, most: number) => Math.floor(random() * most);
const pick = <T>(random: Random, from: readonly T[]) => from[below(random, from.length)]!;

/** What sizes and counts must never be. */
const absurd = [0, 1, 2, 7, 8, 0x7f, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];

const boxes =
  "ftyp moov mvhd trak tkhd mdia mdhd hdlr minf stbl stsd stts ctts stsz stsc stco co64 stss udta meta ilst data edts elst moof mfhd traf tfhd tfdt trun mvex trex mfra tfra tfro avcC hvcC esds colr chpl sidx mdat dinf dref RIFF LIST fmt INFO fLaC OggS ID3\u0004 TAG+"
    .split(" ");

/** Tables whose first word behind version and flags is a count. */
const tables = "stsd stts ctts stsz stsc stco co64 stss elst trun dref trex sidx tfra chpl keys"
  .split(" ");

/** EBML: header, seek head, info, tracks, entry, cues, cluster, tags, attachments, chapters, block. */
const elements = [
  0x1a45dfa3,
  0x18538067,
  0x114d9b74,
  0x1549a966,
  0x1654ae6b,
  0xae,
  0x1c53bb6b,
  0x1f43b675,
  0x1254c367,
  0x1941a469,
  0x1043a770,
  0xa3,
  0xe0,
  0xe1,
  0x63a2,
  0x6d80,
  0x55b0,
  0x4489,
  0x2ad7b1,
  0x23e383,
];
const elementSizes = [
  "ff",
  "80",
  "81",
  "01ffffffffffffff",
  "01fffffffffffffe",
  "08ffffffff",
  "0100000000000000",
  "4000",
  "017fffffffffffff",
  "00",
];

const ways: Record<string, (bytes: Bytes, random: Random) => Bytes> = {
  truncated: (bytes, random) => bytes.slice(0, below(random, bytes.length)),
  nearlyWhole: (bytes, random) => bytes.slice(0, bytes.length - 1 - below(random, 64)),
  headOnly: (bytes, random) => bytes.slice(0, below(random, Math.min(bytes.length, 200))),
  flipped: (bytes, random) => {
    for (let count = 1 + below(random, 64); count > 0; count--) {
      bytes[below(random, bytes.length)]! ^= 1 << below(random, 8);
    }
    return bytes;
  },
  /** Where headers are. */
  flippedHead: (bytes, random) => {
    const most = Math.min(bytes.length, 1024);
    for (let count = 1 + below(random, 12); count > 0; count--) {
      bytes[below(random, most)] = below(random, 256);
    }
    return bytes;
  },
  flippedTail: (bytes, random) => {
    const most = Math.min(bytes.length, 2048);
    for (let count = 1 + below(random, 24); count > 0; count--) {
      bytes[bytes.length - 1 - below(random, most)] = below(random, 256);
    }
    return bytes;
  },
  zeroed: (bytes, random) => {
    const at = below(random, bytes.length);
    return bytes.fill(pick(random, [0, 0xff]), at, at + below(random, 4096));
  },
  doubled: (bytes, random) => {
    const at = below(random, bytes.length);
    const part = bytes.slice(at, at + below(random, 2000));
    return join(bytes.slice(0, at), part, part, bytes.slice(at));
  },
  shortened: (bytes, random) => {
    const at = below(random, bytes.length);
    return join(bytes.slice(0, at), bytes.slice(at + 1 + below(random, 500)));
  },
  absurdWords: (bytes, random) => {
    const view = new DataView(bytes.buffer);
    for (let count = 1 + below(random, 6); count > 0; count--) {
      const at = below(random, Math.min(bytes.length, 4096) - 4);
      view.setUint32(Math.max(at, 0), pick(random, absurd), random() < 0.3);
    }
    return bytes;
  },
  boxSizes: (bytes, random) => {
    const view = new DataView(bytes.buffer);
    for (let count = 1 + below(random, 3); count > 0; count--) {
      const at = find(bytes, pick(random, boxes), random);
      if (at < 4) continue;
      view.setUint32(at - 4, pick(random, absurd));
      // A size of 1 says that the real one follows: 2^63, 2^53, 0.
      if (at + 12 <= bytes.length && random() < 0.4) {
        view.setUint32(at - 4, 1);
        view.setBigUint64(
          at + 4,
          pick(random, [2n ** 63n, 2n ** 64n - 1n, 2n ** 53n, 0n, 16n, 2n ** 40n]),
        );
      }
    }
    return bytes;
  },
  counts: (bytes, random) => {
    const view = new DataView(bytes.buffer);
    for (let count = 1 + below(random, 3); count > 0; count--) {
      const at = find(bytes, pick(random, tables), random);
      const word = at + 8 + 4 * below(random, 3);
      if (at > 0 && word + 4 <= bytes.length) view.setUint32(word, pick(random, absurd));
    }
    return bytes;
  },
  renamedBoxes: (bytes, random) => {
    const at = find(bytes, pick(random, boxes), random);
    if (at > 0) bytes.set(new TextEncoder().encode(pick(random, boxes)).subarray(0, 4), at);
    return bytes;
  },
  elementSizes: (bytes, random) => {
    for (let count = 1 + below(random, 3); count > 0; count--) {
      const id = Uint8Array.fromHex(hexOf(pick(random, elements)));
      const at = findBytes(bytes, id, random);
      if (at >= 0) {
        bytes.set(
          fitting(Uint8Array.fromHex(pick(random, elementSizes)), bytes, at + id.length),
          at + id.length,
        );
      }
    }
    return bytes;
  },
  foreignHead: (bytes, random) => {
    const head = pick(random, [
      "1a45dfa3",
      "0000001866747970",
      "4f676753",
      "664c6143",
      "494433040000007f7f7f7f",
      "52494646ffffffff57415645",
      "fff15080",
      "fffbe064",
      "47400010",
      "89504e470d0a1a0a",
      "ffd8ffe1ffff",
      "00000000",
    ]);
    bytes.set(fitting(Uint8Array.fromHex(head), bytes, 0));
    return bytes;
  },
};

export const wayNames = Object.keys(ways);

/** The file of this number: which seed, which damage, and under which name. */
export function mutate(
  seeds: readonly { name: string; bytes: Bytes }[],
  number: number,
): { name: string; bytes: Bytes; way: string; seed: string } {
  const random = randomOf(number + 1);
  const seed = seeds[number % seeds.length]!;
  let way = wayNames[Math.floor(number / seeds.length) % wayNames.length]!;
  let bytes = ways[way]!(seed.bytes.slice(), random);
  if (bytes.length > 8 && random() < 0.15) {
    const second = pick(random, wayNames);
    bytes = ways[second]!(bytes, random);
    way += ` and ${second}`;
  }
  const [, extension] = /(\.[^.]+)$/.exec(seed.name)!;
  const isRenamed = random() < 0.08;
  const as = isRenamed
    ? pick(random, [".mp4", ".mkv", ".mp3", ".avi", ".jpg", ".flac", ".ts"])
    : extension;
  return {
    name: `${number} ${way} ${seed.name.replace(/\.[^.]+$/, "")}${as}`,
    bytes,
    way,
    seed: seed.name,
  };
}

export function join(...parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, it) => sum + it.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function find(bytes: Bytes, name: string, random: Random): number {
  return findBytes(bytes, new TextEncoder().encode(name), random);
}

/** One of the places where these bytes stand, or -1. */
function findBytes(bytes: Bytes, wanted: Uint8Array, random: Random): number {
  const places: number[] = [];
  for (
    let at = bytes.indexOf(wanted[0]!);
    at >= 0 && places.length < 40;
    at = bytes.indexOf(wanted[0]!, at + 1)
  ) {
    if (wanted.every((it, index) => bytes[at + index] === it)) places.push(at);
  }
  return places.length > 0 ? pick(random, places) : -1;
}

function hexOf(id: number): string {
  const text = id.toString(16);
  return text.length % 2 ? `0${text}` : text;
}

function fitting(part: Uint8Array, bytes: Bytes, at: number): Uint8Array {
  return part.subarray(0, Math.max(0, bytes.length - at));
}
