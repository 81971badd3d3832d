/**
 * Whether there is room on the target. A move within a volume needs none; a copy is written whole
 * beside its target, and becomes that.
 *
 * @module
 */
import type { Mode, Room } from "../model.ts";

/** Left for the file system's own books, of many files at once. */
export const SPARE_BYTES = 16_000_000;
const SPARE_PART = 1 / 10;

/** What is left to the file system: so much, and less of little that is free. */
export function spareOf(freeBytes: number, mostBytes: number): number {
  return Math.min(mostBytes, freeBytes * SPARE_PART);
}

export interface Taken {
  sizeBytes: number;
  isSameVolume: boolean;
}

/** Whether its bytes are written anew on the target's volume. */
export function isCopied(mode: Mode, { isSameVolume }: Pick<Taken, "isSameVolume">): boolean {
  return mode === "copy" || mode === "move" && !isSameVolume;
}

export class RoomCount {
  #needed = 0;
  #largest = 0;

  constructor(readonly mode: Mode) {}

  add(taken: Taken): void {
    if (!isCopied(this.mode, taken)) return;
    this.#needed += taken.sizeBytes;
    this.#largest = Math.max(this.#largest, taken.sizeBytes);
  }

  /** @param freeBytes What a user without special rights may write. */
  of(freeBytes: number | undefined, volumeId: string | undefined): Room {
    const spare = this.#needed > 0 ? spareOf(freeBytes ?? 0, SPARE_BYTES) : 0;
    return {
      neededBytes: this.#needed,
      largestBytes: this.#largest,
      freeBytes,
      enough: freeBytes === undefined || this.#needed + spare <= freeBytes,
      volumeId,
    };
  }
}
