/**
 * What a program that was killed has left of files that were to become one: the name that was about
 * to take a file's place, and what is to be said of that. Each is written down before it is made. At
 * the next start the name goes; where it has taken its place, it is known what is still to be said.
 *
 * @module
 */
import { exists } from "../../base/files.ts";
import type { Touch } from "../scan/walk/touch.ts";
import type { HalfSharedRow, TrashStore } from "./store.ts";

/** What is to be said elsewhere, as JSON has it, once the place of `victim` is taken. */
export interface OwedOfShared {
  /** Absolute; `inode` is what it has before. */
  victim: string;
  inode: string;
  owes: unknown;
}

/** Told by share(). */
export interface HalfShared {
  /** `path` is about to be made, with the bytes of `keeper`; both are absolute. */
  begins(path: string, keeper: string, owed?: OwedOfShared): void;
  /** It has taken its place: what is owed stays noted until ended(). */
  renamed(path: string): void;
  /** There is no such name any more, or never was; and all is said. */
  ended(path: string): void;
}

export function createHalfShared(store: TrashStore["halfShared"], touch: Touch) {
  const underWay = new Set<string>();
  const told: HalfShared = {
    begins(path, keeper, owed) {
      underWay.add(path);
      const [victim, inode] = owed ? [owed.victim, owed.inode] : [null, null];
      store.insert({ path, keeper, victim, inode }, owed?.owes);
    },
    renamed(path) {
      underWay.delete(path);
      store.setDone(path);
    },
    ended(path) {
      underWay.delete(path);
      store.remove(path);
    },
  };

  /** Its bytes are still there under another name; where that cannot be seen, it waits. */
  async function settleOne(row: HalfSharedRow): Promise<void> {
    const { path, keeper } = row;
    if (!await touch(keeper, () => exists(keeper))) return; // its drive is away, or it is the last
    const isThere = await touch(path, () => exists(path));
    if (isThere) await touch(path, () => Deno.remove(path));
    if (!isThere && await hasTakenPlace(row)) told.renamed(path);
    else told.ended(path);
  }

  /** A name of the keeper's file, or another one of its size than was there. */
  async function hasTakenPlace({ victim, keeper, inode }: HalfSharedRow): Promise<boolean> {
    if (victim === null || !await touch(victim, () => exists(victim))) return false;
    const [now, kept] = await Promise.all(
      [victim, keeper].map((it) => touch(it, () => Deno.lstat(it))),
    );
    if (now!.ino === kept!.ino && now!.dev === kept!.dev) return true;
    return String(now!.ino) !== inode && now!.size === kept!.size;
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
