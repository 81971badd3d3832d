/**
 * The other message table: every peer payload and what the edge does with it.
 * A payload in messages.ts without a line here does not compile.
 *
 * @module
 */
import type { Log } from "../../base/log.ts";
import type { Case, PeerMessage, PeerPayloads } from "../messages.ts";
import type { Session } from "./sessions.ts";
import type { EdgeStore } from "./store.ts";

export interface InboxContext {
  store: EdgeStore;
  log: Log;
  /** The catalogue is another one. */
  changed(): void;
  /** A viewer's stream is over. */
  streamClosed(peerId: string, sessionId: string): void;
}

interface Letter {
  session: Session;
  requestId: string;
  /** It answered a question of ours, which has it already. */
  expected: boolean;
}

type Receive<Name extends keyof PeerPayloads> = (
  value: PeerPayloads[Name],
  letter: Letter,
  context: InboxContext,
) => Promise<void> | void;

const inbox: { [Name in keyof PeerPayloads]: Receive<Name> } = {
  fileDeleteResponse: () => {},
  fileHashResponse: () => {},
  catalogAnnouncement: receiveAnnouncement,
  batchFileOffer: receiveOffer,
  hello: receiveHello,
  ping: receivePing,
  streamOpenResponse: receiveStream,
  streamClose: ({ sessionId }, { session }, { streamClosed }) =>
    streamClosed(session.peerId, sessionId),
  mediaDescriptions: receiveDescriptions,
};

/** How often a peer that sends empty lists is asked for its real one. */
const PULL_MS = 300_000;

/** Any message is a sign of life, also one that we do not know. */
export async function receive(
  { requestId, payload }: PeerMessage,
  session: Session,
  context: InboxContext,
): Promise<void> {
  session.lastSeen = Date.now();
  const message = { requestId, ...(payload && { payload }) };
  const expected = session.conversation.settle(message);
  if (!payload) return;
  try {
    await open(payload, { session, requestId, expected }, context);
  } catch (error) {
    // A full disk or a bug: this message fails, the peer stays.
    if (session.signal.aborted) return;
    const { peerId } = session;
    context.log.error("Cannot handle a message", { peerId, message: payload.case, error });
  }
}

function open<Name extends keyof PeerPayloads>(
  { case: name, value }: Case<PeerPayloads> & { case: Name },
  letter: Letter,
  context: InboxContext,
) {
  return (inbox[name] as Receive<Name>)(value as PeerPayloads[Name], letter, context);
}

/** Our own hello goes only to those who know what it is. */
async function receiveHello(
  { version, extensions, software }: PeerPayloads["hello"],
  { session, requestId }: Letter,
  { store, log }: InboxContext,
) {
  session.greeted = true;
  session.extensions = extensions.slice(0, 100);
  store.seen(session.peerId, new Date().toISOString(), session.extensions);
  log.debug("Peer says hello", { peerId: session.peerId, version, extensions, software });
  const value = { version: 1, extensions: ["stream", "media"], software: "" };
  await session.send({ case: "hello", value }, requestId);
}

async function receivePing(
  _ping: PeerPayloads["ping"],
  { session, requestId, expected }: Letter,
) {
  if (!expected && session.greeted) await session.send(undefined, requestId);
}

async function receiveAnnouncement(
  { catalogIds }: PeerPayloads["catalogAnnouncement"],
  { session, requestId, expected }: Letter,
  { store, log, changed }: InboxContext,
) {
  const { peerId } = session;
  // The original peer's heartbeat is an empty list whatever it has: only an answer counts.
  if (catalogIds.length === 0 && !session.greeted && !expected) {
    if (store.hasAnnounced(peerId)) pullCatalog(session);
    return;
  }
  const more = requestId !== "" && session.announcement === requestId;
  session.announcement = requestId;
  const { changed: count, unknown } = store.announce(peerId, catalogIds, { more });
  if (count > 0) changed();
  if (!session.greeted) {
    if (unknown.length > 0) log.warn(UNKNOWN_IDS, { peerId, count: unknown.length });
    return;
  }
  await session.send(undefined, requestId);
  if (unknown.length === 0) return;
  log.info(UNKNOWN_IDS, { peerId, count: unknown.length });
  await session.send({ case: "unknownCatalogIds", value: { catalogIds: unknown } });
}

const UNKNOWN_IDS = "Peer announced catalogue ids that it was not given here";

function pullCatalog(session: Session): void {
  if (Date.now() - session.pulled < PULL_MS) return;
  session.pulled = Date.now();
  // The answer is handled as every announcement is; asking only makes it an expected one.
  session.ask({ case: "catalogAnnouncementRequest", value: {} }, PULL_MS).catch(() => {});
}

async function receiveOffer(
  { files }: PeerPayloads["batchFileOffer"],
  { session, requestId }: Letter,
  { store, log }: InboxContext,
) {
  const known = store.assign(session.peerId, files);
  if (known.length < files.length) {
    const refused = files.length - known.length;
    log.warn("Peer offered files that cannot be", { peerId: session.peerId, refused });
  }
  await session.send({ case: "batchFileOfferResponse", value: { files: known } }, requestId);
}

function receiveDescriptions(
  { media }: PeerPayloads["mediaDescriptions"],
  { session }: Letter,
  { store, changed }: InboxContext,
) {
  if (store.describe(session.peerId, media) > 0) changed();
}

/** An answer that nobody waits for any more must not leave a connection behind. */
async function receiveStream(
  { sessionId, error }: PeerPayloads["streamOpenResponse"],
  { session, expected }: Letter,
) {
  if (expected || error) return;
  await session.send({ case: "streamClose", value: { sessionId } });
}
