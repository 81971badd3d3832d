/**
 * Who may see and play what: pure, over the rules that hold for one person. The owner may all. A
 * member begins with everything, a guest with nothing. What is forbidden outweighs what is allowed,
 * whatever the order; whoever may play may see, and whoever may not see may not play.
 *
 * @module
 */
import type { Role } from "../roles.ts";

export const effects = ["allow", "deny"] as const;
export const actions = ["see", "play"] as const;
export const kinds = ["all", "peer", "tag", "title"] as const;

/** What a rule speaks of. */
export interface Shared {
  /** A library is what one peer has. */
  kind: typeof kinds[number];
  /** The peer's id, the path of the tag (of slugs; with all below it), the catalogue id; "" of all. */
  value: string;
}

export interface Rule extends Shared {
  effect: typeof effects[number];
  /** To allow `play` is to allow both; to deny `see` is to deny both. */
  action: typeof actions[number];
  /** ISO 8601; from then on there is no such rule. */
  expiresAt?: string | undefined;
}

/** What rules ask of a title. */
export interface Title {
  catalogId: string;
  /** Those that have it. */
  peerIds: readonly string[];
  /** What each of them says of its tags; who is not in it has said nothing. */
  tags: ReadonlyMap<string, SaidTags>;
}

export interface SaidTags {
  /** Slugs from the root of that peer's tree on, joined by "/". */
  paths: readonly string[];
  /** It has no others there. */
  isComplete: boolean;
}

export interface Verdict {
  see: boolean;
  play: boolean;
  /**
   * The peers that may give it to them: those of whom nothing is denied, and among them those that
   * are shared, where nothing but them is.
   */
  peerIds: readonly string[];
}

const NOTHING: Verdict = { see: false, play: false, peerIds: [] };

/** What somebody of `role` for whom `rules` hold may do with a title at `now` (ISO 8601). */
export function judge(role: Role, rules: readonly Rule[], title: Title, now: string): Verdict {
  if (role === "owner") return { see: true, play: true, peerIds: title.peerIds };
  const holding = rules.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now);
  const says = (effect: Rule["effect"], action: Rule["action"], peerId?: string) =>
    holding.some((rule) =>
      rule.effect === effect && (rule.action === action || rule.action === WEIGHTIER[effect]) &&
      speaksOf(rule, title, peerId)
    );
  const may = (action: Rule["action"], peerId?: string) =>
    (role === "member" || says("allow", action, peerId)) && !says("deny", action, peerId);

  // Of the title by each peer that has it: one library may be forbidden, and another not.
  const seen = title.peerIds.filter((peerId) => may("see", peerId));
  const played = seen.filter((peerId) => may("play", peerId));
  const isHeld = title.peerIds.length > 0;
  const see = isHeld ? seen.length > 0 : may("see");
  if (!see) return NOTHING;
  return { see, play: isHeld ? played.length > 0 : may("play"), peerIds: played };
}

/** The action that says the other, too. */
const WEIGHTIER = { allow: "play", deny: "see" } as const;

function speaksOf({ kind, value, effect }: Rule, title: Title, peerId?: string): boolean {
  switch (kind) {
    case "all":
      return true;
    case "peer":
      return value === peerId;
    case "title":
      return value === title.catalogId;
    case "tag":
      return effect === "deny"
        ? mayHave(value, title)
        : hasTag(title.tags.get(peerId ?? ""), value);
  }
}

/** What one peer says of a title opens that peer's own copies of it, and nobody else's. */
function hasTag(said: SaidTags | undefined, tag: string): boolean {
  return said?.paths.some((path) => path === tag || path.startsWith(`${tag}/`)) ?? false;
}

/** Whoever says so closes it for all; and nobody may see what might have the tag. */
function mayHave(tag: string, { tags }: Title): boolean {
  const said = [...tags.values()];
  const isKnown = said.length > 0 && said.every(({ isComplete }) => isComplete);
  return !isKnown || said.some((it) => hasTag(it, tag));
}
