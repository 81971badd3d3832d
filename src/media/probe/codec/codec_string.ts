/**
 * Profile, level and depth out of codec parameters, RFC 6381: "avc1.64001f" is High at level 3.1.
 *
 * @module
 */
import type { Track } from "../../media.ts";

export type CodecFacts = Pick<Track, "profile" | "level" | "bitDepth">;

/** First part of the parameter → who reads the rest. */
const readers = new Map(Object.entries<(parts: string[]) => CodecFacts>({
  avc1: avc,
  avc3: avc,
  hvc1: hevc,
  hev1: hevc,
  dvh1: dolbyVision,
  dvhe: dolbyVision,
  av01: av1,
  vp09: vp9,
  mp4a: aac,
  ap4x: () => ({ profile: "4444 XQ" }),
  ap4h: () => ({ profile: "4444" }),
  apch: () => ({ profile: "422 HQ" }),
  apcn: () => ({ profile: "422" }),
  apcs: () => ({ profile: "422 LT" }),
  apco: () => ({ profile: "422 Proxy" }),
}));

/** Nothing of what the parameter does not say, or says in a way that nobody knows. */
export function readCodecString(codecString: string): CodecFacts {
  const [first = "", ...parts] = codecString.split(".");
  const { profile, level, bitDepth } = readers.get(first)?.(parts) ?? {};
  return { ...profile && { profile }, ...level && { level }, ...bitDepth && { bitDepth } };
}

/** ISO/IEC 14496-10 A.2: profile_idc, the constraint flags, level_idc. */
function avc([digits = ""]: string[]): CodecFacts {
  const [, idc, flags, level] = /^(..)(..)(..)$/.exec(digits)?.map((it) => parseInt(it, 16)) ?? [];
  if (idc === undefined || level === undefined || flags === undefined) return {};
  const isBaseline = idc === 66;
  const profile = isBaseline && flags & 0x40 ? "Constrained Baseline" : avcProfiles[idc];
  const is1b = level === 11 && [66, 77, 88].includes(idc) && (flags & 0x10) !== 0;
  return { ...profile && { profile }, level: is1b ? "1b" : decimal(level / 10) };
}

const avcProfiles: Record<number, string> = {
  44: "CAVLC 4:4:4 Intra",
  66: "Baseline",
  77: "Main",
  88: "Extended",
  100: "High",
  110: "High 10",
  118: "Multiview High",
  122: "High 4:2:2",
  128: "Stereo High",
  244: "High 4:4:4 Predictive",
};

/** ISO/IEC 14496-15 E.3: profile, compatibility, tier and level in thirtieths. */
function hevc([profile = "", , tier = ""]: string[]): CodecFacts {
  const name = hevcProfiles[Number(/\d+$/.exec(profile)?.[0])];
  const [, high, level] = /^([LH])(\d+)$/.exec(tier) ?? [];
  return {
    ...name && { profile: name },
    ...level && { level: decimal(Number(level) / 30) + (high === "H" ? " High" : "") },
    ...name === "Main 10" && { bitDepth: 10 },
  };
}

const hevcProfiles: Record<number, string> = {
  1: "Main",
  2: "Main 10",
  3: "Main Still Picture",
  4: "Rext",
  5: "High Throughput",
  9: "SCC",
};

function dolbyVision([profile, level]: string[]): CodecFacts {
  const [first, second] = [Number(profile), Number(level)];
  return {
    ...first >= 0 && { profile: `Dolby Vision ${first}` },
    ...second > 0 && { level: String(second) },
  };
}

/** AV1 in ISOBMFF, 5: profile, level and tier, depth. */
function av1([profile = "", level = "", depth = ""]: string[]): CodecFacts {
  const name = ["Main", "High", "Professional"][Number(profile || NaN)];
  const [, index, tier] = /^(\d\d)([MH])$/.exec(level) ?? [];
  const number = Number(index);
  const bits = Number(depth);
  return {
    ...name && { profile: name },
    ...index && number < 24 && {
      level: `${2 + (number >> 2)}.${number & 3}${tier === "H" ? " High" : ""}`,
    },
    ...[8, 10, 12].includes(bits) && { bitDepth: bits },
  };
}

/** VP codec ISO media file format binding: profile, level in tenths, depth. */
function vp9([profile, level, depth]: string[]): CodecFacts {
  const bits = Number(depth);
  return {
    ...Number(profile) >= 0 && { profile: String(Number(profile)) },
    ...Number(level) > 0 && { level: decimal(Number(level) / 10) },
    ...[8, 10, 12].includes(bits) && { bitDepth: bits },
  };
}

/** MPEG-4 audio object types, ISO/IEC 14496-3, 1.5.1. */
function aac([type, object]: string[]): CodecFacts {
  const profile = type === "40" ? aacProfiles[Number(object)] : undefined;
  return profile ? { profile } : {};
}

const aacProfiles: Record<number, string> = {
  1: "Main",
  2: "LC",
  3: "SSR",
  4: "LTP",
  5: "HE-AAC",
  23: "LD",
  29: "HE-AAC v2",
  39: "ELD",
  42: "xHE-AAC",
};

/** Levels are written with one digit behind the dot: "4.0" as the specifications have it. */
function decimal(value: number): string {
  return value.toFixed(1);
}
