/**
 * One drive as the lanes see it: its readers' tokens, how many there are and why, how fast it
 * reads, and whether a film plays from it.
 *
 * @module
 */
import type { DriveKind } from "../../drives/mod.ts";
import type { Clock } from "./clock.ts";
import type { Reading } from "./gauge.ts";
import { type IoLimits, limitBySetting, limitOfKind } from "./limits.ts";
import type { Place } from "./queue.ts";
import { Speedometer } from "./measure/speedometer.ts";
import { StreamWatch } from "./stream_watch.ts";
import { besideTrickle, nextTrickle, type Trickle } from "./trickle.ts";
import { Tuner } from "./measure/tuner.ts";

export type LimitFrom = "kind" | "measured" | "setting";

/** The most that is read at once beside a film: one read, as large as a drive likes them. */
const MOST_TURNING_BYTES = 1024 * 1024;
/** A drive that does not turn is asked aside between two pieces of it, and that takes no time. */
const MOST_SOLID_BYTES = 8 * 1024 * 1024;

export interface PlaceTrickle extends Trickle {
  /** It takes none of the drive's readers: it may be under way beside the reads of films. */
  isBeside?: boolean;
}

export class DrivePlace implements Place {
  readonly streams = new StreamWatch();
  readonly #clock: Clock;
  readonly #tuner: Tuner;
  #kind: DriveKind;
  #speedometer: Speedometer;
  #setting: number | undefined;
  #held = 0;
  /** Readers that are no films'. */
  #background = 0;
  /** The last one beside the reads of films: from when to when. */
  #beside = { beganAt: 0, endedAt: 0 };
  #onDisturbed: (() => void) | undefined;

  constructor(readonly id: string, kind: DriveKind, settings: IoLimits, clock: Clock) {
    this.#clock = clock;
    this.#kind = kind;
    this.#speedometer = new Speedometer(kind);
    this.#tuner = new Tuner(limitOfKind(kind), clock.now());
    this.#setting = limitBySetting(settings, id, kind);
  }

  get kind(): DriveKind {
    return this.#kind;
  }

  get limit(): number {
    return this.#setting ?? this.#tuner.limit;
  }

  get limitFrom(): LimitFrom {
    if (this.#setting !== undefined) return "setting";
    return this.#tuner.isMeasured ? "measured" : "kind";
  }

  get held(): number {
    return this.#held;
  }

  set held(held: number) {
    this.#tuner.watch(this.#held, this.#clock.now());
    this.#held = held;
  }

  /** Takes up what is known of the drive now. What was measured of another kind is forgotten. */
  configure(kind: DriveKind, settings: IoLimits): void {
    if (kind !== this.#kind) {
      this.#kind = kind;
      this.#speedometer = new Speedometer(kind);
      this.#tuner.reset(limitOfKind(kind), this.#clock.now());
    }
    this.#setting = limitBySetting(settings, this.id, kind);
  }

  /** Readers have read; the limit may follow. */
  learn(reading: Reading): void {
    this.#speedometer.learn(reading);
    if (this.#setting !== undefined) return;
    const { rttMs, speed } = this.#speedometer;
    const isNetwork = this.#kind === "network";
    this.#tuner.learn(reading, this.#held, this.#clock.now(), {
      rttMs: isNetwork ? rttMs : undefined,
      bytesPerMs: speed.bytesPerMs,
    });
  }

  /** A film asks for a read; the same object tells that it is over. */
  filmArrived(read: object): void {
    this.streams.arrived(this.#clock.now(), read, this.#background > 0);
  }

  filmEnded(read: object): void {
    this.streams.ended(this.#clock.now(), read);
  }

  beginBackground(isBeside: boolean): void {
    const now = this.#clock.now();
    this.#background++;
    this.streams.accompany();
    if (isBeside) this.#beside = { beganAt: now, endedAt: now };
    else if (this.isStreaming) this.streams.usePause();
  }

  endBackground(isBeside: boolean): void {
    this.#background--;
    if (isBeside) this.#beside.endedAt = this.#clock.now();
  }

  /** Somebody has read: the film that read before has lost its place on the disk. */
  headMoved(isFilm: boolean, { onDisturbed }: { onDisturbed?: (() => void) | undefined }): void {
    const tell = this.#onDisturbed;
    this.#onDisturbed = onDisturbed;
    if (!isFilm && tell) queueMicrotask(tell);
  }

  get isStreaming(): boolean {
    return this.streams.isStreaming(this.#clock.now());
  }

  /** What background work may read beside the films, and when; undefined for not at all. */
  get trickle(): PlaceTrickle | undefined {
    if (this.#background > 0) return undefined;
    const now = this.#clock.now();
    const inPause = this.#trickleInPause(now);
    if (inPause?.inMs === 0 || isTurning(this.#kind) || this.streams.isAccompanied) return inPause;
    const { beganAt, endedAt } = this.#beside;
    const beside = besideTrickle(this.#speedometer.speed, endedAt - beganAt, now - endedAt);
    if (!beside || (inPause && inPause.inMs <= beside.inMs)) return inPause;
    return { ...beside, isBeside: true };
  }

  #trickleInPause(now: number): Trickle | undefined {
    const pause = this.streams.pause(now);
    if (!pause || this.#held > 0) return undefined;
    const most = isTurning(this.#kind) ? MOST_TURNING_BYTES : MOST_SOLID_BYTES;
    return nextTrickle(pause.pauses, pause.lastedMs, this.#speedometer.speed, most);
  }
}

/** Drives whose head goes to where it reads, or of which nobody knows that they have none. */
export function isTurning(kind: DriveKind): boolean {
  return ["hdd", "optical", "usb", "unknown"].includes(kind);
}
