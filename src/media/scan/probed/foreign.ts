/**
 * Files whose container nobody here reads are looked into by ffprobe: one program for each.
 *
 * @module
 */
import { join } from "node:path";
import { CommandError } from "../../../base/command.ts";
import { reasonOf, UnavailableError } from "../../../base/errors.ts";
import { aside, type RunningJob, Semaphore, taskGroup } from "../../../pool/mod.ts";
import { type Description, kindOf, titleOf } from "../../media.ts";
import { factsOf } from "../../probe/facts.ts";
import { ffprobeArgs, type ForeignFile, parseFfprobe } from "../../probe/ffprobe.ts";
import type { Step } from "../drain.ts";
import { byName } from "../probe_step.ts";
import type { ScanDeps } from "../scan.ts";
import { NEEDS_FFPROBE, type Waiting } from "../store.ts";
import type { Learnt } from "./store.ts";

/** ffprobe runs at once; each takes some 60 ms, mostly to start. */
const FFPROBES_AT_ONCE = 2;
/** A disk that has to start takes ten seconds of them. */
const LIMIT_MS = 30_000;

type Save = (file: Waiting, found: Description, learnt: Learnt) => void;

/** Asks ffprobe about every file that is still new: those whose container our readers refused. */
export function probeForeign(
  { store, lanes, run, awake, silence }: ScanDeps,
  { save, issue }: { save: Save; issue(path: string, problem: string): void },
): NonNullable<Step["after"]> {
  const places = new Semaphore(FFPROBES_AT_ONCE);
  const saveAll = (file: Waiting, found: ForeignFile | undefined, error?: string) => {
    const known = store.detailsOf(file.id);
    // What ffprobe found stands for the content; what lies beside the file was found before.
    const details = { ...known, ...found?.details };
    const kind = kindOf(file.relativePath);
    const facts = factsOf(kind, details, titleOf(file.relativePath));
    const learnt = { kind, details, facts, ...error && { error } };
    store.transaction(() => save(file, found?.description ?? byName(file), learnt));
  };
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
      saveAll(file, parseFfprobe(output, file.sizeBytes));
    } catch (error) {
      signal.throwIfAborted();
      if (silent.aborted) return;
      if (error instanceof UnavailableError && !(error instanceof CommandError)) throw error;
      const details = error instanceof CommandError ? error.details : {};
      if (details.missing) saveAll(file, undefined, NEEDS_FFPROBE);
      else if (error instanceof CommandError && details.code === undefined) {
        // It was ffprobe, or the disk, that did not answer: the next scan asks again.
        store.saveUnreadable(file.id, reasonOf(error));
        issue(path, reasonOf(error));
      } else saveAll(file, undefined, `The content cannot be read: ${reasonOf(error)}`);
    }
  };
  return async (driveIds, job) => {
    await using group = taskGroup({ limit: FFPROBES_AT_ONCE, signal: job.signal });
    for (let after = 0;;) {
      const files = store.waiting("new", driveIds, after, 64);
      if (files.length === 0) break;
      after = files.at(-1)!.rowid;
      for (const file of files) {
        await group.submit(async (signal) => {
          await job.piece(() => probe(file, job, signal));
          job.advance(1, file.sizeBytes);
        });
      }
    }
    await group.finish();
  };
}
