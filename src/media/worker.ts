/**
 * The Web Worker that looks into files and hashes them, so that neither a damaged file nor a big
 * one ever holds up the rest of the program.
 *
 * @module
 */
import { serveJobs, type Turn } from "../pool/mod.ts";
import type { HashedFile } from "./hash/hash_file.ts";
import { type FileToHash, hashFiles } from "./hash/hash_files.ts";
import { probeContainer, type ProbedContainer } from "./probe/container.ts";

/** One job is several files: a message costs as much as reading a small one. */
export type FileJob =
  | { kind: "probe"; paths: string[] }
  | { kind: "hash"; files: FileToHash[] };

/** One answer for each file asked about, in order; one bad file never spoils its neighbours. */
export type FileResult =
  | { probed: ProbedContainer | "unknown format" }
  | { hashed: HashedFile | "changed" }
  | { error: { name: string; message: string } };

serveJobs<FileJob, FileResult[]>(async (job, ask) => {
  await using turns = nowAndThen(ask);
  const { turn } = turns;
  if (job.kind === "probe") {
    return await each(job.paths, turn, async (path) => ({
      probed: await probeContainer(path) ?? "unknown format" as const,
    }));
  }
  return (await hashFiles(job.files, turn)).map((it) =>
    it instanceof Error ? toError(it) : { hashed: it ?? "changed" as const }
  );
});

/** What playback may have to wait for; much less would spend more on messages than on files. */
const TURN_EVERY_MS = 10;

/**
 * Asks for a turn only when the last one is a while ago, and goes on until the next one is due
 * before it waits for the answer: the answer comes when the main thread has a moment.
 */
function nowAndThen(ask: Turn): AsyncDisposable & { turn: Turn } {
  let last = performance.now();
  let answer = Promise.resolve();
  return {
    turn: async () => {
      if (performance.now() - last < TURN_EVERY_MS) return;
      await answer;
      answer = ask();
      last = performance.now();
    },
    [Symbol.asyncDispose]: () => answer,
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
