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
import { probeContainer, type ProbedContainer } from "./probe/container.ts";
import { openTurnReader, type TurnReader } from "./turn_reader.ts";

/** One job is several files: a message costs as much as reading a small one. */
export type FileWork =
  | { kind: "probe"; paths: string[] }
  /** Together: side by side, for drives without a head. */
  | { kind: "hash"; files: FileToHash[]; together?: boolean };

/** With the cells of the lease's gauge, by which it is asked aside. */
export type FileJob = FileWork & { cells?: Int32Array };

/** One answer for each file asked about, in order; one bad file never spoils its neighbours. */
export type FileResult =
  | { probed: ProbedContainer | "unknown format" }
  | { hashed: HashedFile | "changed" }
  | { error: { name: string; message: string } };

serveJobs<FileJob, FileResult[]>(async (job, ask) => {
  const reader = openTurnReader(job.cells, ask);
  if (job.kind === "probe") return await probeFiles(job.paths, reader);
  await prepareHashers(job.files.flatMap(({ names }) => names));
  return hashFiles(job.files, reader, job).map((it) =>
    it instanceof Error ? failed(it) : { hashed: it ?? "changed" as const }
  );
});

async function probeFiles(paths: string[], reader: TurnReader): Promise<FileResult[]> {
  const results: FileResult[] = [];
  for (const path of paths) {
    const probed = probeContainer(path, reader)
      .then((found) => ({ probed: found ?? "unknown format" as const }));
    results.push(await probed.catch(failed));
  }
  return results;
}

function failed(error: unknown): FileResult {
  const { name, message } = toError(error);
  return { error: { name, message } };
}
