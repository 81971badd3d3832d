/**
 * Hashes many files. On a drive with a head each is read to its end before the next, and small ones
 * are kept until there are four, for that is how MD5 is fastest; on others they go side by side.
 *
 * @module
 */
import { toError } from "../../base/errors.ts";
import { type FileState, sameState, stateOf } from "../file_state.ts";
import type { TurnReader } from "../turn_reader.ts";
import { algorithms, type HashName } from "./algorithms.ts";
import { type HashedFile, hashFile } from "./hash_file.ts";
import { hashTogether } from "./hash_together.ts";
import { type Md5Four, openMd5Four, PIECE_BYTES } from "./md5_four.ts";

export interface FileToHash {
  path: string;
  expected: FileState;
  names: HashName[];
}

/** Undefined for a file that is not as expected. */
export type Result = HashedFile | undefined | Error;

/** What became of each file, in order: undefined for one that changed, an error as a value. */
export function hashFiles(
  files: readonly FileToHash[],
  reader: TurnReader,
  { together = false }: { together?: boolean | undefined } = {},
): Result[] {
  const results: Result[] = new Array(files.length);
  const fast = files.some(({ names }) => names.includes("md5"))
    ? four ??= openMd5Four()
    : undefined;
  const isFor = ({ names, expected }: FileToHash) =>
    names.includes("md5") && (together || expected.sizeBytes <= PIECE_BYTES);
  const chosen = [...files.keys()].filter((index) => fast && isFor(files[index]!));

  if (together && fast) {
    const hashed = hashTogether(chosen.map((index) => files[index]!), reader, fast);
    for (const [at, index] of chosen.entries()) results[index] = hashed[at];
  }
  const small = new Small(fast, results);
  const isChosen = new Set(chosen);
  for (const [index, file] of files.entries()) {
    if (!isChosen.has(index)) results[index] = caught(() => hashFile(file.path, file, reader));
    else if (!together) small.add(index, file, reader);
  }
  small.hash();
  return results;
}

/** One per worker: a worker does one job at a time. */
let four: Md5Four | undefined;

/** Small files that were read whole and wait for being hashed together. */
class Small {
  #files: { index: number; names: readonly HashName[]; length: number }[] = [];

  constructor(readonly four: Md5Four | undefined, readonly results: Result[]) {}

  add(index: number, { path, expected, names }: FileToHash, reader: TurnReader): void {
    const { inputs } = this.four!;
    const into = inputs[this.#files.length]!;
    const length = caught(() => readWhole(path, expected, into, reader));
    if (typeof length !== "number") this.results[index] = length;
    else this.#files.push({ index, names, length });
    if (this.#files.length === inputs.length) this.hash();
  }

  hash(): void {
    if (this.#files.length === 0) return;
    const { inputs, begin, update, digest } = this.four!;
    for (const lane of this.#files.keys()) begin(lane);
    const others = this.#files.map(({ names, length }, lane) =>
      names.filter((name) => name !== "md5").map((name) => {
        const hasher = algorithms[name]();
        hasher.update(inputs[lane]!.subarray(0, length));
        return [name, hasher.digest()] as const;
      })
    );
    update(this.#files.map(({ length }) => ({ length, isLast: true })));
    for (const [lane, { index, length }] of this.#files.entries()) {
      const hashes = { ...Object.fromEntries(others[lane]!), md5: digest(lane) };
      this.results[index] = { hashes, bytesRead: length };
    }
    this.#files = [];
  }
}

/** Its size, if it is as expected before and after it was read. */
function readWhole(
  path: string,
  expected: FileState,
  into: Uint8Array,
  reader: TurnReader,
): number | undefined {
  using file = reader.open(path);
  if (!sameState(stateOf(file.statSync()), expected)) return undefined;
  let bytesRead = 0;
  while (bytesRead <= expected.sizeBytes) {
    const read = reader.read(file, into.subarray(bytesRead));
    if (read === null) break;
    bytesRead += read;
  }
  const same = bytesRead === expected.sizeBytes && sameState(stateOf(file.statSync()), expected);
  return same ? bytesRead : undefined;
}

function caught<T>(work: () => T): T | Error {
  try {
    return work();
  } catch (error) {
    return toError(error);
  }
}
