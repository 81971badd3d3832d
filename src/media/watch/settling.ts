/**
 * Which of the paths that were touched have come to rest: nothing more was told of them for a while,
 * and their size and time stay the same. A film that is being copied is not looked into.
 *
 * @module
 */
import { type FileState, sameState } from "../file_state.ts";

/** Size and time of a file; undefined where nothing is. */
export type Seen = FileState | "folder" | undefined;

/** A path at rest. */
export interface Settled {
  path: string;
  kind: "file" | "folder" | "gone";
}

export interface SettlingOptions {
  /** Milliseconds without news, and again between the two looks. */
  quietMs: number;
  look(path: string): Promise<Seen>;
  /** Milliseconds, ever rising. */
  now?: () => number;
}

interface Touched {
  touchedAt: number;
  looked?: { state: FileState; at: number };
}

/** More than these, and their whole root is looked through instead. */
const MAX_PATHS = 10_000;
/** Looks in one go. */
const LOOKS = 256;

export class Settling {
  readonly #paths = new Map<string, Touched>();
  readonly #options: Required<SettlingOptions>;

  constructor(options: SettlingOptions) {
    this.#options = { now: () => performance.now(), ...options };
  }

  get size(): number {
    return this.#paths.size;
  }

  /** Takes note of what was touched; false where there is no room for it. */
  touch(path: string): boolean {
    if (this.#paths.size >= MAX_PATHS && !this.#paths.has(path)) return false;
    // What was touched again is looked at again from the start.
    this.#paths.delete(path);
    this.#paths.set(path, { touchedAt: this.#options.now() });
    return true;
  }

  /** Forgets what lies below a folder. */
  forget(isBelow: (path: string) => boolean): void {
    for (const path of this.#paths.keys()) if (isBelow(path)) this.#paths.delete(path);
  }

  /** What is still being written. */
  unsettled(): Set<string> {
    return new Set(this.#paths.keys());
  }

  /** Looks at what has been quiet, and gives back what has come to rest; that is forgotten here. */
  async settle(): Promise<Settled[]> {
    const { quietMs, look, now } = this.#options;
    const settled: Settled[] = [];
    let looks = 0;
    for (const [path, touched] of [...this.#paths]) {
      if (looks >= LOOKS) break;
      const last = Math.max(touched.touchedAt, touched.looked?.at ?? 0);
      if (now() - last < quietMs) continue;
      looks++;
      const state = await look(path);
      if (this.#paths.get(path) !== touched) continue; // touched meanwhile
      const before = touched.looked;
      const isFile = state !== undefined && state !== "folder";
      if (!isFile || before && sameState(before.state, state)) {
        this.#paths.delete(path);
        settled.push({ path, kind: isFile ? "file" : state ?? "gone" });
      } else touched.looked = { state, at: now() };
    }
    return settled;
  }
}
