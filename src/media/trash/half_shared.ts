/**
 * What a program that was killed has left of files that were to become one: the name that was about
 * to take a file's place. Each is written down before it is made, and goes at the next start.
 *
 * @module
 */
import { exists } from "../../base/files.ts";
import type { Touch } from "../scan/walk/touch.ts";
import type { TrashStore } from "./store.ts";

/** Told by share(). */
export interface HalfShared {
  /** `path` is about to be made, with the bytes of `keeper`; both are absolute. */
  begins(path: string, keeper: string): void;
  /** There is no such name any more, or never was. */
  ended(path: string): void;
}

export function createHalfShared(store: TrashStore["halfShared"], touch: Touch) {
  const underWay = new Set<string>();
  const told: HalfShared = {
    begins(path, keeper) {
      underWay.add(path);
      store.insert(path, keeper);
    },
    ended(path) {
      underWay.delete(path);
      store.remove(path);
    },
  };

  /** Its bytes are still there under another name; where that cannot be seen, it waits. */
  async function settleOne({ path, keeper }: { path: string; keeper: string }): Promise<void> {
    if (!await touch(keeper, () => exists(keeper))) return; // its drive is away, or it is the last
    if (await touch(path, () => exists(path))) await touch(path, () => Deno.remove(path));
    told.ended(path);
  }

  return {
    told,

    /** Deletes what is left over; what cannot be is tried again at the next start. */
    async settle(): Promise<void> {
      for (const it of store.list()) {
        if (!underWay.has(it.path)) await settleOne(it).catch(() => {});
      }
    },
  };
}
