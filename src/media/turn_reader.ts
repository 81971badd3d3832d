/**
 * Reads files in a worker, and before each read looks whether others go first on their drives. That
 * costs no message: only who has to stand still sends one.
 *
 * It reads synchronously, which on a worker costs nobody anything and is a third faster.
 *
 * @module
 */
import { openCells, Reader, type Turn } from "../pool/mod.ts";

export interface TurnReader {
  /** Opens a file that is read next. */
  open(path: string): Deno.FsFile;
  /** Goes elsewhere in the file. */
  seek(file: Deno.FsFile, offset: number): void;
  /** Reads at most `into.length` bytes at the file's offset; null at its end. */
  read(file: Deno.FsFile, into: Uint8Array): number | null;
}

/** What a film may have to wait for. */
const MOST_BYTES = 1024 * 1024;
/** A worker that says nothing for much longer is taken to be lost. */
const SIGN_OF_LIFE_MS = 2000;

/** @param cells Shared with the lease; of its own where nobody else reads. */
export function openTurnReader(
  cells: Int32Array = openCells(),
  ask: Turn = () => Promise.resolve(),
): TurnReader {
  const reader = new Reader(cells);
  let saidAt = performance.now();
  let openedMs = 0;

  /** Waits for its turn; the time when it has come. */
  const turn = (): number => {
    while (reader.mustAsk) {
      reader.stand();
      void ask();
      reader.wait();
      saidAt = performance.now();
    }
    const now = performance.now();
    if (now - saidAt > SIGN_OF_LIFE_MS) {
      void ask();
      saidAt = now;
    }
    return now;
  };

  return {
    open(path) {
      reader.moveOn();
      const began = turn();
      const file = Deno.openSync(path);
      // To open it and to read its begin is one way for the head.
      openedMs = performance.now() - began;
      return file;
    },
    seek(file, offset) {
      reader.moveOn();
      file.seekSync(offset, Deno.SeekMode.Start);
    },
    read(file, into) {
      const began = turn();
      const most = reader.bound(Math.min(into.length, MOST_BYTES));
      const read = file.readSync(into.subarray(0, most));
      reader.count(read ?? 0, performance.now() - began + openedMs);
      openedMs = 0;
      return read;
    },
  };
}
