/**
 * One edge among others: which peer is where, what is asked of a peer elsewhere, commands to any
 * peer, and events to all. With no other edge it is the same, over a bus that ends in this process.
 *
 * @module
 */
import { UnavailableError } from "../../../base/errors.ts";
import type { Publish } from "../../../base/events.ts";
import type { Log } from "../../../base/log.ts";
import type { State } from "../../../db/mod.ts";
import {
  edgeExtensions,
  type GrantKey,
  type IceCandidate,
  type PeerMessage,
} from "../../messages.ts";
import type { EdgeCounters } from "../metrics/counters.ts";
import type { Session, Sessions } from "../sessions.ts";
import type { PeerReach } from "../signalling/mod.ts";
import { type Bus } from "./bus/bus.ts";
import { createEmbeddedBus } from "./bus/embedded.ts";
import { STREAMS } from "./bus/topics.ts";
import { Carrier } from "./commands/carrier.ts";
import { Delivery, isPublished } from "./commands/delivery.ts";
import { CommandDesk } from "./commands/desk.ts";
import { writeCommand } from "./commands/kinds.ts";
import { type CommandRow, CommandStore } from "./commands/store.ts";
import { Presence } from "./presence/presence.ts";
import { Waiters } from "./presence/waiters.ts";
import { createNews } from "./reach/news.ts";
import { createQuestions } from "./reach/questions.ts";

export interface RoutingOptions {
  /** One that ends in this process unless said. It belongs to the caller. */
  bus?: Bus | undefined;
  state: State;
  edgeId: string;
  sessions: Sessions;
  /** Where this edge's HTTP API is, for its peers. */
  httpUrl?: (() => string | undefined) | undefined;
  /** What this edge's grants are signed with. */
  grantKeys(): Promise<GrantKey[]>;
  /** This edge's signature under all keys that a peer is told; "" for one that proved no key. */
  vouch(session: Session, keys: readonly GrantKey[]): string;
  /** Whether the peer lives; a session that does not is ended. */
  probe(session: Session): Promise<boolean>;
  /** Ends a session: its peer is at another edge now. */
  end(session: Session, reason: string): void;
  /** A peer's edge has died, and this one is to see to what that means. */
  bereft(peerId: string): void;
  /** A peer of another edge speaks of a stream, which may be of this one. */
  aboutStream(word: StreamWord): void;
  publish: Publish;
  counters?: EdgeCounters | undefined;
  log: Log;
}

/** What a peer says of a stream: that it is over, or one more address. */
export interface StreamWord {
  peerId: string;
  sessionId: string;
  candidate?: IceCandidate;
}

export type Routing = ReturnType<typeof openRouting>;

