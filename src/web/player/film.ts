/** A film taken apart in the browser: its tracks, its length, and how it is going to be played. @module */
import {
  ALL_FORMATS,
  CustomSource,
  Input,
  type InputAudioTrack,
  type InputVideoTrack,
} from "mediabunny";
import { type Plan, planPlayback, type PlanTrack, type Supports } from "./plan.ts";

export interface ByteSource {
  size(): Promise<number>;
  read(start: number, end: number): Promise<Uint8Array>;
}

export interface Film extends Disposable {
  plan: Plan;
  video?: InputVideoTrack;
  audio?: InputAudioTrack;
  durationSeconds: number;
  /** Added to every time stamp, so that the film begins at 0: recordings often begin elsewhere. */
  shiftSeconds: number;
  /** Where key frames are after which a decoder gave up, counted from the film's beginning. */
  unusableKeys: Set<number>;
}

/** Reads what says how the film is built: some hundred kilobytes, wherever they are in the file. */
export async function openFilm(source: ByteSource, supports: Supports): Promise<Film> {
  const input = new Input({
    formats: ALL_FORMATS,
    source: new CustomSource({
      getSize: () => source.size(),
      read: (start, end) => source.read(start, end),
      // The blocks below keep what was read; twice would be once too often.
      maxCacheSize: 1024 * 1024,
      handleUnhandledError: () => {},
    }),
  });
  try {
    return await describe(input, supports);
  } catch (error) {
    input.dispose();
    throw error;
  }
}

async function describe(input: Input, supports: Supports): Promise<Film> {
  const tracks = (await input.getTracks())
    .filter((track) => track.isVideoTrack() || track.isAudioTrack());
  const verdict = planPlayback(await Promise.all(tracks.map(planTrack)), supports);
  if ("why" in verdict) throw new Error(verdict.why);

  const { plan } = verdict;
  const video = plan.video === undefined ? undefined : tracks[plan.video];
  const audio = plan.audio === undefined ? undefined : tracks[plan.audio];
  const played = [video, audio].filter((track) => track !== undefined);
  const starts = await Promise.all(played.map((track) => track.getFirstTimestamp()));
  const shiftSeconds = -Math.min(...starts);
  const known = await Promise.all(played.map((track) => track.getDurationFromMetadata()));
  const longest = Math.max(...known.map((seconds) => seconds ?? 0));
  const end = longest > 0 ? longest : await input.computeDuration();
  return {
    plan,
    ...(video?.isVideoTrack() && { video }),
    ...(audio?.isAudioTrack() && { audio }),
    durationSeconds: end + shiftSeconds,
    shiftSeconds,
    unusableKeys: new Set(),
    [Symbol.dispose]: () => input.dispose(),
  };
}

async function planTrack(track: InputVideoTrack | InputAudioTrack): Promise<PlanTrack> {
  const codec = await track.getCodec() ?? String(await track.getInternalCodecId() ?? "unknown");
  const codecString = await track.getCodecParameterString() ?? undefined;
  return { kind: track.isVideoTrack() ? "video" : "audio", codec, codecString };
}
