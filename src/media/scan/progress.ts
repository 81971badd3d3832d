/**
 * What a scan has done so far, told a few times a second and not for every file.
 *
 * @module
 */
import type { Confirmation } from "./gone/confirmations.ts";
import { type Gone, openGone } from "./gone/gone.ts";
import { Pace } from "./pace.ts";

/** What one scan did. Sizes in bytes, time in seconds. */
export interface ScanReport {
  files: number;
  new: number;
  changed: number;
  /** Files found again at another place: renamed, or on a volume that was mounted elsewhere. */
  moved: number;
  gone: number;
  /** Files in the library whose volume is away, or does not answer. */
  offline: number;
  /** Folders of which so many files were not found that a person has to say what they are. */
  confirmations: Confirmation[];
  /** Files and folders that could not be used, or not wholly. */
  errors: number;
  bytesRead: number;
  seconds: number;
  /** The part of `seconds` that went into each phase: a first walk has files looked into beside it. */
  phases: Record<Phase, number>;
  /** The first of the errors, in words. */
  issues: { path: string; problem: string }[];
  /** Folders that were left for later, for their drives sleep. */
  asleep?: string[];
  /** Files that the scan has not waited for. */
  left: Left[];
}

/** Files that wait for a step on one set of drives, and why. */
export interface Left {
  jobId: string;
  driveIds: string[];
  files: number;
  bytes: number;
  /** In words, as a job says it. */
  waitingFor: string;
  /** Only a person lets it go on. */
  isPaused: boolean;
}

export type Phase = "walk" | "probe" | "hash";

export interface ScanProgress {
  phase: Phase;
  files: number;
  /** Absent while walking: nobody knows yet. */
  filesTotal?: number;
  bytes: number;
  bytesTotal?: number;
  path?: string;
  /** What is done in a second, measured over the last while. */
  filesPerSecond?: number;
  bytesPerSecond?: number;
  /** Seconds left of this phase; absent where nobody can tell. */
  etaSeconds?: number;
}

const MAX_ISSUES = 100;
const MIN_INTERVAL_MS = 200;

export class Tally {
  readonly report: ScanReport = {
    files: 0,
    new: 0,
    changed: 0,
    moved: 0,
    gone: 0,
    offline: 0,
    confirmations: [],
    errors: 0,
    bytesRead: 0,
    seconds: 0,
    phases: { walk: 0, probe: 0, hash: 0 },
    issues: [],
    left: [],
  };
  /** What was not found, until it is known what has become of it. */
  readonly gone: Gone = openGone();
  readonly #started = performance.now();
  readonly #onProgress: (progress: ScanProgress) => void;
  #isFinished = false;
  #progress: ScanProgress = { phase: "walk", files: 0, bytes: 0 };
  #toldAt = 0;
  #pace = new Pace("files");
  #enteredAt = this.#started;

  constructor(onProgress: (progress: ScanProgress) => void) {
    this.#onProgress = onProgress;
  }

  enter(phase: Phase, total?: { files: number; bytes: number }): void {
    this.#leave();
    this.#progress = {
      phase,
      files: 0,
      bytes: 0,
      ...total && { filesTotal: total.files, bytesTotal: total.bytes },
    };
    this.#pace = new Pace(phase === "hash" ? "bytes" : "files");
    this.#tell(this.#progress);
  }

  advance(files: number, bytes: number, path?: string): void {
    this.#progress.files += files;
    this.#progress.bytes += bytes;
    if (path !== undefined) this.#progress.path = path;
    const now = performance.now();
    if (now - this.#toldAt < MIN_INTERVAL_MS) return;
    this.#toldAt = now;
    this.#tell({ ...this.#progress, ...this.#pace.of(this.#progress) });
  }

  /** Files that a walk has come by; it may go on beside the other phases. */
  walked(files: number, bytes: number, root: string): void {
    this.report.files += files;
    if (this.#progress.phase === "walk") this.advance(files, bytes, root);
  }

  /** A file that has been looked into; the walk may still be under way, and count for itself. */
  probed(bytes: number, path: string): void {
    if (this.#progress.phase === "probe") this.advance(1, bytes, path);
  }

  issue(path: string, problem: string): void {
    this.report.errors++;
    if (this.report.issues.length < MAX_ISSUES) this.report.issues.push({ path, problem });
  }

  /** Nothing is told from then on: what is left of the work goes on by itself. */
  finish(): ScanReport {
    this.#leave();
    this.#isFinished = true;
    this.report.seconds = (performance.now() - this.#started) / 1000;
    return this.report;
  }

  #tell(progress: ScanProgress): void {
    if (!this.#isFinished) this.#onProgress(progress);
  }

  /** Books the time since the last phase began. */
  #leave(): void {
    const now = performance.now();
    this.report.phases[this.#progress.phase] += (now - this.#enteredAt) / 1000;
    this.#enteredAt = now;
  }
}
