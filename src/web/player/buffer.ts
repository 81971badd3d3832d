/** The browser's media source: what is in it, what comes in, what has to go. @module */
import { abortable, eventOr } from "./wait.ts";

export interface Range {
  start: number;
  end: number;
}

const BEHIND_SECONDS = 60;
/** Small holes at the start of a range are stepped over. */
const GAP_SECONDS = 0.6;

export class MediaBuffer implements Disposable {
  private constructor(
    readonly video: HTMLVideoElement,
    readonly media: MediaSource,
    readonly source: SourceBuffer,
    readonly url: string,
  ) {}

  /** Gives the video element an empty media source of the given length. */
  static async open(
    video: HTMLVideoElement,
    { mimeType, durationSeconds }: { mimeType: string; durationSeconds: number },
    signal: AbortSignal,
  ): Promise<MediaBuffer> {
    const media = new MediaSource();
    const url = URL.createObjectURL(media);
    const opened = new Promise((resolve) =>
      media.addEventListener("sourceopen", resolve, { once: true })
    );
    video.src = url;
    await abortable(opened, signal);
    const source = media.addSourceBuffer(mimeType);
    media.duration = durationSeconds;
    return new MediaBuffer(video, media, source, url);
  }

  /** The buffered range that holds `seconds`, if any. */
  rangeAt(seconds: number): Range | undefined {
    return this.#ranges().find(({ start, end }) => start - 0.1 <= seconds && seconds < end);
  }

  /** Seconds that can be played on from here; measured where we are, not at the last range. */
  get aheadSeconds(): number {
    const { currentTime } = this.video;
    const range = this.rangeAt(currentTime);
    return range ? range.end - currentTime : 0;
  }

  async append(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#idle(signal);
      try {
        this.source.appendBuffer(bytes as Uint8Array<ArrayBuffer>);
        return await this.#idle(signal);
      } catch (error) {
        if (!(error instanceof DOMException && error.name === "QuotaExceededError")) throw error;
        await this.#makeRoom(signal);
      }
    }
  }

  /** Forgets what was played long ago; gives the time before which nothing is left. */
  async evict(signal: AbortSignal): Promise<number> {
    const until = this.video.currentTime - BEHIND_SECONDS;
    const [first] = this.#ranges();
    if (first && first.start < until - 10) await this.#remove(0, until, signal);
    return Math.max(0, until);
  }

  /** Drops a half-received piece, so that another stream can begin. */
  reset(): void {
    if (this.media.readyState === "open") this.source.abort();
  }

  async end(signal: AbortSignal): Promise<void> {
    await this.#idle(signal);
    if (this.media.readyState === "open") this.media.endOfStream();
  }

  /** A range that begins just after where playing stands is entered. */
  stepOverGap(): void {
    const { currentTime } = this.video;
    if (this.rangeAt(currentTime)) return;
    const next = this.#ranges().find(({ start }) =>
      start > currentTime && start < currentTime + GAP_SECONDS
    );
    if (next) this.video.currentTime = next.start + 0.001;
  }

  [Symbol.dispose](): void {
    this.video.removeAttribute("src");
    this.video.load();
    URL.revokeObjectURL(this.url);
  }

  #ranges(): Range[] {
    const { buffered } = this.source;
    return Array.from({ length: buffered.length }, (_, i) => {
      return { start: buffered.start(i), end: buffered.end(i) };
    });
  }

  async #idle(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    while (this.source.updating) await eventOr(1000, this.source, "updateend", signal);
  }

  async #remove(start: number, end: number, signal: AbortSignal): Promise<void> {
    await this.#idle(signal);
    this.source.remove(start, end);
    await this.#idle(signal);
  }

  /** Full: first what is far ahead after a seek backward, then what was just seen, else wait. */
  async #makeRoom(signal: AbortSignal): Promise<void> {
    const { currentTime } = this.video;
    const ranges = this.#ranges();
    const here = this.rangeAt(currentTime);
    const elsewhere = ranges.find(({ start }) => start > currentTime && start !== here?.start);
    const first = ranges[0];
    if (elsewhere) return await this.#remove(elsewhere.start, elsewhere.end, signal);
    if (first && first.start < currentTime - 5) {
      return await this.#remove(0, currentTime - 4, signal);
    }
    await eventOr(1000, this.video, "timeupdate", signal);
  }
}
