/**
 * One lane per set of physical drives that are read together. Whoever reads a file holds a token
 * of every drive beneath it, so two folders on one spindle share that spindle's one reader.
 *
 * A film that plays goes before all else on its drives: from its opening until it has been quiet
 * for a while, background work there reads no more than a trickle in the pauses between its reads.
 *
 * @module
 */
import type { DriveKind, UNKNOWN_DRIVE as Unknown } from "../drives/mod.ts";
import { type Clock, realClock } from "./lanes/clock.ts";
import { DrivePlace, isTurning } from "./lanes/drive_place.ts";
import type { Gauge } from "./lanes/gauge.ts";
import { type Common, Hold, type Lease } from "./lanes/hold.ts";
import { Lane, type LaneFacts } from "./lanes/lane.ts";
import { type IoLimits, kindOfPlace } from "./lanes/limits.ts";
import { Queue } from "./lanes/queue.ts";
import { isBackground } from "./priority.ts";
import type { AcquireOptions } from "./semaphore.ts";
import type { SleepGate } from "./sleep/gate.ts";

export type { Lease } from "./lanes/hold.ts";

/** Its type is imported only: a worker, which loads this, needs nothing else of the drives. */
const UNKNOWN_DRIVE: typeof Unknown = "unknown";

export interface LeaseOptions extends AcquireOptions {
  /** Shared with a reader that asks before each read: it steps aside within one read. */
  gauge?: Gauge | undefined;
  /** Reads one small thing, and is over: that may be beside a film. */
  isShort?: boolean | undefined;
  /** Rather fails with an UnavailableError than waits for a film. */
  leavesForFilms?: boolean | undefined;
  /** For a film: it fetches what nobody has asked for yet. */
  isAhead?: boolean | undefined;
  /** Its drives were found awake before: it waits for a reader's place only, and wakes nobody. */
  hasPassed?: boolean | undefined;
  /** For a film: called once when somebody else has read from its drives since. */
  onDisturbed?: (() => void) | undefined;
}

export interface LanesOptions {
  /** Limits by setting; asked on refresh(). */
  limits?: () => IoLimits;
  clock?: Clock;
  /** Holds background work back from drives that sleep. */
  gate?: Pick<SleepGate, "pass" | "touch"> | undefined;
}

/** How soon a timer rings again at least: a drive cannot do anything in less. */
const LEAST_WAIT_MS = 0.5;

export class Lanes {
  readonly #places = new Map<string, DrivePlace>();
  readonly #lanes = new Map<string, Lane>();
  readonly #kindOf: (driveId: string) => DriveKind | undefined;
  readonly #limits: () => IoLimits;
  readonly #common: Common;
  readonly #gate: LanesOptions["gate"];
  readonly #asideListeners = new Set<(jobs: number) => void>();
  #aside = 0;
  #age = 0;
  #ring: (() => void) | undefined;

