/**
 * Which events somebody hears: the owner all; others what their page needs, and nothing of places on
 * disks or of other people. With a token only what its scopes could ask for. When what they have
 * shown is good no more, they hear nothing.
 *
 * @module
 */
import type { AppEvent } from "../../../base/events.ts";
import type { Caller, People, Scope } from "../../../people/mod.ts";
import { runAs } from "../../admission/caller.ts";
import type { EdgePort } from "../edge.ts";

/** By the first word of an event's type. */
const forAll = ["catalog"];
const ofLibrary = ["item", "tag", "taggroup", "person", "collection", "asset", "artwork"];
const forMembers = ["peer", ...ofLibrary];

/**
 * The scope that the calls need which say the same (admission/access.ts): by the first word of a
 * type, or by the whole of it. What stands nowhere needs all there is.
 */
const scopeTable: Partial<Record<Scope, readonly string[]>> = {
  read: [
    ...["catalog", "peer", "stream", "screenshots", "edge", "link"],
    ...[...ofLibrary, "media", "note", "search"],
  ],
  play: ["rating", "watch"],
  manage: [
    ...["scan", "job", "drives", "drive", "volume", "catalog.endangered", "subscription"],
    ...["duplicates", "trash", "ingest", "backup", "import", "changes", "customfield"],
  ],
  admin: ["user", "session", "token", "invitation", "sharing", "grant", "command"],
};
const scopeOf = new Map(
  Object.entries(scopeTable).flatMap(([scope, types]) => types.map((it) => [it, scope as Scope])),
);

/** An event as this caller may know of it; nothing where they may not. */
export type Narrow = (caller: Caller, event: AppEvent) => Promise<AppEvent | undefined>;

/** By the same rules as the lists: of titles, of peers, and of the library as a whole. */
export function narrowBy(
  edge: Pick<EdgePort, "findTitle" | "findPeer">,
  { sharing }: Pick<People, "sharing">,
): Narrow {
  const narrow: Narrow = async (caller, event) => {
    const { type, data } = event;
    const [word = ""] = type.split(".");
    const isNone = caller.role === "member" && !await sharing.isRestricted(caller);
    if (isNone) return event;
    if (ofLibrary.includes(word)) return undefined;
    if (typeof data.catalogId === "string") {
      const item = await edge.findTitle(data.catalogId);
      const [availablePeerCount, isAvailable] = [item.available_peer_count, item.online];
      const isCounted = type === "catalog.availability";
      return isCounted ? { ...event, data: { ...data, availablePeerCount, isAvailable } } : event;
    }
    if (typeof data.peerId === "string") await edge.findPeer(data.peerId);
    return event;
  };
  return async (caller, event) => {
    if (caller.role === "owner") return event;
    // What cannot be found, or looked for now, is not told.
    return await runAs(caller, () => narrow(caller, event)).catch(() => undefined);
  };
}

export function hears(caller: Caller, { type, data }: AppEvent): boolean {
  const [word = ""] = type.split(".");
  const isOfTheirs = word === "sharing" &&
    (data.userId === caller.userId || data.role === caller.role);
  const scope = isOfTheirs ? "read" : scopeOf.get(type) ?? scopeOf.get(word) ?? "admin";
  if (!caller.scopes.includes(scope)) return false;
  if (caller.role === "owner") return true;
  // It names titles and says how few have them; so is the list of last copies the owner's.
  if (type === "catalog.endangered" || type === "catalog.tagged") return false;
  if (isOfTheirs) return true;
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
