/**
 * The Web Worker that looks into files and hashes them, so that neither a damaged file nor a big
 * one ever holds up the rest of the program.
 *
 * @module
 */
import { serveJobs, type Turn } from "../pool/mod.ts";
import type { FileState } from "./file_state.ts";
import type { HashName } from "./hash/algorithms.ts";
import { type HashedFile, hashFile } from "./hash/hash_file.ts";
import { probeContainer, type ProbedContainer } from "./probe/container.ts";

/** One job is several files: a message costs as much as reading a small one. */
export type FileJob =
  | { kind: "probe"; paths: string[] }
  | { kind: "hash"; files: { path: string; expected: FileState; names: HashName[] }[] };

/** One answer for each file asked about, in order; one bad file never spoils its neighbours. */
export type FileResult =
  | { probed: ProbedContainer | "unknown format" }
  | { hashed: HashedFile | "changed" }
  | { error: { name: string; message: string } };

serveJobs<FileJob, FileResult[]>((job, ask) => {
  const turn = nowAndThen(ask);
  if (job.kind === "probe") {
    return each(job.paths, turn, async (path) => ({
      probed: await probeContainer(path) ?? "unknown format" as const,
    }));
  }
  return each(job.files, turn, async ({ path, expected, names }) => ({
    hashed: await hashFile(path, { names, expected, turn }) ?? "changed" as const,
  }));
});

/** What playback may have to wait for; much less would spend more on messages than on files. */
const TURN_EVERY_MS = 10;

/** Asks for a turn only when the last one is a while ago. */
function nowAndThen(turn: Turn): Turn {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < TURN_EVERY_MS) return;
    await turn();
    last = performance.now();
  };
}

async function each<Item>(
  items: Item[],
  turn: Turn,
  work: (item: Item) => Promise<FileResult>,
): Promise<FileResult[]> {
  const results: FileResult[] = [];
  for (const item of items) {
    await turn();
    results.push(await work(item).catch(toError));
  }
  return results;
}

function toError(error: unknown): FileResult {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { error: { name, message } };
}
