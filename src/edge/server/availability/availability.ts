/**
 * What can be had, and what is in danger: looks again at titles of which a replica has come or gone,
 * and tells of it.
 *
 * @module
 */
import { dropOldest } from "../../../base/bounded/oldest.ts";
import { turn } from "../../../base/event_loop.ts";
import type { Publish } from "../../../base/events.ts";
import type { Log } from "../../../base/log.ts";
import { pause } from "../../../base/service.ts";
import { Nudge } from "../../nudge.ts";
import { PAGE } from "../../steps.ts";
import type { EdgeStore, TitleRow } from "../store.ts";
import type { Subscriptions } from "../subscriptions/mod.ts";

export interface AvailabilityOptions {
  store: EdgeStore;
  subscriptions: Subscriptions;
  /** Whether a peer is connected, to whichever edge. */
  isOnline(peerId: string): boolean;
  publish: Publish;
  log: Log;
  /**
   * Milliseconds that a peer may be away before it counts as lost; 300,000 unless said. A copy that a
   * peer has no more counts as lost after as long, or half a minute if that is less.
   */
  graceMs?: number | undefined;
}

/** Why a title is in danger. */
type Danger = "last_copy" | "failing_drives";

/** Titles in one round of events: a peer of a million titles may come at any time. */
const MAX_EVENTS = 1000;
/** Titles that are remembered for a look; beyond them it is a whole peer's. */
const MAX_TITLES = 20_000;
const MAX_ALARMED = 10_000;
/** Ids in one alarm. */
const MAX_NAMED = 100;
const QUIET_MS = 200;
/**
 * So long a copy may be gone from a peer that is there before that is a loss: a file that is called
 * otherwise is of its title again as soon as the peer has offered and described it.
 */
const SETTLE_MS = 30_000;
/** After a round of more, so many times as long as it took nothing is looked at. */
const REST = 4;
const MAX_REST_MS = 30_000;
const HOUR_MS = 3_600_000;

export class Availability {
  readonly #options: AvailabilityOptions;
  readonly #due = new Nudge<"look" | "expire">();
  /** And whether one of their replicas has gone for good. */
  #titles = new Map<string, boolean>();
  /** Titles of which a replica has gone just now, and when that is a loss; the oldest first. */
  readonly #gone = new Map<string, number>();
  #peers = new Set<string>();
  #lost = new Set<string>();
  /** What an alarm was given for, so that it is given once. */
  readonly #alarmed = new Map<string, Danger>();

  constructor(options: AvailabilityOptions) {
    this.#options = options;
  }

