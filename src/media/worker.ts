/**
 * The Web Worker that looks into files and hashes them, so that neither a damaged file nor a big
 * one ever holds up the rest of the program.
 *
 * @module
 */
import { toError } from "../base/errors.ts";
import { serveJobs } from "../pool/mod.ts";
import { prepareHashers } from "./hash/algorithms.ts";
import type { HashedFile } from "./hash/hash_file.ts";
import { type FileToHash, hashFiles } from "./hash/hash_files.ts";
import { type FileToProbe, openProbe, type ProbedFile } from "./probe/probe_file.ts";
import { openProbeWatch } from "./probe/watch/watch.ts";
import { openTurnReader, type TurnReader } from "./turn_reader.ts";

/** One job is several files: a message costs as much as reading a small one. */
export type FileWork =
  | { kind: "probe"; files: FileToProbe[] }
  /** Together: side by side, for drives without a head. */
  | { kind: "hash"; files: FileToHash[]; together?: boolean };

/**
 * With the cells of the lease's gauge, by which it is asked aside, and those by which others see
 * whether it comes on.
 */
export type FileJob = FileWork & { cells?: Int32Array; watch?: Int32Array };

/** One answer for each file asked about, in order; one bad file never spoils its neighbours. */
export type FileResult =
  | { probed: ProbedFile }
  | { hashed: HashedFile | "changed" }
  | { error: { name: string; message: string } };

serveJobs<FileJob, FileResult[]>(async (job, ask) => {
  const reader = openTurnReader(job.cells, ask);
  if (job.kind === "probe") return await probeFiles(job, reader);
  await prepareHashers(job.files.flatMap(({ names }) => names));
  return hashFiles(job.files, reader, job).map((it) =>
    it instanceof Error ? failed(it) : { hashed: it ?? "changed" as const }
  );
});

async function probeFiles(
  { files, watch: cells }: { files: FileToProbe[]; watch?: Int32Array },
  turns: TurnReader,
): Promise<FileResult[]> {
  const probe = await (opened ??= openProbe());
  const watch = openProbeWatch(cells);
  const watched = watch.reading(turns);
  const results: FileResult[] = [];
  for (const file of files) {
    watch.next();
    results.push(await probe(file, watched).then((probed) => ({ probed })).catch(failed));
  }
  watch.end();
  return results;
}

let opened: ReturnType<typeof openProbe> | undefined;

function failed(error: unknown): FileResult {
  const { name, message } = toError(error);
  return { error: { name, message } };
}
