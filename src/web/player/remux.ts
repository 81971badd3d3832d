/**
 * Puts a film's packets, as they are, into a stream that the browser's media source takes:
 * fragmented MP4, or WebM. Nothing is decoded or encoded.
 *
 * @module
 */
import {
  AppendOnlyStreamTarget,
  EncodedAudioPacketSource,
  type EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  type InputTrack,
  Mp4OutputFormat,
  Output,
  WebMOutputFormat,
} from "mediabunny";
import { withoutExtra } from "./avc.ts";
import type { Film } from "./film.ts";
import { abortable } from "./wait.ts";

export interface RemuxSink {
  /** Told once: where the stream really begins, which is the key frame before what was asked. */
  begins(seconds: number): void;
  /** Takes a piece of the stream; slow is fine. */
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when more is wanted. */
  room(): Promise<void>;
}

interface Lane {
  sink: EncodedPacketSink;
  /** The time stamp of the key frame that it begins with. */
  start: number;
  next: EncodedPacket | null;
  /** Key frames to here are passed off as others, or the browser would begin at one of them. */
  hiddenUntil: number;
  hide(data: Uint8Array): Uint8Array;
  add(packet: EncodedPacket, isFirst: boolean): Promise<void>;
  close(): void;
  isFirst: boolean;
}

/** A stream can only be cut at key frames; a film with none for so long cannot be streamed. */
const MAX_HELD_BYTES = 256 * 1024 * 1024;

/** From the key frame at or before `fromSeconds` to the end of the film, or until aborted. */
export async function remux(film: Film, fromSeconds: number, sink: RemuxSink, signal: AbortSignal) {
  let heldBytes = 0;
  const writable = new WritableStream<Uint8Array>({
    write(bytes) {
      signal.throwIfAborted();
      heldBytes = 0;
      return sink.write(bytes);
    },
  });
  const format = film.plan.output === "mp4"
    ? new Mp4OutputFormat({ fastStart: "fragmented", minimumFragmentDuration: 0.5 })
    : new WebMOutputFormat({ appendOnly: true, minimumClusterDuration: 0.5 });
  const output = new Output({ format, target: new AppendOnlyStreamTarget(writable) });
  try {
    const lanes = await abortable(openLanes(film, fromSeconds, output), signal);
    const [first] = lanes;
    sink.begins((first?.next?.timestamp ?? 0) + film.shiftSeconds);
    await abortable(output.start(), signal);
    for (;;) {
      const lane = earliest(lanes);
      if (!lane?.next) break;
      await sink.room();
      heldBytes += lane.next.byteLength;
      if (heldBytes > MAX_HELD_BYTES) throw new Error("This film has too few key frames to stream");
      await abortable(step(lane, film.shiftSeconds), signal);
    }
    await abortable(output.finalize(), signal);
  } catch (error) {
    void output.cancel().catch(() => {});
    throw error;
  }
}

async function openLanes(film: Film, fromSeconds: number, output: Output): Promise<Lane[]> {
  const lanes: Lane[] = [];
  let from = fromSeconds - film.shiftSeconds;
  if (film.video) {
    const source = new EncodedVideoPacketSource((await film.video.getCodec())!);
    output.addVideoTrack(source, { rotation: await film.video.getRotation() });
    const config = await film.video.getDecoderConfig();
    const lane = await openLane(film.video, {
      from,
      add: (packet, isFirst) =>
        source.add(packet, isFirst && config ? { decoderConfig: config } : undefined),
      hide: (data) => withoutExtra(data, config),
      isUnusable: ({ timestamp }) => film.unusableKeys.has(timestamp + film.shiftSeconds),
    });
    // Sound starts where the picture does, or the beginning would be silent.
    from = lane.next?.timestamp ?? from;
    lanes.push({ ...lane, close: () => source.close() });
  }
  if (film.audio) {
    const source = new EncodedAudioPacketSource((await film.audio.getCodec())!);
    output.addAudioTrack(source);
    const config = await film.audio.getDecoderConfig();
    const lane = await openLane(film.audio, {
      from,
      add: (packet, isFirst) =>
        source.add(packet, isFirst && config ? { decoderConfig: config } : undefined),
    });
    lanes.push({ ...lane, close: () => source.close() });
  }
  return lanes;
}

interface LaneOptions {
  from: number;
  add: Lane["add"];
  isUnusable?(packet: EncodedPacket): boolean;
  hide?: Lane["hide"];
}

/** Begins at the key frame at or before `from`, or at one before those that are of no use. */
async function openLane(track: InputTrack, { from, add, isUnusable, hide }: LaneOptions) {
  const sink = new EncodedPacketSink(track);
  let next = await sink.getKeyPacket(from);
  let hiddenUntil = -Infinity;
  while (next && isUnusable?.(next)) {
    hiddenUntil = Math.max(hiddenUntil, next.timestamp);
    next = await sink.getKeyPacket(next.timestamp - 0.001);
  }
  next ??= await sink.getFirstKeyPacket();
  return {
    hiddenUntil,
    hide: hide ?? ((data: Uint8Array) => data),
    sink,
    start: next?.timestamp ?? 0,
    next,
    add,
    isFirst: true,
  };
}

/** Tracks advance together: whose next packet is the earliest goes first. */
function earliest(lanes: Lane[]): Lane | undefined {
  return lanes.filter((lane) => lane.next)
    .sort((a, b) => a.next!.timestamp - b.next!.timestamp)[0];
}

/**
 * Pictures shown before the key frame that the stream begins with are left out: in an "open" group
 * they need the group before, which a seek did not bring, and a decoder gives up over them.
 */
async function nextPacket({ sink, start }: Lane, packet: EncodedPacket) {
  let next = await sink.getNextPacket(packet);
  while (next && next.timestamp < start) next = await sink.getNextPacket(next);
  return next;
}

async function step(lane: Lane, shiftSeconds: number): Promise<void> {
  const packet = lane.next!;
  lane.next = await nextPacket(lane, packet);
  // Rounding must not make the first time stamp negative.
  const timestamp = Math.max(0, packet.timestamp + shiftSeconds);
  const isHidden = !lane.isFirst && packet.type === "key" && packet.timestamp <= lane.hiddenUntil;
  const shown = isHidden
    ? packet.clone({ timestamp, type: "delta", data: lane.hide(packet.data) })
    : packet.clone({ timestamp });
  await lane.add(shown, lane.isFirst);
  lane.isFirst = false;
  // The others must not wait for a track that has ended.
  if (!lane.next) lane.close();
}
