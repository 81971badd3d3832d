/**
 * Plays one film in a video element: keeps the media source fed ahead of where the viewer is,
 * and starts a new feed where a seek lands.
 *
 * @module
 */
import { stats } from "../stats.ts";
import { Blocks } from "./blocks.ts";
import { MediaBuffer } from "./buffer.ts";
import { connectToPeer } from "./connect.ts";
import { type Film, openFilm } from "./film.ts";
import type { Supports } from "./plan.ts";
import { RangeClient } from "./range_client.ts";
import { DecodeError, Recovery } from "./recovery.ts";
import { remux } from "./remux.ts";
import { abortable, eventOr } from "./wait.ts";

export interface PlaybackOptions {
  video: HTMLVideoElement;
  catalogId: string;
  supports: Supports;
  /** Aborting it ends the playing and closes the connection. */
  signal: AbortSignal;
  /** Told once, when the film is known and can be played. */
  onReady(note: string | undefined): void;
}

const AHEAD_SECONDS = 30;
/** What comes so soon is waited for; what is farther off gets a feed of its own. */
const SOON_SECONDS = 10;

/** Runs until `signal` aborts; rejects with the reason, in words, when it cannot go on. */
export async function playFilm(options: PlaybackOptions): Promise<void> {
  const { video, catalogId, supports, signal } = options;
  const life = new AbortController();
  const either = AbortSignal.any([signal, life.signal]);
  try {
    const client = new RangeClient((until) => connectToPeer(catalogId, until), either);
    const blocks = new Blocks(client, either);
    using film = await abortable(openFilm(blocks, supports), either);
    const { plan: { mimeType, note }, durationSeconds } = film;
    const again = new Recovery(video, either);
    do {
      using buffer = await MediaBuffer.open(video, { mimeType, durationSeconds }, either);
      const feeder = new Feeder(film, buffer, either);
      feeder.onSeek = () => blocks.forgetAhead();
      if (again.hasFailed) again.resume();
      else options.onReady(note);
      // What is in the browser already is not played on, either.
      await Promise.race([feeder.run(), client.over]).catch(again.judge);
    } while (!either.aborted);
  } finally {
    life.abort();
  }
}

interface Feed {
  /** The viewer asked for this time … */
  target: number;
  /** … and the stream begins here, at a key frame. */
  start: number;
  /** The same, as it was at the beginning: what was seen is forgotten in time. */
  key?: number;
  stop: AbortController;
  running: boolean;
  done: Promise<void>;
}

class Feeder {
  onSeek = () => {};
  #feed: Feed | undefined;
  #restarting = false;
  readonly #failed = Promise.withResolvers<never>();

  constructor(readonly film: Film, readonly buffer: MediaBuffer, readonly signal: AbortSignal) {}

  async run(): Promise<void> {
    const { video } = this.buffer;
    const look = () => void this.#look().catch(this.#fail);
    const seek = () => {
      stats.seeks++;
      look();
    };
    const waiting = () => {
      this.buffer.stepOverGap();
      look();
    };
    const fail = () => this.#fail();
    video.addEventListener("seeking", seek);
    video.addEventListener("waiting", waiting);
    video.addEventListener("error", fail);
    try {
      look();
      await abortable(this.#failed.promise, this.signal);
    } finally {
      video.removeEventListener("seeking", seek);
      video.removeEventListener("waiting", waiting);
      video.removeEventListener("error", fail);
      this.#feed?.stop.abort();
    }
  }

  /** Once the decoder has given up, the media source takes nothing more: that is not the reason. */
  #fail = (error?: unknown): void => {
    const { video } = this.buffer;
    if (!video.error) return this.#failed.reject(error);
    const { target, key } = this.#feed ?? {};
    // A feed made for this very jump: its beginning is to blame.
    const isFresh = target !== undefined && Math.abs(target - video.currentTime) < 1;
    if (isFresh && key) this.film.unusableKeys.add(key);
    this.#failed.reject(new DecodeError(video));
  };

  /** Starts a new feed when the present one is not going to bring what is needed here. */
  async #look(): Promise<void> {
    if (this.#restarting) return;
    this.#restarting = true;
    try {
      // Looked at again after each stop: the viewer may have gone on seeking meanwhile.
      for (let from = this.#needed(); from !== undefined; from = this.#needed()) {
        this.onSeek();
        this.#feed?.stop.abort();
        await this.#feed?.done;
        this.buffer.reset();
        this.#feed = undefined;
        const now = this.#needed();
        if (now !== undefined) this.#start(now);
      }
    } finally {
      this.#restarting = false;
    }
  }

  /** The time from which a new feed is needed; undefined when all is well. */
  #needed(): number | undefined {
    const { buffer, film } = this;
    const { currentTime } = buffer.video;
    const here = buffer.rangeAt(currentTime);
    if (here && here.end >= film.durationSeconds - 0.5) return undefined;
    const from = here?.end ?? currentTime;
    const feed = this.#feed;
    if (!feed) return from;

    const fed = buffer.rangeAt(feed.start + 0.05);
    if (!feed.running) return here && fed?.start === here.start ? undefined : from;
    if (here) return fed?.start === here.start ? undefined : from;
    const soon = (fed?.end ?? feed.target) + SOON_SECONDS;
    return currentTime >= feed.start - 0.1 && currentTime < soon ? undefined : from;
  }

  #start(target: number): void {
    const stop = new AbortController();
    const signal = AbortSignal.any([this.signal, stop.signal]);
    const feed: Feed = { target, start: target, stop, running: true, done: Promise.resolve() };
    this.#feed = feed;
    const fed = remux(this.film, target, {
      begins: (seconds) => feed.start = feed.key = seconds,
      write: (bytes) => this.buffer.append(bytes, signal).then(() => this.buffer.stepOverGap()),
      room: () => this.#room(feed, signal),
    }, signal);
    feed.done = fed.then(() => this.buffer.end(signal)).catch((error) => {
      if (!signal.aborted) this.#fail(error);
    }).finally(() => feed.running = false);
  }

  async #room(feed: Feed, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    while (this.buffer.aheadSeconds > AHEAD_SECONDS) {
      feed.start = Math.max(feed.start, await this.buffer.evict(signal));
      await eventOr(1000, this.buffer.video, "timeupdate", signal);
    }
  }
}
