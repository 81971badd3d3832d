/**
 * Hashes many files: small ones four at a time, for that is how MD5 is fastest, all others one
 * after the other.
 *
 * @module
 */
import type { Turn } from "../../pool/mod.ts";
import { type FileState, sameState, stateOf } from "../file_state.ts";
import { algorithms, type HashName } from "./algorithms.ts";
import { type HashedFile, hashFile } from "./hash_file.ts";
import { type Md5Four, openMd5Four, SMALL_BYTES } from "./md5_four.ts";

export interface FileToHash {
  path: string;
  expected: FileState;
  names: HashName[];
}

/** What became of each file, in order: undefined for one that changed, an error as a value. */
export async function hashFiles(
  files: readonly FileToHash[],
  turn: Turn,
): Promise<(HashedFile | undefined | Error)[]> {
  const results: (HashedFile | undefined | Error)[] = new Array(files.length);
  let small: number[] = [];
  const hashSmall = async () => {
    await turn();
    const hashed = hashFour(small.map((index) => files[index]!), four!);
    for (const [at, index] of small.entries()) results[index] = hashed[at];
    small = [];
  };

  for (const [index, { path, expected, names }] of files.entries()) {
    if (expected.sizeBytes <= SMALL_BYTES && names.includes("md5") && (four ??= openMd5Four())) {
      small.push(index);
      if (small.length === four.inputs.length) await hashSmall();
      continue;
    }
    await turn();
    results[index] = await hashFile(path, { names, expected, turn }).catch(toError);
  }
  if (small.length > 0) await hashSmall();
  return results;
}

/** One per worker: a worker does one job at a time. */
let four: Md5Four | undefined;

function hashFour(files: FileToHash[], { inputs, digest }: Md5Four): ReturnType<typeof read>[] {
  const results = files.map((file, lane) => read(file, inputs[lane]!));
  const lengths = results.map((it) => it && "bytesRead" in it ? it.bytesRead : 0);
  for (const [lane, { names }] of files.entries()) {
    const result = results[lane];
    if (!result || result instanceof Error) continue;
    const bytes = inputs[lane]!.subarray(0, result.bytesRead);
    for (const name of names) {
      if (name === "md5") continue;
      const hasher = algorithms[name]();
      hasher.update(bytes);
      result.hashes[name] = hasher.digest();
    }
  }
  for (const [lane, md5] of digest(lengths).entries()) {
    const result = results[lane];
    if (result && !(result instanceof Error)) result.hashes.md5 = md5;
  }
  return results;
}

/** The whole file, if it is as expected before and after; its hashes are still to come. */
function read({ path, expected }: FileToHash, into: Uint8Array): HashedFile | undefined | Error {
  try {
    using file = Deno.openSync(path);
    if (!sameState(stateOf(file.statSync()), expected)) return undefined;
    let bytesRead = 0;
    while (bytesRead <= expected.sizeBytes) {
      const read = file.readSync(into.subarray(bytesRead));
      if (read === null) break;
      bytesRead += read;
    }
    const same = bytesRead === expected.sizeBytes && sameState(stateOf(file.statSync()), expected);
    return same ? { hashes: {}, bytesRead } : undefined;
  } catch (error) {
    return toError(error);
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
