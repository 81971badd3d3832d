/**
 * Pure: what a film is made of, against what this browser can decode, gives how to play it.
 *
 * @module
 */

/** A track as the catalogue describes it, or as the film itself does. */
export interface PlanTrack {
  kind: "video" | "audio" | "subtitle";
  /** Short name: avc, hevc, vp9, aac, opus … */
  codec: string;
  /** As in a MIME type, where known: avc1.64001f. */
  codecString?: string | undefined;
}

export interface Plan {
  output: "mp4" | "webm";
  /** What the media source is asked to take. */
  mimeType: string;
  /** Places in the list of tracks that was given. */
  video?: number;
  audio?: number;
  /** What a viewer should know before playing. */
  note?: string;
}

export type Verdict = { plan: Plan } | { why: string };

/** `MediaSource.isTypeSupported`, or a test's own. */
export type Supports = (mimeType: string) => boolean;

/** Containers that the page can take apart: what people call them. */
const readable = new Map([
  ["mp4", "MP4"],
  ["mov", "QuickTime"],
  ["matroska", "Matroska"],
  ["webm", "WebM"],
  ["mpegts", "MPEG-TS"],
  ["mp3", "MP3"],
  ["flac", "FLAC"],
  ["ogg", "Ogg"],
  ["adts", "AAC"],
]);

/** What each output can hold, and the codec's name in a MIME type where the film says none. */
const outputs = {
  mp4: {
    video: {
      avc: "avc1.640028",
      hevc: "hvc1.1.6.L120.90",
      vp9: "vp09.00.31.08",
      av1: "av01.0.08M.08",
    },
    audio: {
      aac: "mp4a.40.2",
      mp3: "mp3",
      opus: "opus",
      flac: "flac",
      ac3: "ac-3",
      eac3: "ec-3",
    },
  },
  webm: {
    video: { vp8: "vp8", vp9: "vp09.00.31.08", av1: "av01.0.08M.08" },
    audio: { opus: "opus", vorbis: "vorbis" },
  },
} satisfies Record<string, Record<"video" | "audio", Record<string, string>>>;

/** What the page cannot take apart, in one sentence; undefined when it can. */
export function whyUnreadable(container: string): string | undefined {
  if (readable.has(container)) return undefined;
  return `This browser cannot read ${container.toUpperCase()} files.`;
}

/** The first output in which most of the film plays. A film without its sound is better than none. */
export function planPlayback(tracks: PlanTrack[], supports: Supports): Verdict {
  const candidates = (["mp4", "webm"] as const).map((output) => planFor(output, tracks, supports));
  const whole = candidates.find((plan) => plan && !plan.note);
  const plan = whole ?? candidates.find((it) => it !== undefined);
  return plan ? { plan } : { why: whyNot(tracks) };
}

function planFor(
  output: Plan["output"],
  tracks: PlanTrack[],
  supports: Supports,
): Plan | undefined {
  const find = (kind: "video" | "audio") =>
    tracks.findIndex((track) => {
      const name = nameIn(output, track);
      return track.kind === kind && name !== undefined &&
        supports(`${kind}/${output}; codecs="${name}"`);
    });
  const wantsVideo = tracks.some(({ kind }) => kind === "video");
  const wantsAudio = tracks.some(({ kind }) => kind === "audio");
  const video = find("video");
  const audio = find("audio");
  if (wantsVideo ? video < 0 : audio < 0) return undefined;

  const chosen = [video, audio].flatMap((index) => tracks[index] ?? []);
  const codecs = chosen.map((track) => nameIn(output, track)).join(", ");
  const silent = wantsAudio && audio < 0;
  return {
    output,
    mimeType: `${wantsVideo ? "video" : "audio"}/${output}; codecs="${codecs}"`,
    ...(video >= 0 && { video }),
    ...(audio >= 0 && { audio }),
    ...(silent && { note: `Plays without sound: ${unsupported(tracks, "audio")}.` }),
  };
}

function nameIn(output: Plan["output"], { kind, codec, codecString }: PlanTrack) {
  if (kind === "subtitle") return undefined;
  const names: Record<string, string> = outputs[output][kind];
  return codec in names ? codecString ?? names[codec] : undefined;
}

function whyNot(tracks: PlanTrack[]): string {
  const kind = tracks.some((track) => track.kind === "video") ? "video" : "audio";
  if (!tracks.some((track) => track.kind === kind)) return "It has neither picture nor sound.";
  const sentence = unsupported(tracks, kind);
  return sentence[0]!.toUpperCase() + sentence.slice(1) + ".";
}

function unsupported(tracks: PlanTrack[], kind: "video" | "audio"): string {
  const codecs = new Set(tracks.filter((it) => it.kind === kind).map((it) => it.codec));
  const names = [...codecs].join(", ");
  return `${kind} codec ${names || "unknown"} is not supported by this browser`;
}
