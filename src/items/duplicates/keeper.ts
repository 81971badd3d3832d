/**
 * Which of several copies to keep, as a table of rules: the first that tells two copies apart decides.
 * Each says in words what speaks for the one that is kept. Pure.
 *
 * @module
 */
import { isMisnamed } from "../../media/mod.ts";
import type { GroupKind, Member } from "./store.ts";

/** What a rule may ask of the world. */
export interface KeeperWorld {
  /** Whether a drive of them is about to fail. */
  isFailing(driveIds: readonly string[]): boolean;
}

interface Rule {
  name: string;
  /** Of groups of these kinds only: files of the same bytes have the same pictures. */
  kinds: readonly GroupKind[];
  /** The more the better. */
  score(member: Member, world: KeeperWorld): number;
  /** What speaks for it. */
  reason: string | ((member: Member) => string);
}

export interface Suggestion {
  /** The id of the one to keep; undefined where none is here. */
  keep: string | undefined;
  reasons: string[];
}

const all: readonly GroupKind[] = ["exact", "similar", "title"];
const unlike: readonly GroupKind[] = ["similar", "title"];

/** How much a bit is worth, H.264 being 1: what each codec needs for the same picture, roughly. */
const worth: Record<string, number> = {
  av1: 2.2,
  vvc: 2.5,
  hevc: 1.8,
  vp9: 1.6,
  avc: 1,
  vp8: 0.9,
  vc1: 0.8,
  mpeg4: 0.6,
  mpeg2video: 0.4,
};

export const rules: readonly Rule[] = [
  {
    name: "here",
    kinds: all,
    score: (it) => Number(isHere(it)),
    reason: "it is here, while another is offline or cannot be read",
  },
  {
    name: "healthy drive",
    kinds: all,
    score: ({ driveIds }, { isFailing }) => Number(!isFailing(driveIds)),
    reason: "its drive is healthy, while another's is about to fail",
  },
  {
    name: "whole",
    kinds: all,
    score: (it) => Number(!it.error),
    reason: "nothing is wrong with it",
  },
  {
    name: "resolution",
    kinds: unlike,
    score: ({ width, height }) => (width ?? 0) * (height ?? 0),
    reason: ({ width, height }) => `it has the most pixels: ${width} × ${height}`,
  },
  {
    name: "bit rate",
    kinds: unlike,
    // In steps of a tenth: less is not seen.
    score: (it) => Math.round(Math.log(Math.max(1, bitrateOf(it) * worthOf(it))) / Math.log(1.1)),
    reason: (it) => `it has the most bits per second for its codec (${it.videoCodec ?? "unknown"})`,
  },
  {
    name: "codec",
    kinds: unlike,
    score: worthOf,
    reason: ({ videoCodec }) => `its codec is the better one: ${videoCodec}`,
  },
  {
    name: "true name",
    kinds: all,
    score: ({ relativePath, kind }) => Number(!kind || !isMisnamed(relativePath, kind)),
    reason: "its name says what it is, while another's says something else",
  },
  {
    name: "said of it",
    kinds: all,
    score: ({ saidOfIt }) => saidOfIt,
    reason: ({ saidOfIt }) =>
      `people have said the most of it: ${saidOfIt} tags, ratings and the like`,
  },
  {
    name: "offered",
    kinds: all,
    score: ({ catalogId }) => Number(catalogId !== undefined),
    reason: "the edge knows it already",
  },
  {
    name: "no copy by name",
    kinds: all,
    score: ({ relativePath }) => Number(!looksCopied(relativePath)),
    reason: "its name does not look like that of a copy",
  },
  {
    name: "longer name",
    kinds: all,
    score: ({ relativePath }) => nameOf(relativePath).length,
    reason: "its name says the most",
  },
  {
    name: "older",
    kinds: all,
    score: ({ addedAt }) => -Date.parse(addedAt),
    reason: "it has been here the longest",
  },
];

/** The one to keep, and what speaks for it. The order of `members` decides nothing. */
export function suggestKeeper(
  kind: GroupKind,
  members: readonly Member[],
  world: KeeperWorld,
): Suggestion {
  const asked = rules.filter(({ kinds }) => kinds.includes(kind));
  let left = [...members].sort((one, other) => one.id < other.id ? -1 : 1);
  const reasons: string[] = [];
  for (const { score, reason } of asked) {
    if (left.length < 2) break;
    const scores = left.map((member) => score(member, world));
    const best = Math.max(...scores);
    const winners = left.filter((_, index) => scores[index] === best);
    if (winners.length === left.length) continue;
    left = winners;
    reasons.push(typeof reason === "string" ? reason : reason(left[0]!));
  }
  const [keeper] = left;
  if (!keeper || !isHere(keeper)) return { keep: undefined, reasons: ["none of them is here now"] };
  return { keep: keeper.id, reasons: reasons.length > 0 ? reasons : ["nothing tells them apart"] };
}

/** Whether it can be kept or acted upon now. */
export function isHere({ status }: Pick<Member, "status">): boolean {
  return status === "new" || status === "probed" || status === "ready";
}

function bitrateOf({ bitrate, sizeBytes, durationMs }: Member): number {
  return bitrate ?? (durationMs ? sizeBytes * 8000 / durationMs : 0);
}

function worthOf({ videoCodec }: Member): number {
  return worth[videoCodec ?? ""] ?? 0.5;
}

function nameOf(relativePath: string): string {
  return relativePath.slice(relativePath.lastIndexOf("/") + 1);
}

/** "a (1).mkv", "a - Copy.mkv", "Copy of a.mkv", "a copy 2.mkv", and what other languages say. */
export function looksCopied(relativePath: string): boolean {
  const stem = nameOf(relativePath).replace(/\.[^.]*$/, "");
  return /\s\(\d{1,2}\)$|^copy of |[\s._-]+(copy|kopie|copie|copia|kopia)([\s._-]*\(?\d{1,2}\)?)?$/i
    .test(stem);
}
