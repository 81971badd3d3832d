/**
 * Room on the target while a plan is executed: a copy has its room before it begins, so several at
 * once cannot fill the disk with halves. What does not fit is left, and what is smaller goes on.
 *
 * @module
 */
import { counted } from "../../../base/text/counted.ts";
import { orAborted } from "../../../base/service.ts";
import { Semaphore } from "../../../pool/mod.ts";
import { spareOf } from "../plan/room.ts";
import { Refused } from "./context.ts";

/** The target has not room for this file. */
export class NoRoomError extends Refused {
  constructor(readonly neededBytes: number, freeBytes: number) {
    super(
      `No room: it needs ${inMegabytes(neededBytes)}, ${inMegabytes(freeBytes)} are free, and ` +
        `${inMegabytes(spareOf(freeBytes, SPARE_BYTES))} of them are left to the file system`,
    );
  }
}

/** What one step holds until it has come to its end, or its part file is gone. */
export interface Room extends Disposable {
  /** @throws {NoRoomError} also with what others are about to give back. @throws the signal's reason */
  take(folder: string, bytes: number, signal: AbortSignal): Promise<void>;
  /** So much of it is on the disk. */
  wrote(bytes: number): void;
}

/** Left for the file system's own books. */
const SPARE_BYTES = 1_000_000;

/** @param freeBytes What may be written in a folder; undefined where nobody tells. */
export function openRooms(
  freeBytes: (folder: string) => Promise<number | undefined>,
): () => Room {
  const oneAtATime = new Semaphore(1);
  /** Step → bytes that it is still to write. */
  const held = new Map<Room, number>();
  let changed = Promise.withResolvers<void>();

  return () => {
    const room: Room = {
      async take(folder, bytes, signal) {
        room[Symbol.dispose]();
        using _turn = await oneAtATime.acquire({ signal });
        for (;;) {
          const isAlone = held.size === 0;
          const promised = [...held.values()].reduce((sum, it) => sum + it, 0);
          const change = changed.promise;
          const free = await freeBytes(folder);
          if (free === undefined || bytes + spareOf(free, SPARE_BYTES) <= free - promised) break;
          if (isAlone) throw new NoRoomError(bytes, free);
          await orAborted(change, signal); // one that fails gives its room back
          signal.throwIfAborted();
        }
        held.set(room, bytes);
      },
      wrote(bytes) {
        const left = held.get(room);
        if (left !== undefined) held.set(room, Math.max(0, left - bytes));
      },
      [Symbol.dispose]() {
        if (!held.delete(room)) return;
        changed.resolve();
        changed = Promise.withResolvers();
      },
    };
    return room;
  };
}

/** "30.0 MB" */
function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** "2 files (8.0 MB)", by the sizes of what did not fit. */
export function leftOut(sizes: readonly number[]): string {
  const bytes = sizes.reduce((sum, it) => sum + it, 0);
  return `${counted(sizes.length, "file")} (${inMegabytes(bytes)})`;
}
