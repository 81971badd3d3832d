/**
 * Which peer is at which edge. An edge puts each of its peers into the bus's records, and shows by one
 * record of its own, put again every other second, that it lives: a peer is there if its edge is.
 *
 * @module
 */
import { reasonOf } from "../../../../base/errors.ts";
import type { Log } from "../../../../base/log.ts";
import { deadline, onAbort } from "../../../deadlines.ts";
import type { GrantKey } from "../../../messages.ts";
import type { Bus, Record, Records } from "../bus/bus.ts";
import { fromKey, toKey } from "../bus/topics.ts";
import { OwnPeers } from "./own_peers.ts";

/** A peer at another edge. */
export interface Place {
  edgeId: string;
  extensions: readonly string[];
}

/** What an edge says of itself. */
export interface EdgeCard {
  edgeId: string;
  /** Another one after each start. */
  run: string;
  catalogue: string;
  grantKeys: GrantKey[];
}

export interface PresenceOptions {
  bus: Bus;
  log: Log;
  card(): Promise<EdgeCard>;
  /** The peer has come to another edge, or has gone from there; `isBereft` if that edge is dead. */
  moved(peerId: string, isBereft?: boolean): void;
  /** An edge has died. */
  died(edgeId: string): void;
  /** The peer has come to another edge while it was here. */
  taken(peerId: string): void;
}

/** An edge that was not heard for so long is gone. */
export const EDGE_LIFE_MS = 6000;
const BEAT_MS = 1500;
/** Beyond this life a peer's record goes by itself. */
export const PEER_LIFE_MS = 120_000;

interface Known extends Place {
  revision: number;
}

export class Presence {
  readonly #options: PresenceOptions;
  /** Of other edges, by peer. */
  readonly #peers = new Map<string, Known>();
  readonly #byEdge = new Map<string, Set<string>>();
  readonly #edges = new Map<string, { card: EdgeCard; heardAt: number }>();
  readonly #dead = new Set<string>();
  readonly own: OwnPeers;
  /** Another run of this edge's name. */
  #twin = "";
  #hasWarned = false;

  constructor(readonly edgeId: string, options: PresenceOptions) {
    this.#options = options;
    this.own = new OwnPeers(options.log, (peerId) => {
      options.taken(peerId);
    });
  }

  /** Where a peer is, if that is at another edge that lives. */
  find(peerId: string): Place | undefined {
    const known = this.#peers.get(peerId);
    return known && this.#lives(known.edgeId) ? known : undefined;
  }

