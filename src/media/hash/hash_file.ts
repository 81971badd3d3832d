/**
 * Reads a file once, from its begin to its end, and hashes it with every algorithm asked for.
 * Runs in a worker.
 *
 * @module
 */
import { algorithms, type Hashes, type HashName } from "./algorithms.ts";
import { type FileState, sameState, stateOf } from "../file_state.ts";
import type { TurnReader } from "../turn_reader.ts";

export interface HashedFile {
  hashes: Hashes;
  bytesRead: number;
}

/** One piece stays in the processor's cache while every algorithm goes over it. */
const PIECE_BYTES = 128 * 1024;

/**
 * Hashes the file if it is still as `expected`, before and after.
 *
 * @returns undefined if the file changed before or while it was read
 */
export function hashFile(
  path: string,
  { names, expected }: { names: readonly HashName[]; expected: FileState },
  reader: TurnReader,
): HashedFile | undefined {
  using file = reader.open(path);
  if (!sameState(stateOf(file.statSync()), expected)) return undefined;
  if (names.length === 0) return { hashes: {}, bytesRead: 0 };

  const hashers = names.map((name) => [name, algorithms[name]()] as const);
  let bytesRead = 0;
  while (true) {
    const read = reader.read(file, buffer);
    if (read === null) break;
    bytesRead += read;
    if (bytesRead > expected.sizeBytes) return undefined; // a download may go on for hours
    const bytes = buffer.subarray(0, read);
    for (const [, hasher] of hashers) hasher.update(bytes);
  }

  if (bytesRead !== expected.sizeBytes || !sameState(stateOf(file.statSync()), expected)) {
    return undefined;
  }
  const hashes = Object.fromEntries(hashers.map(([name, hasher]) => [name, hasher.digest()]));
  return { hashes, bytesRead };
}

/** One per worker: a worker does one job at a time. */
const buffer = new Uint8Array(PIECE_BYTES);