export function openRouting(options: RoutingOptions) {
  const { state, edgeId, sessions, grantKeys, log } = options;
  const bus = options.bus ?? createEmbeddedBus()();
  const store = new CommandStore(state);
  const run = crypto.randomUUID();
  let named: Promise<string> | undefined;
  /** What these edges keep together has a name. */
  const catalogue = () =>
    named ??= store.catalogue().catch((error) => {
      named = undefined;
      throw error;
    });
  const waiters = new Waiters();
  const news = createNews({ bus, edgeId, run, publish: options.publish });

  const presence = new Presence(edgeId, {
    bus,
    log,
    card: async () => ({
      edgeId,
      run,
      catalogue: await catalogue(),
      grantKeys: await grantKeys(),
    }),
    moved(peerId, isBereft) {
      waiters.wake(peerId);
      // One of those who are left sees to it.
      const isFirst = presence.edges().every((it) => edgeId < it.edgeId);
      if (isBereft && isFirst && !sessions.find(peerId)) options.bereft(peerId);
    },
    // Its commands need not wait for longer than its peers.
    died: (edgeId) => desk.takeOver(edgeId),
    taken(peerId) {
      const session = sessions.find(peerId);
      if (!session) return;
      log.info("Peer is at another edge now", { peerId, edgeId: presence.find(peerId)?.edgeId });
      options.end(session, "This peer has connected to another edge");
    },
  });

  /** The keys that each session's peer was told. */
  const told = new WeakMap<Session, ReadonlySet<string>>();
  /** The same for all who were told the same. */
  let lastTold: ReadonlySet<string> = new Set();
  const allKeys = async () => {
    const others = presence.edges().flatMap((it) => it.grantKeys);
    const keys = new Map([...await grantKeys(), ...others].map((it) => [it.kid, it]));
    return [...keys.values()];
  };
  const greet = async (session: Session, keys: GrantKey[], requestId?: string) => {
    const kids = new Set(keys.map(({ kid }) => kid));
    if (kids.symmetricDifference(lastTold).size > 0) lastTold = kids;
    told.set(session, lastTold);
    const value = {
      version: 1,
      extensions: edgeExtensions,
      software: "",
      grantKeys: keys,
      grantKeysSignature: options.vouch(session, keys),
      httpUrl: options.httpUrl?.() ?? "",
      catalogue: await catalogue(),
    };
    await session.send({ case: "hello", value }, requestId);
  };
  const questions = createQuestions({
    bus,
    edgeId,
    sessions,
    grantKeys,
    async introduce(session, keys) {
      const known = told.get(session);
      if (!session.greeted || keys.every(({ kid }) => known?.has(kid))) return;
      const all = new Map([...await allKeys(), ...keys].map((it) => [it.kid, it]));
      await greet(session, [...all.values()]);
    },
    probe: options.probe,
  });

  const delivery = new Delivery(sessions);
  const carrier: Carrier = new Carrier({
    bus,
    edgeId,
    delivery,
    give: (command) => desk.give(command),
    log,
  });
  const bring = async (row: CommandRow, ms: number, signal: AbortSignal) => {
    const { peerId, requestId, payload } = row;
    if (sessions.find(peerId)) {
      return await delivery.deliver(peerId, requestId, payload, ms, signal);
    }
    const place = presence.find(peerId);
    if (!place) throw new UnavailableError(`Peer "${peerId}" is not connected`);
    const isElsewhere = () =>
      sessions.find(peerId) !== undefined || presence.find(peerId)?.edgeId !== place.edgeId;
    using moving = waiters.moves(peerId, isElsewhere);
    return await carrier.carry(place.edgeId, row, ms, AbortSignal.any([signal, moving.signal]));
  };
  const desk: CommandDesk = new CommandDesk({
    store,
    edgeId,
    async carry(row, ms, signal) {
      const answers = await bring(row, ms, signal);
      options.counters?.answered(Date.now() - Date.parse(row.createdAt));
      return answers;
    },
    isThere: (peerId) => isOnline(peerId),
    comes: (peerId, ms, signal) => waiters.next(peerId, ms, signal),
    publish: options.counters?.counting(news.publish) ?? news.publish,
    died({ requestId, peerId, type, payload }: CommandRow, reason) {
      const words = { ...writeCommand(payload), type, "request_id": requestId };
      carrier.buried({ ...words, "peer_id": peerId, "edge_id": edgeId }, reason);
    },
    log,
  });

  const isOnline = (peerId: string) =>
    sessions.find(peerId) !== undefined || presence.find(peerId) !== undefined;

  return {
    commands: desk,
    publish: news.publish,
    isOnline,
    onlinePeers: (): string[] => [
      ...new Set([...sessions.all().map(({ peerId }) => peerId), ...presence.peers()]),
    ],
    /** The edge where a peer is. */
    edgeOf: (peerId: string): string | undefined =>
      sessions.find(peerId) ? edgeId : presence.find(peerId)?.edgeId,
    /** A peer, at whichever edge it is. */
    find(peerId: string): PeerReach | undefined {
      const session = sessions.find(peerId);
      if (session) return session;
      const place = presence.find(peerId);
      return place && questions.reach(peerId, place);
    },
    /** Other edges, and how many peers they have. */
    edges: () => presence.edges().map((it) => it.edgeId),

    /** Whether a peer may come in here: not while it lives at another edge. */
    async claim(session: Session): Promise<boolean> {
      const { peerId } = session;
      const place = presence.find(peerId);
      return !place || !await questions.lives(peerId, place.edgeId);
    },
    joined(session: Session): void {
      presence.own.come(session.peerId, session.extensions);
      waiters.wake(session.peerId);
    },
    left({ peerId }: Session): void {
      if (sessions.find(peerId)) return;
      presence.own.go(peerId);
      waiters.wake(peerId);
    },
    /** The peer has said hello: it hears who this is, and is known by what it understands. */
    async greeted(session: Session, requestId: string): Promise<void> {
      if (sessions.find(session.peerId) === session) {
        presence.own.come(session.peerId, session.extensions);
      }
      // What waits for the hello is understood by a peer that has heard of this edge.
      await greet(session, await allKeys(), requestId);
      delivery.greeted(session);
    },
    /** A message of a peer here. */
    heard(session: Session, message: PeerMessage): void {
      delivery.heard(session, message);
      if (message.payload && isPublished(message.payload)) {
        news.answered(session.peerId, message.payload);
      }
    },
    catalogueChanged: news.catalogue,
    /** A peer here speaks of a stream, which may be of another edge. */
    tellStream(word: StreamWord): void {
      if (presence.edges().length > 0) bus.tell(STREAMS, { run, ...word });
    },

    /** Until aborted; what is under way here, others see to then. */
    async run(signal: AbortSignal): Promise<void> {
      using _answering = questions.answering();
      using _hearing = news.hearing();
      using _streams = bus.hear(STREAMS, (it) => {
        const { run: from, ...word } = it as StreamWord & { run: string };
        if (from !== run) options.aboutStream(word);
      });
      await Promise.all([presence.run(signal), carrier.run(signal), desk.run(signal)]);
    },
  };
}