  /** @param kindOf What is known of a drive; asked when its lane is first used, and on refresh. */
  constructor(
    kindOf: (driveId: string) => DriveKind | undefined,
    { limits = () => new Map(), clock = realClock, gate }: LanesOptions = {},
  ) {
    this.#gate = gate;
    this.#kindOf = kindOf;
    this.#limits = limits;
    this.#common = {
      clock,
      queue: new Queue(),
      holds: new Set(),
      dispatch: () => this.#dispatch(),
      harvest: () => this.#harvest(),
    };
  }

  /**
   * Waits for a token of each of `driveIds`; all at once, or none. Background work waits before
   * that for those that sleep: who holds something meanwhile, such as a worker, says `hasPassed`.
   */
  async acquire(
    driveIds: readonly string[],
    { priority = "housekeeping", hasPassed = false, ...options }: LeaseOptions = {},
  ): Promise<Lease> {
    const gate = this.#gate;
    if (gate && isBackground(priority) && !hasPassed) {
      await gate.pass(driveIds, priority, options.signal);
    } else gate?.touch(driveIds);
    const hold = new Hold(
      this.#lane(driveIds),
      this.#age++,
      { priority, ...options },
      this.#common,
    );
    await hold.take();
    return hold;
  }

  /** A film was opened, or read from memory: from now on background work leaves its drives. */
  openStream(driveIds: readonly string[], { isRead = false } = {}): void {
    if (!isRead) this.#gate?.touch(driveIds);
    const now = this.#common.clock.now();
    for (const place of this.#lane(driveIds).places) {
      if (!isRead) place.streams.touch(now);
      else {
        const read = {};
        place.filmArrived(read);
        place.filmEnded(read);
      }
    }
    this.#dispatch();
  }

  /**
   * Tells how many jobs a film holds back, whenever that changes. They keep a worker each, and hardly
   * use a processor.
   */
  onAside(listener: (jobs: number) => void): Disposable {
    this.#asideListeners.add(listener);
    return { [Symbol.dispose]: () => void this.#asideListeners.delete(listener) };
  }

  /** How many readers a set of drives serves at once: as many as its slowest member. */
  limitOf(driveIds: readonly string[]): number {
    return Math.min(...this.#lane(driveIds).places.map(({ limit }) => limit));
  }

  /** Whether a film plays from one of these drives. */
  isStreaming(driveIds: readonly string[]): boolean {
    return this.#lane(driveIds).places.some((place) => place.isStreaming);
  }

  /** Whether one of these drives has a head to move. */
  isTurning(driveIds: readonly string[]): boolean {
    return this.#lane(driveIds).places.some(({ kind }) => isTurning(kind));
  }

  /**
   * Takes up new kinds and limits, after drives were detected anew or the setting was changed.
   * Nobody is interrupted; the lanes of drives that are gone are forgotten once they are idle.
   */
  refresh(): void {
    const limits = this.#limits();
    for (const [key, lane] of this.#lanes) {
      const isGone = lane.places.some(({ id }) => this.#isDrive(id) && !this.#kindOf(id));
      if (isGone && lane.isIdle) this.#lanes.delete(key);
    }
    const used = new Set([...this.#lanes.values()].flatMap((lane) => lane.places));
    for (const [id, place] of this.#places) {
      if (used.has(place)) place.configure(this.#kindOf(id) ?? place.kind, limits);
      else this.#places.delete(id);
    }
    this.#dispatch();
  }

  /** What each lane is doing now, and has done. */
  list(): LaneFacts[] {
    this.#harvest();
    return Array.from(this.#lanes.values(), (lane) => lane.facts());
  }

  #lane(driveIds: readonly string[]): Lane {
    const ids = [...new Set(driveIds.length > 0 ? driveIds : [UNKNOWN_DRIVE])].sort();
    const key = JSON.stringify(ids);
    let lane = this.#lanes.get(key);
    if (!lane) this.#lanes.set(key, lane = new Lane(ids.map((id) => this.#place(id))));
    return lane;
  }

  #place(id: string): DrivePlace {
    let place = this.#places.get(id);
    if (!place) {
      place = new DrivePlace(id, this.#kind(id), this.#limits(), this.#common.clock);
      this.#places.set(id, place);
    }
    return place;
  }

  #kind(id: string): DriveKind {
    return this.#kindOf(id) ?? kindOfPlace(id);
  }

  /** Memory, servers and the unknown are never detected, and so never gone. */
  #isDrive(id: string): boolean {
    return id !== "mem" && id !== UNKNOWN_DRIVE && !id.startsWith("net:");
  }

  #harvest(): void {
    for (const hold of this.#common.holds) hold.harvest();
  }

  #dispatch(): void {
    const { queue, holds } = this.#common;
    const heldBack = new Set([...queue].filter((request) => !request.mayBegin()));
    queue.dispatch();
    for (const hold of holds) {
      if (hold.mustGo(queue)) hold.askAside();
    }
    for (const request of [...queue]) {
      if (request instanceof Hold && !request.mayBegin()) request.leave();
    }
    this.#tellAside();
    this.#setTimer(heldBack);
  }

  #tellAside(): void {
    const { queue, holds } = this.#common;
    const aside = [...queue, ...holds].filter((it) => it instanceof Hold && it.isAside).length;
    if (aside === this.#aside) return;
    this.#aside = aside;
    for (const tell of this.#asideListeners) tell(aside);
  }

  /**
   * Rings when the next who waits for a film, and for nothing else, may go on; at once for who may
   * do so by now, and could not a moment ago, when the queue was asked.
   */
  #setTimer(heldBack: ReadonlySet<unknown>): void {
    const { queue, clock } = this.#common;
    this.#ring?.();
    this.#ring = undefined;
    let inMs = Infinity;
    for (const request of queue) {
      const mayBegin = request.mayBegin();
      if (mayBegin && !heldBack.has(request)) continue;
      const streaming = request.places.filter(({ isStreaming }) => isStreaming);
      if (mayBegin || streaming.length === 0) inMs = 0;
      for (const place of streaming) {
        inMs = Math.min(inMs, place.streams.quietAt - clock.now());
        const trickle = place.trickle;
        if (trickle && trickle.inMs > 0) inMs = Math.min(inMs, trickle.inMs);
      }
    }
    if (inMs === Infinity) return;
    this.#ring = clock.after(Math.max(inMs, LEAST_WAIT_MS), () => {
      this.#ring = undefined;
      this.#dispatch();
    });
  }
}