  /** Peers at other edges. */
  peers(): string[] {
    return [...this.#byEdge].flatMap(([edge, peers]) => this.#lives(edge) ? [...peers] : []);
  }

  /** Other edges that live. */
  edges(): EdgeCard[] {
    return [...this.#edges.values()].map(({ card }) => card)
      .filter(({ edgeId }) => this.#lives(edgeId));
  }

  async run(signal: AbortSignal): Promise<void> {
    const { bus, log } = this.#options;
    const opened = await Promise.all([
      bus.records("giggityflix-presence", PEER_LIFE_MS, signal),
      bus.records("giggityflix-edges", EDGE_LIFE_MS, signal),
    ]).catch((error) => {
      if (!signal.aborted) throw error;
    });
    if (!opened) return;
    const [peers, edges] = opened;
    const watching = Promise.all([
      edges.watch((it) => this.#onEdge(it), signal),
      peers.watch((it) => this.#onPeer(it), signal),
    ]);
    // What was put while the bus was away, or is lost with it, is put again.
    using _back = bus.onBack(() => this.own.again());
    const card = await this.#options.card();
    const key = toKey(this.edgeId);
    while (!signal.aborted) {
      const beat = bus.isUp() ? edges.put(key, card) : undefined;
      await beat?.catch((error) => log.debug("Cannot show that we live", { error }));
      const isTaken = await this.own.work(peers, { edgeId: this.edgeId, run: card.run });
      this.#bury();
      // What the bus does not take now is still due: it waits for the next beat.
      await pauseOr(BEAT_MS, signal, isTaken ? this.own : undefined);
    }
    await this.#leave(peers, edges, key);
    await watching;
  }

  /** Others need not wait until it is clear that we are gone. */
  async #leave(peers: Records, edges: Records, key: string): Promise<void> {
    if (!this.#options.bus.isUp()) return;
    try {
      await this.own.leave(peers);
      await edges.delete(key);
    } catch (error) {
      this.#options.log.debug("Cannot say goodbye to the other edges", { reason: reasonOf(error) });
    }
  }

  #lives(edgeId: string): boolean {
    const heardAt = this.#edges.get(edgeId)?.heardAt;
    return heardAt !== undefined && Date.now() - heardAt < EDGE_LIFE_MS;
  }

  #onEdge({ key, value }: Record): void {
    const card = value as EdgeCard | undefined;
    const edgeId = fromKey(key);
    if (edgeId === this.edgeId) return void this.#onSelf(card);
    if (!card) {
      this.#edges.delete(edgeId);
      return this.#bury(edgeId);
    }
    const wasThere = this.#lives(edgeId);
    this.#edges.set(edgeId, { card, heardAt: Date.now() });
    this.#dead.delete(edgeId);
    if (wasThere) return;
    this.#options.log.info("Another edge is there", { edgeId });
    void this.#compare(card);
    for (const peerId of this.#byEdge.get(edgeId) ?? []) this.#options.moved(peerId);
  }

  /** Edges whose life is over: their peers are gone with them. */
  #bury(edgeId?: string): void {
    for (const id of edgeId === undefined ? [...this.#edges.keys()] : [edgeId]) {
      if (this.#lives(id) || this.#dead.has(id)) continue;
      this.#dead.add(id);
      this.#options.log.info("Another edge has gone", { edgeId: id });
      this.#options.died(id);
      for (const peerId of this.#byEdge.get(id) ?? []) this.#options.moved(peerId, true);
    }
  }

  #onPeer({ key, value, revision }: Record): void {
    const peerId = fromKey(key);
    const place = value as { edgeId: string; extensions: string[] } | undefined;
    this.#forget(peerId);
    if (place && place.edgeId !== this.edgeId) {
      this.#peers.set(peerId, { ...place, revision });
      const peers = this.#byEdge.get(place.edgeId) ?? new Set();
      this.#byEdge.set(place.edgeId, peers.add(peerId));
      // Whoever came later has it.
      this.own.othersHave(peerId, revision);
    }
    this.#options.moved(peerId);
  }

  #forget(peerId: string): void {
    const known = this.#peers.get(peerId);
    if (!known) return;
    this.#peers.delete(peerId);
    const peers = this.#byEdge.get(known.edgeId);
    peers?.delete(peerId);
    if (peers?.size === 0) this.#byEdge.delete(known.edgeId);
  }

  async #onSelf(card: EdgeCard | undefined): Promise<void> {
    const { run } = await this.#options.card();
    if (!card || card.run === run || this.#hasWarned) return;
    // The one before of this name may just have been killed; one that goes on is another program.
    if (this.#twin !== card.run) return void (this.#twin = card.run);
    this.#hasWarned = true;
    this.#options.log.error("Another edge has the same name: give each its own EDGE_ID", {
      edgeId: this.edgeId,
    });
  }

  async #compare({ edgeId, catalogue }: EdgeCard): Promise<void> {
    const own = await this.#options.card();
    if (own.catalogue === catalogue) return;
    const advice = "Another edge keeps another catalogue: give all of them one EDGE_DATABASE_URL";
    this.#options.log.error(advice, { edgeId });
  }
}

/** Until the next beat, or `own` has something to be put: with thousands who come, for each of them. */
async function pauseOr(ms: number, signal: AbortSignal, own?: OwnPeers): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (own) own.onWork = resolve;
  if (own?.isDue) return;
  const answered = deadline(ms, resolve);
  const heard = onAbort(signal, resolve);
  await promise;
  answered();
  heard();
}
