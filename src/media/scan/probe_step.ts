/**
 * The second step of a scan: what is in each file. mediabunny reads it in a worker; what that does
 * not know goes to ffprobe, a program of its own for each file.
 *
 * @module
 */
import { join } from "node:path";
import { type Description, extensionOf } from "../media.ts";
import { ffprobeArgs, parseFfprobe } from "../probe/ffprobe.ts";
import { CommandError } from "../../base/command.ts";
import { reasonOf, UnavailableError } from "../../base/errors.ts";
import { aside, type RunningJob, Semaphore, taskGroup } from "../../pool/mod.ts";
import type { FileResult } from "../worker.ts";
import type { Step } from "./drain.ts";
import type { Tally } from "./progress.ts";
import type { ScanDeps, ScanOptions } from "./scan.ts";
import { NEEDS_FFPROBE, type Waiting } from "./store.ts";
import { explain } from "./walk/touch.ts";

/** ffprobe runs at once; each takes some 60 ms, mostly to start. */
const FFPROBES_AT_ONCE = 2;

export function probeStep(
  deps: ScanDeps,
  { ffprobe }: Pick<ScanOptions, "ffprobe">,
  tally: Tally,
): Step {
  const { store } = deps;
  return {
    status: "new",
    priority: "scan",
    kind: "probe",
    title: "Look into new files",
    leaves: ({ sizeBytes }, result) =>
      ffprobe && sizeBytes > 0 && "probed" in result && result.probed === "unknown format",
    after: probeForeign(deps, tally),
    toJob: (files) => ({
      kind: "probe",
      paths: files.map((file) => join(file.root, file.relativePath)),
    }),
    save: (results) => {
      for (const { file, result } of results) {
        if ("probed" in result && result.probed !== "unknown format") {
          tally.report.bytesRead += result.probed.bytesRead;
          save(store, tally, file, result.probed.description, result.probed.damage);
        } else if (file.sizeBytes === 0) {
          save(store, tally, file, byName(file), "The file is empty");
        } else if ("probed" in result) {
          // Left as it is, it is what probeForeign() takes next.
          if (!ffprobe) save(store, tally, file, byName(file), NEEDS_FFPROBE);
        } else if ("error" in result && isReadFailure(result.error)) {
          store.saveUnreadable(file.id, problemOf(result.error));
          tally.issue(join(file.root, file.relativePath), problemOf(result.error));
        } else {
          const reason = "error" in result ? result.error.message : "unknown";
          save(store, tally, file, byName(file), `The content is damaged or cut off: ${reason}`);
        }
      }
    },
  };
}

/** Asks ffprobe about every file that is still new: those whose container mediabunny refused. */
function probeForeign(
  { store, lanes, run, awake, silence }: ScanDeps,
  tally: Tally,
): NonNullable<Step["after"]> {
  const places = new Semaphore(FFPROBES_AT_ONCE);
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
        return await run("ffprobe", ffprobeArgs(path), { signal, timeoutMs: 30_000 });
      });
      save(store, tally, file, parseFfprobe(output));
    } catch (error) {
      signal.throwIfAborted();
      if (silent.aborted) return;
      if (error instanceof UnavailableError && !(error instanceof CommandError)) throw error;
      const details = error instanceof CommandError ? error.details : {};
      if (details.missing) save(store, tally, file, byName(file), NEEDS_FFPROBE);
      else if (error instanceof CommandError && details.code === undefined) {
        // It was ffprobe, or the disk, that did not answer: the next scan asks again.
        store.saveUnreadable(file.id, reasonOf(error));
        tally.issue(path, reasonOf(error));
      } else {
        save(store, tally, file, byName(file), `The content cannot be read: ${reasonOf(error)}`);
      }
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

function save(
  store: ScanDeps["store"],
  tally: Tally,
  file: Waiting,
  found: Description,
  error?: string,
): void {
  store.saveProbe(file.id, found, error);
  const path = join(file.root, file.relativePath);
  if (error) tally.issue(path, error);
  tally.advance(1, file.sizeBytes, path);
}

/** All that is known of a file nobody can look into: what its name says. */
function byName({ relativePath }: Waiting): Description {
  return { container: extensionOf(relativePath).slice(1) || "unknown", tracks: [] };
}

type WorkerFailure = Extract<FileResult, { error: unknown }>["error"];

/** The file system refused, in contrast to a file that is damaged. */
function isReadFailure({ name }: WorkerFailure): boolean {
  return name in Deno.errors;
}

/** A worker's failure in words; errors lose their class on the way out of a worker. */
export function problemOf({ name, message }: WorkerFailure): string {
  const Type = Deno.errors[name as keyof typeof Deno.errors];
  return explain(Type ? new Type(message) : new Error(message), "file");
}
