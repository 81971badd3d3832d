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
import { changedState, type FolderState } from "./sidecars/folder_state.ts";
import { openTurnReader, type TurnReader } from "./turn_reader.ts";

/** One job is several files: a message costs as much as reading a small one. */
export type FileWork =
  | { kind: "probe"; files: FileToProbe[] }
  | { kind: "beside"; folders: { path: string; seen: FolderState }[] }
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
  /** One answer for all folders: the place and the state of each that is another now. */
  | { beside: [index: number, now: FolderState][] }
  | { hashed: HashedFile | "changed" }
  | { error: { name: string; message: string } };

serveJobs<FileJob, FileResult[]>(async (job, ask) => {
  const reader = openTurnReader(job.cells, ask);
  if (job.kind === "probe") return await probeFiles(job, reader);
  if (job.kind === "beside") return [{ beside: lookBeside(job.folders) }];
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
    // Before the file: what is added beside it meanwhile is noticed later on.
    const folder = probe.folderOf(file);
    const probed = probe(file, watched).then((it) => ({
      probed: { ...it, ...folder && { folder } },
    }));
    results.push(await probed.catch(failed));
  }
  watch.end();
  return results;
}

function lookBeside(folders: { path: string; seen: FolderState }[]): [number, FolderState][] {
  return folders.flatMap(({ path, seen }, index) => {
    const now = changedState(path, seen);
    return now ? [[index, now] as [number, FolderState]] : [];
  });
}

let opened: ReturnType<typeof openProbe> | undefined;

function failed(error: unknown): FileResult {
  const { name, message } = toError(error);
  return { error: { name, message } };
}
