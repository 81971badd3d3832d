/**
 * The other message table: every peer payload and what the edge does with it.
 * A payload in messages.ts without a line here does not compile.
 *
 * @module
 */
import { UnavailableError } from "../../base/errors.ts";
import { turn } from "../../base/event_loop.ts";
import type { Log } from "../../base/log.ts";
import { batches, textBytes } from "../batches.ts";
import {
  type Case,
  type CatalogedFile,
  type IceCandidate,
  type PeerMessage,
  type PeerPayloads,
} from "../messages.ts";
import { inSteps } from "../steps.ts";
import { wordsOf } from "./catalog_item.ts";
import { receiveAnnouncement, receiveDeleted, receiveDigest, receiveEnd } from "./announcement.ts";
import { tellRemaps } from "./content/remaps.ts";
import type { Moves } from "./replicas/store.ts";
import type { Session } from "./sessions.ts";
import type { EdgeStore } from "./store.ts";

export interface InboxContext {
  store: EdgeStore;
  log: Log;
  /** The catalogue is another one: of these titles a peer has more, fewer or other replicas. */
  changed(peerId: string, titles: string[], areLost?: boolean): void;
  /** Tags of titles are others, and who may see and play them with that. */
  tagged(): void;
  /** A viewer's stream is over. */
  streamClosed(peerId: string, sessionId: string): void;
  /** One more address of a peer, for a viewer. */
  streamCandidate(peerId: string, candidate: IceCandidate): void;
  /** The peer has said hello: answers it with ours. */
  greeted(session: Session, requestId: string): Promise<void>;
  /** Any message of a peer; it may be the answer to a command. */
  heard(session: Session, message: PeerMessage): void;
}

export interface Letter {
  session: Session;
  requestId: string;
  /** It answered a question of ours, which has it already. */
  expected: boolean;
}

type Receive<Name extends keyof PeerPayloads> = (
  value: PeerPayloads[Name],
  letter: Letter,
  context: InboxContext,
) => Promise<unknown> | undefined | void;

const inbox: { [Name in keyof PeerPayloads]: Receive<Name> } = {
  fileDeleteResponse: receiveDeleted,
  fileHashResponse: () => {},
  catalogAnnouncement: receiveAnnouncement,
  batchFileOffer: receiveOffer,
  hello: receiveHello,
  ping: receivePing,
  streamOpenResponse: receiveStream,
  streamClose: ({ sessionId }, { session }, { streamClosed }) =>
    streamClosed(session.peerId, sessionId),
  mediaDescriptions: receiveDescriptions,
  announcementEnd: receiveEnd,
  fileHashProgress: () => {},
  catalogDigest: receiveDigest,
  commandResult: () => {},
  streamCandidate: (candidate, { session }, { streamCandidate }) =>
    streamCandidate(session.peerId, candidate),
  // Taken at the door: another one says nothing.
  proof: () => {},
};

/** Answers that are kept by the peer until it hears that they have come. */
const receipted: (keyof PeerPayloads)[] = [
  "fileDeleteResponse",
  "fileHashResponse",
  "commandResult",
];

/** One for all sessions that are. */
const ready = Promise.resolve();

/** Files in one answer to an offer: all of them, if it is one of our peers. */
const ANSWER_FILES = 5000;

/**
 * Any message is a sign of life, also one that we do not know. A promise only where there is something
 * to wait for: a pause of the stream for each answer would cost more than the answer.
 */
export function receive(
  message: PeerMessage,
  session: Session,
  context: InboxContext,
): Promise<unknown> | undefined {
  const { requestId, payload } = message;
  session.lastSeen = Date.now();
  if (!session.isReady) {
    return session.ready.then(() => {
      session.isReady = true;
      session.ready = ready;
      return receive(message, session, context);
    });
  }
  const expected = session.conversation.settle(message);
  context.heard(session, message);
  if (!payload) return undefined;
  try {
    const work = open(payload, { session, requestId, expected }, context) ?? undefined;
    const isReceipted = receipted.includes(payload.case) && session.extensions.includes("receipt");
    const receipt = () => session.post(undefined, requestId);
    const rest = !isReceipted ? work : work ? work.then(receipt) : receipt();
    return rest?.catch((error) => failed(error, payload.case, session, context));
  } catch (error) {
    return void failed(error, payload.case, session, context);
  }
}

function failed(error: unknown, message: string, session: Session, context: InboxContext): void {
  if (session.signal.aborted) return;
  // What it has said is lost; it says all of it again when it comes again.
  if (error instanceof UnavailableError && context.store.state.kind === "postgresql") throw error;
  // A full disk or a bug: this message fails, the peer stays.
  context.log.error("Cannot handle a message", { peerId: session.peerId, message, error });
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
  { store, log, greeted }: InboxContext,
) {
  session.greeted = true;
  session.extensions = extensions.slice(0, 100).map(wordsOf);
  await store.seen(session, new Date().toISOString(), session.extensions);
  log.debug("Peer says hello", {
    peerId: session.peerId,
    version,
    extensions: session.extensions,
    software: wordsOf(software),
  });
  await greeted(session, requestId);
}

function receivePing(_ping: PeerPayloads["ping"], { session, requestId, expected }: Letter) {
  if (!expected && session.greeted) return session.post(undefined, requestId);
}

/** Files beyond the most that a peer may have are answered as unusable ones are: not at all. */
async function receiveOffer(
  { files }: PeerPayloads["batchFileOffer"],
  { session, requestId }: Letter,
  { store, log, changed }: InboxContext,
) {
  const { peerId, signal } = session;
  const moved = ({ come, lost }: Moves) => {
    changed(peerId, come);
    changed(peerId, lost, true);
  };
  const known: CatalogedFile[] = [];
  const quota = session.quota ??= await store.quota(peerId);
  await inSteps(files, signal, async (some) => {
    known.push(...await store.assign(peerId, some, quota, moved));
  });
  if (signal.aborted) return;
  if (known.length < files.length && !session.refused) {
    session.refused = true;
    const refused = files.length - known.length;
    log.warn("Peer offered files that cannot be, or too many", { peerId, refused });
  }
  const sizeOf = ({ relativePath, catalogId }: CatalogedFile) =>
    textBytes(relativePath) + textBytes(catalogId);
  for (const some of known.length > 0 ? batches(known, ANSWER_FILES, sizeOf) : [[]]) {
    await session.send({ case: "batchFileOfferResponse", value: { files: some } }, requestId);
    await turn();
  }
}

async function receiveDescriptions(
  { media }: PeerPayloads["mediaDescriptions"],
  { session }: Letter,
  { store, changed, tagged }: InboxContext,
) {
  await inSteps(media, session.signal, async (some) => {
    const news = await store.describe(session.peerId, some);
    if (news.isTagged) tagged();
    // Who sees it is another matter with other tags: the lists are others.
    const isChanged = news.changed > 0 || news.touched.length > 0 || news.isTagged;
    if (isChanged) changed(session.peerId, news.touched);
    await tellRemaps(session, news.remaps);
  });
}

/** An answer that nobody waits for any more must not leave a connection behind. */
async function receiveStream(
  { sessionId, error }: PeerPayloads["streamOpenResponse"],
  { session, expected }: Letter,
) {
  if (expected || error) return;
  await session.send({ case: "streamClose", value: { sessionId } });
}
