/**
 * Which events somebody hears: the owner all; others what their page needs, and nothing of places on
 * disks or of other people. When what they have shown is good no more, they hear nothing.
 *
 * @module
 */
import type { AppEvent } from "../../../base/events.ts";
import type { Caller } from "../../../people/mod.ts";

/** By the first word of an event's type. */
const forAll = ["catalog"];
const forMembers = ["peer", "item", "tag", "taggroup", "person", "collection", "asset", "artwork"];

export function hears(caller: Caller, { type, data }: AppEvent): boolean {
  const [word = ""] = type.split(".");
  if (caller.role === "owner") return true;
  if (word === "sharing") return data.userId === caller.userId || data.role === caller.role;
  if (forAll.includes(word)) return true;
  if (caller.role !== "member") return false;
  if (word === "rating" || word === "watch") return data.user === caller.libraryUser;
  return forMembers.includes(word);
}

/** Whether this event is the end of what the caller has shown. */
export function endsFor({ sessionId, tokenId, userId }: Caller, { type, data }: AppEvent): boolean {
  // Whether it was ended at another edge is not known now: who comes back shows it anew.
  if (type === "edge.rejoined") return userId !== undefined;
  if (type === "session.ended") return sessionId !== undefined && data.sessionId === sessionId;
  if (type === "token.deleted") return tokenId !== undefined && data.tokenId === tokenId;
  return type === "user.changed" && userId !== undefined && data.userId === userId &&
    tokenId !== undefined;
}
