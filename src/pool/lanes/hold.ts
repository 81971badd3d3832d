/**
 * One reader's place on the drives of a lane: waited for, held, given up for others, taken again.
 *
 * @module
 */
import { UnavailableError } from "../../base/errors.ts";
import { isBackground, type Priority, rankOf } from "../priority.ts";
import type { Clock } from "./clock.ts";
import type { DrivePlace, PlaceTrickle } from "./drive_place.ts";
import { type Gauge, UNBOUNDED } from "./gauge.ts";
import { bucketOf } from "./measure/histogram.ts";
import { type Lane, readingOf } from "./lane.ts";
import type { Queue, Request } from "./queue.ts";

/** A held place on a set of drives. */
export interface Lease extends Disposable {
  /** Whether somebody goes first now: then yield() steps aside. */
  shouldYield(): boolean;
  /** Steps aside if somebody goes first, and comes back in turn. */
  yield(): Promise<void>;
  /** Somebody else wants its reader to stand still: from its next read on it comes to yield(). */
  askAside(): void;
  /** Aborts when shouldYield() begins to hold; another one after each yield(). */
  readonly asked: AbortSignal;
  /** Says that so many bytes were read in one go; who has a gauge counts there. */
  count(bytes: number, ms: number): void;
}

export interface HoldOptions {
  priority: Priority;
  signal?: AbortSignal | undefined;
  /** Shared with a reader that asks before each read of at most 1 MiB. */
  gauge?: Gauge | undefined;
  /** Reads one small thing, and is over: that may be beside a film. */
  isShort?: boolean | undefined;
  /** Rather fails than waits for a film. */
  leavesForFilms?: boolean | undefined;
  /** Fetches what nobody has asked for yet: then it tells nothing of when the next read comes. */
  isAhead?: boolean | undefined;
  /** Called once when somebody else has read from the drives after this one. */
  onDisturbed?: (() => void) | undefined;
}

/** What all holds of the lanes share. */
export interface Common {
  clock: Clock;
  queue: Queue<DrivePlace>;
  holds: Set<Hold>;
  /** Books what all readers have counted so far. */
  harvest(): void;
  /** Something has changed: grants what can be granted, asks aside who must go. */
  dispatch(): void;
}

type State = "new" | "waiting" | "held" | "gone";

export class Hold implements Lease, Request<DrivePlace> {
  readonly rank: number;
  readonly #isBackground: boolean;
  #state: State = "new";
  #granted = Promise.withResolvers<void>();
  #waitingSince = 0;
  #asked: AbortController | undefined;
  /** Granted beside a film: for so many bytes. */
  #budget = UNBOUNDED;
  /** Of its places, those of which it has one of the readers. */
  #taken: readonly DrivePlace[] = [];

  constructor(
    readonly lane: Lane,
    readonly age: number,
    readonly options: HoldOptions,
    readonly common: Common,
  ) {
    this.rank = rankOf(options.priority);
    this.#isBackground = isBackground(options.priority);
  }

