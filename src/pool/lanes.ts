/**
 * One lane per physical drive. Whoever reads a file holds a permit of every drive beneath it, so
 * two folders on one spindle share that spindle's one reader.
 *
 * @module
 */
import type { DriveKind } from "../drives/mod.ts";
import { type AcquireOptions, Semaphore } from "./semaphore.ts";

/** How many readers a drive serves well at once. */
const readers: Record<DriveKind, number> = {
  // Rotating disks serve one reader: two readers are slower than one after the other.
  hdd: 1,
  optical: 1,
  usb: 1,
  sd: 1,
  ssd: 4,
  nvme: 8,
  virtual: 4,
  network: 2,
  unknown: 2,
};

/** A held place on a set of drives. */
export interface Lease extends Disposable {
  /** Steps aside if anybody waits for one of these drives, and comes back in turn. */
  yield(): Promise<void>;
}

export class Lanes {
  readonly #lanes = new Map<string, Semaphore>();
  readonly #kindOf: (driveId: string) => DriveKind | undefined;

  /** @param kindOf What is known of a drive; asked when its lane is first used, and on refresh. */
  constructor(kindOf: (driveId: string) => DriveKind | undefined) {
    this.#kindOf = kindOf;
  }

  /** Waits for a permit of each of `driveIds`. */
  async acquire(driveIds: readonly string[], options: AcquireOptions = {}): Promise<Lease> {
    // Always in the same order, so that two leases can never wait for each other.
    const lanes = [...new Set(driveIds)].sort().map((id) => this.#lane(id));
    let held = await acquireAll(lanes, options);
    return {
      yield: async () => {
        if (!lanes.some((lane) => lane.waiting > 0 || lane.held > lane.limit)) return;
        held.dispose();
        held = await acquireAll(lanes, options);
      },
      [Symbol.dispose]: () => held.dispose(),
    };
  }

  /** How many readers a set of drives serves at once: as many as its slowest member. */
  limitOf(driveIds: readonly string[]): number {
    return Math.min(...driveIds.map((id) => this.#lane(id).limit));
  }

  /** Takes up new limits after drives were detected anew; nobody is interrupted. */
  refresh(): void {
    for (const [id, lane] of this.#lanes) lane.setLimit(this.#limit(id));
  }

  /** What each lane is doing now. */
  list(): { driveId: string; limit: number; held: number; waiting: number }[] {
    return [...this.#lanes].map(([driveId, { limit, held, waiting }]) => ({
      driveId,
      limit,
      held,
      waiting,
    }));
  }

  #lane(id: string): Semaphore {
    let lane = this.#lanes.get(id);
    if (!lane) this.#lanes.set(id, lane = new Semaphore(this.#limit(id)));
    return lane;
  }

  #limit(id: string): number {
    return readers[this.#kindOf(id) ?? (id.startsWith("net:") ? "network" : "unknown")];
  }
}

/** All permits or none: a failure on the way gives back what was taken. */
async function acquireAll(lanes: Semaphore[], options: AcquireOptions): Promise<DisposableStack> {
  using taken = new DisposableStack();
  for (const lane of lanes) taken.use(await lane.acquire(options));
  return taken.move();
}
