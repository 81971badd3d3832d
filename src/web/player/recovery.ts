/**
 * When the browser's decoder gives up, the film is started anew where the viewer wants to be.
 * In films with "open" groups this is how a jump ends well: a browser that jumps within what it
 * holds begins at a key frame, comes upon pictures that need the group before it, and fails. A new
 * feed leaves those pictures out, and begins earlier where that was not enough.
 *
 * @module
 */

/** The decoder failed at this place of the film. */
export class DecodeError extends Error {
  readonly seconds: number;

  constructor({ error, currentTime }: HTMLVideoElement) {
    const detail = error?.message ? ` (${error.message})` : "";
    super(`This browser gave up decoding the film${detail}`);
    this.seconds = currentTime;
  }
}

/** Failing again so near and so soon means that the last start did not help. */
const SAME_SECONDS = 1;
const SOON_MS = 5000;
const MAX_STARTS = 8;

export class Recovery {
  #last: DecodeError | undefined;
  #lastMs = -Infinity;
  #starts = 0;
  #isPlaying = false;

  constructor(readonly video: HTMLVideoElement, signal: AbortSignal) {
    video.addEventListener("play", () => this.#isPlaying = true, { signal });
    // A decoder that gives up pauses the film, too: the viewer did not.
    video.addEventListener("pause", () => this.#isPlaying &&= video.error !== null, { signal });
  }

  get hasFailed(): boolean {
    return this.#last !== undefined;
  }

  /** Takes the failure, so that the film can be started anew; or throws it again. */
  readonly judge = (error: unknown): void => {
    if (!(error instanceof DecodeError)) throw error;
    const now = performance.now();
    const isNear = Math.abs(error.seconds - (this.#last?.seconds ?? -Infinity)) < SAME_SECONDS;
    const isAgain = isNear && now - this.#lastMs < SOON_MS;
    this.#starts = isAgain ? this.#starts + 1 : 1;
    this.#last = error;
    this.#lastMs = now;
    if (this.#starts > MAX_STARTS) throw error;
  };

  /** Puts the video element, empty again, where it was when it failed. */
  resume(): void {
    this.video.currentTime = this.#last?.seconds ?? 0;
    if (!this.#isPlaying) return;
    this.video.play().catch(() => {
      // As at the first start: where it is not allowed, the controls are there.
    });
  }
}
