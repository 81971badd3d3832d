/**
 * How fast a phase of a scan goes, and how long it will go on: by what was measured, not by guesses.
 *
 * @module
 */

interface Done {
  files: number;
  bytes: number;
}

interface Mark extends Done {
  at: number;
}

export interface PaceOf {
  filesPerSecond?: number;
  bytesPerSecond?: number;
  etaSeconds?: number;
}

/** Measured over so much of the past: long enough to be steady, short enough to follow. */
const WINDOW_MS = 20_000;
const MARK_EVERY_MS = 500;
/** Before that nobody can tell. */
const LEAST_MS = 1000;

export class Pace {
  #marks: Mark[] = [];
  readonly #now: () => number;

  readonly #by: "files" | "bytes";

  /** @param by What a phase takes its time for */
  constructor(by: "files" | "bytes", now: () => number = () => performance.now()) {
    this.#by = by;
    this.#now = now;
    this.#marks.push({ at: now(), files: 0, bytes: 0 });
  }

  /** To be called now and then while the phase goes on. */
  of(
    { files, bytes, filesTotal, bytesTotal }: Done & { filesTotal?: number; bytesTotal?: number },
  ): PaceOf {
    const at = this.#now();
    while (this.#marks.length > 1 && at - this.#marks[1]!.at > WINDOW_MS) this.#marks.shift();
    const first = this.#marks[0]!;
    if (at - this.#marks.at(-1)!.at >= MARK_EVERY_MS) this.#marks.push({ at, files, bytes });
    const seconds = (at - first.at) / 1000;
    if (seconds * 1000 < LEAST_MS || files <= first.files) return {};

    const filesPerSecond = (files - first.files) / seconds;
    const bytesPerSecond = (bytes - first.bytes) / seconds;
    const rates = { filesPerSecond, bytesPerSecond };
    if (filesTotal === undefined || bytesTotal === undefined) return rates;
    const eta = this.#by === "files"
      ? (filesTotal - files) / filesPerSecond
      : (bytesTotal - bytes) / bytesPerSecond;
    return { ...rates, ...Number.isFinite(eta) && { etaSeconds: Math.max(0, Math.round(eta)) } };
  }
}