  get #isViewing(): boolean {
    return this.options.priority === "playback" && !this.options.isAhead;
  }

  get places(): readonly DrivePlace[] {
    return this.lane.places;
  }

  /** Waits for its turn. @throws the signal's reason, and then holds nothing */
  async take(): Promise<void> {
    const { priority, signal } = this.options;
    signal?.throwIfAborted();
    const { clock, queue, dispatch } = this.common;
    this.#granted = Promise.withResolvers();
    this.#state = "waiting";
    this.#waitingSince = clock.now();
    this.lane.waiting[priority]++;
    if (this.#isViewing) this.#filmArrived();
    queue.add(this);
    const abort = () => this.#giveUp(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    dispatch();
    try {
      await this.#granted.promise;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** It has its reader beside a film, or waits for one: its worker stands still, or nearly. */
  get isAside(): boolean {
    if (!this.options.gauge) return false;
    return this.#state === "held" ? this.#budget !== UNBOUNDED : !this.mayBegin();
  }

  /** It waits for a film, and had better do something else. */
  leave(): void {
    if (!this.options.leavesForFilms) return;
    this.#giveUp(new UnavailableError("Cannot read: a film plays from the drive; try later"));
  }

  mayBegin(): boolean {
    if (!this.#isBackground) return true;
    return this.places.every((place) => !place.isStreaming || this.#trickleOf(place) > 0);
  }

  takes(place: DrivePlace): boolean {
    const isAside = this.#isBackground && place.isStreaming;
    return !isAside || !this.#mayTrickle(place)?.isBeside;
  }

  grant(taken: readonly DrivePlace[]): void {
    const { lane, options: { priority, gauge } } = this;
    const streaming = this.#isBackground ? this.places.filter((it) => it.isStreaming) : [];
    this.#state = "held";
    this.#taken = taken;
    this.#budget = streaming.length === 0
      ? UNBOUNDED
      : Math.min(...streaming.map((it) => this.#trickleOf(it)));
    if (this.#isBackground) {
      for (const place of this.places) place.beginBackground(!taken.includes(place));
    }
    lane.waiting[priority]--;
    lane.held[priority]++;
    lane.waitMs[priority].add(this.common.clock.now() - this.#waitingSince);
    this.common.holds.add(this);
    gauge?.readOn(this.#budget);
    this.#granted.resolve();
  }

  shouldYield(): boolean {
    if (this.#state !== "held") return false;
    return this.#budget !== UNBOUNDED || this.mustGo(this.common.queue);
  }

  /** Whether somebody before it waits for what it holds, or it is one too many. */
  mustGo(waiting: Iterable<Request<DrivePlace>>): boolean {
    const { places, rank } = this;
    const taken = this.#taken;
    if (taken.some((place) => place.held > place.limit)) return true;
    if (this.#isBackground && this.#budget === UNBOUNDED) {
      if (places.some((place) => place.isStreaming)) return true;
    }
    for (const other of waiting) {
      if (other.rank >= rank) return false; // they stand in order
      const isInWay = (it: DrivePlace) => taken.includes(it) && it.held >= it.limit;
      if (other.mayBegin() && other.places.some(isInWay)) return true;
    }
    return false;
  }

  /** From its next read on it waits; who has no gauge hears it from the signal, now or later. */
  askAside(): void {
    this.options.gauge?.askAside();
    (this.#asked ??= new AbortController()).abort();
  }

  get asked(): AbortSignal {
    this.#asked ??= new AbortController();
    if (this.shouldYield() && this.#budget === UNBOUNDED) this.#asked.abort();
    return this.#asked.signal;
  }

  async yield(): Promise<void> {
    const { gauge } = this.options;
    if (this.#state !== "held") return;
    // Its reader reads on: this was a sign of life only.
    if (gauge && !gauge.isStanding) return this.common.harvest();
    this.#asked = undefined;
    if (!this.shouldYield()) return gauge?.readOn();
    this.#release();
    if (this.options.signal?.aborted) this.common.dispatch();
    await this.take();
  }

  count(bytes: number, ms: number): void {
    this.lane.count(readingOf(bytes, ms, bucketOf(ms)));
  }

  /** Books what its reader has counted so far. */
  harvest(): void {
    if (this.options.gauge) this.lane.count(this.options.gauge.take());
  }

  [Symbol.dispose](): void {
    this.options.gauge?.askAside();
    if (this.#state === "held") {
      this.#release();
      this.common.dispatch();
    } else this.#giveUp(new UnavailableError("Cannot read on: the lease was given back"));
    this.#state = "gone";
  }

  #release(): void {
    const { priority } = this.options;
    // Of all at the same time: else one's bytes would count for the limit after the next.
    this.common.harvest();
    this.#state = "new";
    this.common.holds.delete(this);
    this.lane.held[priority]--;
    if (this.#isBackground) {
      for (const place of this.places) place.endBackground(!this.#taken.includes(place));
    }
    for (const place of this.#taken) place.held--;
    if (this.#isViewing) this.#filmEnded();
    for (const place of this.#taken) place.headMoved(priority === "playback", this.options);
  }

  #giveUp(reason: unknown): void {
    const { common: { queue, dispatch }, options: { priority } } = this;
    if (!queue.remove(this)) return;
    this.#state = "gone";
    this.lane.waiting[priority]--;
    if (this.#isViewing) this.#filmEnded();
    this.#granted.reject(reason);
    dispatch();
  }

  #filmArrived(): void {
    for (const place of this.places) place.filmArrived(this);
  }

  #filmEnded(): void {
    for (const place of this.places) place.filmEnded(this);
  }

  #trickleOf(place: DrivePlace): number {
    return this.#mayTrickle(place)?.bytes ?? 0;
  }

  /** Only who asks before each read, or reads but once, can be trusted to stop after one. */
  #mayTrickle(place: DrivePlace): PlaceTrickle | undefined {
    const { gauge, isShort } = this.options;
    const trickle = gauge || isShort ? place.trickle : undefined;
    return trickle?.inMs === 0 ? trickle : undefined;
  }
}
