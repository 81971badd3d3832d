/**
 * Hashes many files, each read to its end before the next: small ones are kept until there are four,
 * for that is how MD5 is fastest.
 *
 * @module
 */
import { type FileState, sameState, stateOf } from "../file_state.ts";
import { algorithms, type HashName } from "./algorithms.ts";
import type { TurnReader } from "../turn_reader.ts";
import { type HashedFile, hashFile } from "./hash_file.ts";
import { type Md5Four, openMd5Four, SMALL_BYTES } from "./md5_four.ts";

export interface FileToHash {
  path: string;
  expected: FileState;
  names: HashName[];
}

type Result = HashedFile | undefined | Error;

/** What became of each file, in order: undefined for one that changed, an error as a value. */
export function hashFiles(files: readonly FileToHash[], reader: TurnReader): Result[] {
  const results: Result[] = new Array(files.length);
  let small: { index: number; names: readonly HashName[]; bytesRead: number }[] = [];
  const hashSmall = () => {
    const hashed = hashFour(small, four!);
    for (const [at, { index }] of small.entries()) results[index] = hashed[at];
    small = [];
  };

  for (const [index, { path, expected, names }] of files.entries()) {
    const isSmall = expected.sizeBytes <= SMALL_BYTES && names.includes("md5");
    if (!isSmall || !(four ??= openMd5Four())) {
      results[index] = caught(() => hashFile(path, { names, expected }, reader));
      continue;
    }
    const into = four.inputs[small.length]!;
    const bytesRead = caught(() => readWhole(path, expected, into, reader));
    if (typeof bytesRead !== "number") results[index] = bytesRead;
    else small.push({ index, names, bytesRead });
    if (small.length === four.inputs.length) hashSmall();
  }
  if (small.length > 0) hashSmall();
  return results;
}

/** One per worker: a worker does one job at a time. */
let four: Md5Four | undefined;

function hashFour(
  files: { names: readonly HashName[]; bytesRead: number }[],
  { inputs, digest }: Md5Four,
): HashedFile[] {
  const lengths = files.map(({ bytesRead }) => bytesRead);
  const others = files.map(({ names, bytesRead }, lane) =>
    names.filter((name) => name !== "md5").map((name) => {
      const hasher = algorithms[name]();
      hasher.update(inputs[lane]!.subarray(0, bytesRead));
      return [name, hasher.digest()] as const;
    })
  );
  return digest(lengths).map((md5, lane) => ({
    hashes: { ...Object.fromEntries(others[lane]!), md5 },
    bytesRead: lengths[lane]!,
  }));
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
    return error instanceof Error ? error : new Error(String(error));
  }
}