  get #graceMs(): number {
    return this.#options.graceMs ?? 300_000;
  }

  /** Replicas of these have come, are at risk, or are `lost`. */
  touched(peerId: string, catalogIds: string[], lost = false): void {
    const isLossAt = Date.now() + Math.min(this.#graceMs, SETTLE_MS);
    for (const id of catalogIds) {
      // Of more than can be remembered it is one at once: better told too early than not at all.
      const canWait = lost && (this.#gone.delete(id) || this.#gone.size < MAX_TITLES);
      if (canWait) this.#gone.set(id, isLossAt);
      const was = this.#titles.get(id);
      const isLoss = lost && !canWait || !!was;
      if (was !== undefined || this.#titles.size < MAX_TITLES) this.#titles.set(id, isLoss);
      else if (peerId) this.#peers.add(peerId);
    }
    this.#due.note("look");
  }

  /** The peer has come or gone, and all that it holds with it. */
  moved(peerId: string): void {
    this.#peers.add(peerId);
    this.#due.note("look");
  }

  /** Looks until aborted; a peer that stays away is a loss after a while. */
  async run(signal: AbortSignal): Promise<void> {
    const timers = new Set<ReturnType<typeof setTimeout>>();
    const later = (ms: number, work: () => void) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        work();
      }, ms);
      timers.add(timer);
    };
    const expireAgain = () => {
      this.#due.note("expire");
      later(HOUR_MS, expireAgain);
    };
    later(HOUR_MS, expireAgain);
    let isAwaited = false;
    const takeLosses = () => {
      const now = Date.now();
      for (const [id, isLossAt] of this.#gone) {
        if (isLossAt > now) {
          if (isAwaited) return;
          isAwaited = true;
          return later(isLossAt - now, () => {
            isAwaited = false;
            this.#due.note("look");
          });
        }
        this.#gone.delete(id);
        this.#titles.set(id, true);
      }
    };
    try {
      while (!signal.aborted) {
        const due = await this.#due.take(signal);
        if (signal.aborted) return;
        takeLosses();
        const titles = this.#titles;
        const peers = this.#peers;
        const lost = this.#lost;
        [this.#titles, this.#peers, this.#lost] = [new Map(), new Set(), new Set()];
        for (const peerId of peers) {
          if (this.#options.isOnline(peerId)) continue;
          later(this.#graceMs, () => {
            this.#lost.add(peerId);
            this.#due.note("look");
          });
        }
        const began = performance.now();
        let looked = 0;
        try {
          if (due.has("expire")) await this.#options.subscriptions.expire();
          looked = await this.#round({ titles, peers, lost }, signal);
        } catch (error) {
          this.#options.log.warn("Cannot look at what is available", { error });
        }
        // While a peer offers a million files, each round is a look at all that it has.
        const restMs = looked > MAX_TITLES ? (performance.now() - began) * REST : QUIET_MS;
        await pause(Math.min(restMs, MAX_REST_MS), signal);
      }
    } finally {
      for (const timer of timers) clearTimeout(timer);
    }
  }

  async #round(
    { titles, peers, lost }: {
      titles: ReadonlyMap<string, boolean>;
      peers: ReadonlySet<string>;
      lost: ReadonlySet<string>;
    },
    signal: AbortSignal,
  ): Promise<number> {
    const { store, isOnline } = this.#options;
    const round: Round = { looked: 0, dangers: { "last_copy": [], "failing_drives": [] } };
    for (const isLoss of [false, true]) {
      const ids = [...titles].filter(([, lost]) => lost === isLoss).map(([id]) => id);
      for (let at = 0; at < ids.length && !signal.aborted; at += PAGE) {
        await this.#look(await store.titlesOf(ids.slice(at, at + PAGE)), round, isLoss);
        await turn();
      }
    }
    for (const peerId of new Set([...peers, ...lost])) {
      const isLoss = lost.has(peerId) && !isOnline(peerId);
      if (lost.has(peerId) && !isLoss && !peers.has(peerId)) continue;
      for (let after = ""; !signal.aborted;) {
        const page = await store.titlesHeldBy(peerId, after, PAGE);
        const last = page.at(-1);
        if (!last) break;
        const ids = page.map(({ catalogId }) => catalogId);
        await this.#look(await store.titlesOf(ids), round, isLoss);
        after = last.peerCatalogId;
        await turn();
      }
    }
    this.#alarm(round);
    return round.looked;
  }

  async #look(titles: TitleRow[], round: Round, isLoss: boolean): Promise<void> {
    const { isOnline, publish, subscriptions } = this.#options;
    const looked = titles.map((title) => {
      const holders = [...new Set(title.replicas.map(({ peerId }) => peerId))];
      return { ...title, peerIds: holders.filter(isOnline) };
    });
    for (const title of looked) {
      const { catalogId, peerIds } = title;
      if (round.looked++ < MAX_EVENTS) {
        publish("catalog.availability", {
          catalogId,
          availablePeerCount: peerIds.length,
          isAvailable: peerIds.length > 0,
        });
      }
      this.#judge(title, peerIds.length, round, isLoss);
    }
    await subscriptions.match(looked);
  }

  #judge({ catalogId, replicas }: TitleRow, online: number, round: Round, isLoss: boolean): void {
    const isFailing = replicas.length > 0 && replicas.every(({ atRisk }) => atRisk);
    const danger = isFailing ? "failing_drives" : online === 1 ? "last_copy" : undefined;
    if (!danger) return void this.#alarmed.delete(catalogId);
    // That a first copy has come is no alarm.
    if (this.#alarmed.get(catalogId) === danger || (danger === "last_copy" && !isLoss)) return;
    this.#alarmed.set(catalogId, danger);
    dropOldest(this.#alarmed, MAX_ALARMED);
    round.dangers[danger].push(catalogId);
  }

  #alarm({ dangers }: Round): void {
    const { publish, log } = this.#options;
    for (const [reason, ids] of Object.entries(dangers)) {
      if (ids.length === 0) continue;
      log.warn("Titles are in danger", { reason, count: ids.length });
      publish("catalog.endangered", {
        reason,
        count: ids.length,
        catalogIds: ids.slice(0, MAX_NAMED),
      });
    }
  }
}

interface Round {
  looked: number;
  dangers: Record<Danger, string[]>;
}
