/**
 * What a peer has now: its list comes in one message or in parts, and what is not in it goes only
 * once the list is complete.
 *
 * @module
 */
import { turn } from "../../base/event_loop.ts";
import { batches, textBytes } from "../batches.ts";
import { CatalogDigest, hashOf, SeenTexts } from "../id_hash.ts";
import type { PeerPayloads } from "../messages.ts";
import { inSteps, PAGE } from "../steps.ts";
import { tellPendingRemaps } from "./content/remaps.ts";
import type { InboxContext, Letter } from "./inbox.ts";
import type { Session } from "./sessions.ts";

/** A list on its way. */
export interface Announcement {
  requestId: string;
  /** Ids in it that are this peer's; nothing once it is complete. */
  held: SeenTexts | undefined;
}

/** Ids in one message to a peer. */
const UNKNOWN_IDS = 5000;
/** How often a peer that sends empty lists is asked for its real one. */
const PULL_MS = 300_000;

/**
 * A list, or a part of it. A peer that says "announcement_end" says when its list is complete; of
 * any other one message is all, and more with the same request id only adds to it.
 */
export async function receiveAnnouncement(
  { catalogIds }: PeerPayloads["catalogAnnouncement"],
  { session, requestId, expected }: Letter,
  context: InboxContext,
): Promise<void> {
  // The original peer's heartbeat is an empty list whatever it has: only an answer counts.
  if (catalogIds.length === 0 && !session.greeted && !expected) {
    if (await context.store.hasAnnounced(session.peerId)) pullCatalog(session);
    return;
  }
  const isMore = requestId !== "" && session.announcement?.requestId === requestId;
  if (!isMore) session.announcement = { requestId, held: undefined };
  const announcement = session.announcement!;
  const held = announcement.held ??= new SeenTexts();
  await take(catalogIds, held, session, context);
  if (endsLists(session)) return;

  if (!isMore) await withdrawOthers(held, session, context);
  announcement.held = undefined;
  await tellPendingRemaps(session, context.store);
  if (session.greeted && !session.signal.aborted) await session.send(undefined, requestId);
}

/** The list is complete. */
export async function receiveEnd(
  _end: PeerPayloads["announcementEnd"],
  { session, requestId }: Letter,
  context: InboxContext,
): Promise<void> {
  const { announcement } = session;
  if (!endsLists(session) || announcement?.requestId !== requestId) return;
  session.announcement = undefined;
  await withdrawOthers(announcement.held ?? new SeenTexts(), session, context);
  await tellPendingRemaps(session, context.store);
  if (!session.signal.aborted) await session.send(undefined, requestId);
}

/**
 * A file that the peer has deleted. Ours announces that itself; an original never does, and says it of
 * one file of a command only, so that it is asked for its list with its next heartbeat.
 */
export async function receiveDeleted(
  { catalogId, success }: PeerPayloads["fileDeleteResponse"],
  { session }: Letter,
  { store, changed }: InboxContext,
): Promise<void> {
  if (session.greeted || !success) return;
  session.pulled = 0;
  const lost = await store.withdraw(session.peerId, [catalogId]);
  if (lost.length > 0) changed(session.peerId, lost, true);
}

/** Whether the peer's list is the one that is known: then it saves itself the announcement. */
export async function receiveDigest(
  { digest, count }: PeerPayloads["catalogDigest"],
  { session, requestId }: Letter,
  { store }: InboxContext,
): Promise<void> {
  const { peerId, signal } = session;
  const known = new CatalogDigest();
  for (let after = ""; !signal.aborted && known.count <= count;) {
    const ids = await store.announcedBy(peerId, after, PAGE);
    const last = ids.at(-1);
    if (last === undefined) break;
    known.add(ids);
    after = last;
    await turn();
  }
  if (signal.aborted) return;
  const same = known.count === count && known.toString() === digest;
  await session.send({ case: "catalogDigestAnswer", value: { same } }, requestId);
}

function endsLists({ extensions }: Session): boolean {
  return extensions.includes("announcement_end");
}

/** What has come is in the catalogue at once; the peer hears of ids that are not its own. */
async function take(
  catalogIds: string[],
  held: SeenTexts,
  session: Session,
  { store, log, changed }: InboxContext,
): Promise<void> {
  const { peerId, greeted, signal } = session;
  const strange: string[] = [];
  await inSteps(catalogIds, signal, async (ids) => {
    const { come, known } = await store.announce(peerId, ids);
    if (come.length > 0) changed(peerId, come);
    for (const id of known) held.add(hashOf(id));
    if (known.length === ids.length) return;
    strange.push(...ids.filter((id) => !held.has(hashOf(id))));
  });
  if (strange.length === 0) return;
  const level = greeted ? "info" : "warn";
  const count = strange.length;
  log[level]("Peer announced catalogue ids that it was not given here", { peerId, count });
  // At once, as they came: an edge that has lost its catalogue does not know any of a million.
  for (const unknown of greeted ? batches(strange, UNKNOWN_IDS, textBytes) : []) {
    if (signal.aborted) return;
    await session.send({ case: "unknownCatalogIds", value: { catalogIds: unknown } });
  }
}

/** The peer does not have any more what is not in `held`. */
async function withdrawOthers(
  held: SeenTexts,
  { peerId, signal }: Session,
  { store, changed }: InboxContext,
): Promise<void> {
  for (let after = ""; !signal.aborted;) {
    const ids = await store.announcedBy(peerId, after, PAGE);
    const last = ids.at(-1);
    if (last === undefined) return;
    const gone = ids.filter((id) => !held.has(hashOf(id)));
    const lost = gone.length > 0 ? await store.withdraw(peerId, gone) : [];
    if (lost.length > 0) changed(peerId, lost, true);
    after = last;
    await turn();
  }
}

function pullCatalog(session: Session): void {
  if (Date.now() - session.pulled < PULL_MS) return;
  session.pulled = Date.now();
  // The answer is handled as every announcement is; asking only makes it an expected one.
  session.ask({ case: "catalogAnnouncementRequest", value: {} }, PULL_MS).catch(() => {});
}
