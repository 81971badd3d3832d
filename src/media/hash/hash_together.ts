/**
 * Hashes files side by side, a piece of each in turn: MD5 of four takes little longer than of one,
 * and on a drive without a head it costs nothing to go from file to file.
 *
 * @module
 */
import { toError } from "../../base/errors.ts";
import { sameState, stateOf } from "../file_state.ts";
import type { TurnReader } from "../turn_reader.ts";
import { algorithms, type Hasher } from "./algorithms.ts";
import type { FileToHash, Result } from "./hash_files.ts";
import { type Md5Four, type Md5Piece, PIECE_BYTES } from "./md5_four.ts";

interface Lane {
  index: number;
  file: Deno.FsFile;
  expected: FileToHash["expected"];
  others: (readonly [name: string, hasher: Hasher])[];
  bytesRead: number;
}

/** What became of each file, in order; all of them are to be hashed by MD5, too. */
export function hashTogether(
  files: readonly FileToHash[],
  reader: TurnReader,
  four: Md5Four,
): Result[] {
  const results: Result[] = new Array(files.length);
  // The large ones first, so that those of a length lie side by side.
  const waiting = files.map(({ expected }, index) => ({ index, size: expected.sizeBytes }))
    .sort((one, other) => other.size - one.size).map(({ index }) => index).values();
  const lanes: (Lane | undefined)[] = four.inputs.map(() => undefined);

  const close = (at: number, result: Result) => {
    const lane = lanes[at]!;
    lane.file.close();
    results[lane.index] = result;
    lanes[at] = undefined;
  };
  try {
    while (true) {
      for (const at of lanes.keys()) if (!lanes[at]) openNext(at);
      const pieces = lanes.map((lane, at) => lane && readPiece(lane, at));
      if (pieces.every((piece) => piece === undefined)) {
        if (lanes.every((lane) => lane === undefined)) return results;
        continue; // the others could not be read: there may be more
      }
      four.update(pieces);
      for (const [at, piece] of pieces.entries()) if (piece?.isLast) finish(at);
    }
  } finally {
    for (const lane of lanes) lane?.file.close();
  }

  function openNext(at: number): void {
    for (const index of waiting) {
      const { path, expected, names } = files[index]!;
      try {
        const file = reader.open(path);
        const others = names.filter((name) => name !== "md5")
          .map((name) => [name, algorithms[name]()] as const);
        lanes[at] = { index, file, expected, others, bytesRead: 0 };
        if (sameState(stateOf(file.statSync()), expected)) {
          four.begin(at);
          return;
        }
        close(at, undefined);
      } catch (error) {
        if (lanes[at]) close(at, toError(error));
        else results[index] = toError(error);
      }
    }
  }

  /** Fills the lane's input; undefined when it has come to an end before its time. */
  function readPiece(lane: Lane, at: number): Md5Piece | undefined {
    const input = four.inputs[at]!.subarray(0, PIECE_BYTES);
    let length = 0;
    try {
      while (length < input.length) {
        const read = reader.read(lane.file, input.subarray(length));
        if (read === null) break;
        length += read;
      }
    } catch (error) {
      close(at, toError(error));
      return undefined;
    }
    lane.bytesRead += length;
    if (lane.bytesRead > lane.expected.sizeBytes) {
      close(at, undefined); // a download may go on for hours
      return undefined;
    }
    for (const [, hasher] of lane.others) hasher.update(input.subarray(0, length));
    return { length, isLast: length < input.length };
  }

  function finish(at: number): void {
    const { file, expected, others, bytesRead } = lanes[at]!;
    try {
      const same = bytesRead === expected.sizeBytes &&
        sameState(stateOf(file.statSync()), expected);
      if (!same) return close(at, undefined);
      const digests = others.map(([name, hasher]) => [name, hasher.digest()]);
      close(at, { hashes: { ...Object.fromEntries(digests), md5: four.digest(at) }, bytesRead });
    } catch (error) {
      close(at, toError(error));
    }
  }
}
