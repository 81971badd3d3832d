/**
 * The streams of an MPEG transport stream, by its tables: ISO/IEC 13818-1, 2.4.4; descriptors of
 * DVB are those of ETSI EN 300 468.
 *
 * @module
 */
import type { Track } from "../../media.ts";
import type { ByteReader } from "../byte_reader.ts";
import { layerNames } from "../length/frames.ts";
import { PACKET_BYTES, SYNC, syncOf } from "../length/transport_stream.ts";
import type { Streams, Unread } from "./unread.ts";

/** First what is read of any file; tables come some ten times a second. */
const LOOKS = [64 * 1024, 512 * 1024];

interface Stream {
  pid: number;
  type: number;
  descriptors: Set<number>;
  /** Four letters by which private data is told: "Opus". */
  registration: string;
}

/** Types that mediabunny reads: AVC, HEVC, AAC, AC-3, E-AC-3, DTS. */
const READ = [0x1b, 0x24, 0x0f, 0x81, 0x87, 0x82, 0x8a];
/** MPEG sound of layers I to III: it is always told to be the last. */
const MPEG_SOUND = [0x03, 0x04];
const PRIVATE = 0x06;
/** Sections, carousels, metadata, the times of advertisements. */
const NO_FILM = [0x05, 0x08, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x13, 0x14, 0x15, 0x86];
/** Discs' subtitles as pictures and as text. */
const SUBTITLES = [0x90, 0x92];

/** Private data that mediabunny reads: AC-3, E-AC-3, DTS. */
const READ_DESCRIPTORS = [0x6a, 0x7a, 0xcc, 0x7b];
/** AAC, and what is told in one more byte: AC-4, DTS-UHD, Opus. */
const SOUND_DESCRIPTORS = [0x7c, 0x7f];

export function streamsOfTransportStream({ read, sizeBytes }: ByteReader): Streams | undefined {
  if (!syncOf(read(0, Math.min(sizeBytes, 8 * 1024)))) return undefined;
  for (const look of LOOKS) {
    const bytes = read(0, Math.min(look, sizeBytes));
    const packets = [...packetsIn(bytes)];
    const streams = readTables(packets);
    if (streams.length === 0) continue;
    const trackFacts = new Map<number, Partial<Track>>();
    for (const { pid, type } of streams) {
      const codec = MPEG_SOUND.includes(type) && layerOf(packets, pid);
      if (codec) trackFacts.set(pid, { codec });
    }
    return { unread: streams.flatMap(unreadOf), trackFacts };
  }
  return undefined;
}

function unreadOf({ type, descriptors, registration }: Stream): Unread[] {
  const has = (some: number[]) => some.some((it) => descriptors.has(it));
  if ([...READ, ...MPEG_SOUND, ...NO_FILM].includes(type)) return [];
  if (SUBTITLES.includes(type)) return ["subtitles"];
  if (type !== PRIVATE) return ["film"];
  if (has(READ_DESCRIPTORS) || registration.startsWith("DTS")) return [];
  return has(SOUND_DESCRIPTORS) || registration !== "" ? ["film"] : ["subtitles"];
}

interface Packet {
  pid: number;
  /** Whether something begins in it. */
  isStart: boolean;
  payload: Uint8Array;
}

function* packetsIn(bytes: Uint8Array): Generator<Packet> {
  const found = syncOf(bytes);
  if (!found) return;
  for (let at = found.at; at + PACKET_BYTES <= bytes.length; at += found.step) {
    const [sync, high, low, flags, length] = bytes.subarray(at, at + 5);
    if (sync !== SYNC || !(flags! & 0x10)) continue; // it has no payload
    const start = at + 4 + (flags! & 0x20 ? 1 + length! : 0);
    yield {
      pid: (high! & 0x1f) << 8 | low!,
      isStart: (high! & 0x40) !== 0,
      payload: bytes.subarray(Math.min(start, at + PACKET_BYTES), at + PACKET_BYTES),
    };
  }
}

function readTables(packets: readonly Packet[]): Stream[] {
  const programs = sectionOf(packets, 0);
  if (!programs) return [];
  const streams: Stream[] = [];
  for (let at = 8; at + 4 <= programs.length - CRC_BYTES; at += 4) {
    const number = programs[at]! << 8 | programs[at + 1]!;
    const pid = (programs[at + 2]! & 0x1f) << 8 | programs[at + 3]!;
    const map = number === 0 ? undefined : sectionOf(packets, pid);
    if (map) streams.push(...streamsIn(map));
  }
  return streams;
}

const CRC_BYTES = 4;

function streamsIn(map: Uint8Array): Stream[] {
  const streams: Stream[] = [];
  const lengthAt = (at: number) => (map[at]! & 0x0f) << 8 | map[at + 1]!;
  const end = map.length - CRC_BYTES;
  for (let at = 12 + lengthAt(10); at + 5 <= end;) {
    const descriptors = new Set<number>();
    let registration = "";
    const next = at + 5 + lengthAt(at + 3);
    for (let from = at + 5; from + 2 <= Math.min(next, end); from += 2 + map[from + 1]!) {
      descriptors.add(map[from]!);
      if (map[from] !== 5) continue;
      registration = String.fromCharCode(...map.subarray(from + 2, from + 6));
    }
    const pid = (map[at + 1]! & 0x1f) << 8 | map[at + 2]!;
    streams.push({ pid, type: map[at]!, descriptors, registration });
    at = next;
  }
  return streams;
}

/** The first whole table of a packet number; it may go over several packets. */
function sectionOf(packets: readonly Packet[], pid: number): Uint8Array | undefined {
  let section: number[] | undefined;
  for (const { isStart, payload, ...packet } of packets) {
    if (packet.pid !== pid) continue;
    if (isStart) section = [...payload.subarray(1 + payload[0]!)];
    else section?.push(...payload);
    if (!section || section.length < 3) continue;
    const length = 3 + ((section[1]! & 0x0f) << 8 | section[2]!);
    if (section.length >= length) return Uint8Array.from(section.slice(0, length));
  }
  return undefined;
}

/** What the header of the first frame says. */
function layerOf(packets: readonly Packet[], pid: number): string | undefined {
  for (const { isStart, payload, ...packet } of packets) {
    if (packet.pid !== pid || !isStart) continue;
    const at = 9 + payload[8]!;
    const isFrame = payload[at] === 0xff && (payload[at + 1]! & 0xe0) === 0xe0;
    if (isFrame) return layerNames[payload[at + 1]! >> 1 & 3];
  }
  return undefined;
}
