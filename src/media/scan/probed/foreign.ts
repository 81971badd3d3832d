/**
 * Files whose container nobody here reads are looked into by ffprobe: one program for each.
 *
 * @module
 */
import { join } from "node:path";
import { CommandError } from "../../../base/command.ts";
import { UnavailableError } from "../../../base/errors.ts";
import { aside, type RunningJob, Semaphore, taskGroup } from "../../../pool/mod.ts";
import { type Description, kindIn, kindOf, titleOf } from "../../media.ts";
import { DamagedError } from "../../probe/damaged.ts";
import { factsOf } from "../../probe/facts.ts";
import { ffprobeArgs, type ForeignFile, parseFfprobe } from "../../probe/ffprobe.ts";
import type { Step } from "../drain.ts";
import type { ScanDeps } from "../scan.ts";
import { DAMAGED, NOR_FFPROBE, type Waiting } from "../store.ts";
import type { Learnt } from "./store.ts";

/** ffprobe runs at once; each takes some 60 ms, mostly to start. */
const FFPROBES_AT_ONCE = 2;
/** A disk that has to start takes ten seconds of them. */
const LIMIT_MS = 30_000;

/** What ffprobe says itself speaks of its own inside. */
const SILENT = `ffprobe did not answer within ${LIMIT_MS / 1000} s`;
const NOBODY_KNOWS =
  "The content cannot be read: it is damaged, or of a kind that ffprobe does not know either";

/** What is wrong with a file, now that ffprobe has been asked as well. */
function withFfprobe(problem: string | undefined): string | undefined {
  return problem === undefined
    ? undefined
    : problem.startsWith(DAMAGED)
    ? problem + NOR_FFPROBE
    : NOBODY_KNOWS;
}

type Save = (file: Waiting, found: Description, learnt: Learnt) => void;
type Settle = (file: Waiting, error: string | undefined) => void;

/**
 * Asks ffprobe about files that are still new, for our readers do not know them, or not all of them,
 * or could make no sense of them. What it says of them is taken; where it knows nothing either,
 * they stay as they are known.
 */
export function probeForeign(
  { store, lanes, run, awake, silence, findAway }: ScanDeps,
  { save, settle, issue, problems }: {
    save: Save;
    settle: Settle;
    issue(path: string, problem: string): void;
    /** By id: what is wrong with it, as our readers say; only these are asked about. */
    problems: Map<string, string | undefined>;
  },
): NonNullable<Step["after"]> {
  const places = new Semaphore(FFPROBES_AT_ONCE);
  const saveFound = (file: Waiting, { description, details: inside }: ForeignFile) => {
    // What ffprobe found stands for the content; what lies beside the file was found before.
    const details = { ...store.detailsOf(file.id), ...inside };
    const kind = kindIn(description, kindOf(file.relativePath));
    const facts = factsOf(kind, details, titleOf(file.relativePath));
    store.transaction(() => save(file, description, { kind, details, facts }));
  };
  const saveUnknown = (file: Waiting, error: string | undefined) =>
    store.transaction(() => settle(file, error));
  const probe = async (file: Waiting, job: RunningJob, signal: AbortSignal) => {
    await job.ready();
    await job.waiting(() => awake(file.driveIds, "scan", signal));
    const path = join(file.root, file.relativePath);
    const silent = await silence(path);
    if (silent.aborted) return;
    using lease = await job.lease(() => lanes.acquire(file.driveIds, { signal, priority: "scan" }));
    try {
      const either = AbortSignal.any([signal, silent]);
      const output = await aside(lease, either, async (signal) => {
        // Only now: a job that is paused, or whose drive is busy, keeps no place from others.
        using _place = await places.acquire({ signal, priority: "scan" });
        return await run("ffprobe", ffprobeArgs(path), { signal, timeoutMs: LIMIT_MS });
      });
      const found = parseFfprobe(output, file.sizeBytes);
      const { tracks, durationMs } = found.description;
      if (tracks.length === 0 && !durationMs) throw new DamagedError("there is nothing in it");
      saveFound(file, found);
    } catch (error) {
      signal.throwIfAborted();
      if (silent.aborted) return;
      if (error instanceof UnavailableError && !(error instanceof CommandError)) throw error;
      const { missing, code } = error instanceof CommandError ? error.details : { code: 0 };
      if (!missing && (await findAway?.([file.rowid]))?.has(file.rowid)) return;
      if (missing) saveUnknown(file, problems.get(file.id));
      else if (code === undefined) {
        // It was ffprobe, or the disk, that did not answer: the next scan asks again.
        store.saveUnreadable(file.id, SILENT);
        issue(path, SILENT);
      } else saveUnknown(file, withFfprobe(problems.get(file.id)));
    } finally {
      problems.delete(file.id);
    }
  };
  return async (driveIds, job) => {
    await using group = taskGroup({ limit: FFPROBES_AT_ONCE, signal: job.signal });
    for (let after = 0;;) {
      const files = store.waiting("new", driveIds, after, 64);
      if (files.length === 0) break;
      after = files.at(-1)!.rowid;
      for (const file of files.filter(({ id }) => problems.has(id))) {
        await group.submit(async (signal) => {
          await job.piece(() => probe(file, job, signal));
          job.advance(1, file.sizeBytes);
        });
      }
    }
    await group.finish();
  };
}
