/**
 * The second step of a scan: what is in each file. A worker looks into it; what nobody there knows
 * goes to ffprobe, a program of its own for each file.
 *
 * @module
 */
import { join } from "node:path";
import { dirname } from "node:path/posix";
import { type Description, extensionOf } from "../media.ts";
import type { ProbedFile } from "../probe/probe_file.ts";
import type { FileResult } from "../worker.ts";
import type { Step } from "./drain.ts";
import { probeForeign } from "./probed/foreign.ts";
import type { Learnt } from "./probed/store.ts";
import type { Tally } from "./progress.ts";
import { goOnByIdentity } from "./record/record.ts";
import type { ScanDeps, ScanOptions } from "./scan.ts";
import {
  DAMAGED,
  NEEDS_FFPROBE,
  NEEDS_FFPROBE_TOO,
  type ScanStore,
  type Waiting,
} from "./store.ts";
import { explain } from "./walk/touch.ts";

export function probeStep(
  deps: ScanDeps,
  { ffprobe }: Pick<ScanOptions, "ffprobe">,
  tally: Tally,
): Step {
  const { store } = deps;
  const save = (file: Waiting, found: Description, learnt: Learnt) => {
    store.saveProbe(idOf(file, learnt, store, tally), found, learnt);
    const path = join(file.root, file.relativePath);
    if (learnt.error) tally.issue(path, learnt.error);
    tally.probed(file.sizeBytes, path);
  };
  /** As it is known without ffprobe. */
  const settle = (file: Waiting, error: string | undefined) => {
    const path = join(file.root, file.relativePath);
    store.settleBeside(file.id, error);
    if (error) tally.issue(path, error);
    tally.probed(file.sizeBytes, path);
  };
  const isForeign = ({ sizeBytes }: Waiting, result: FileResult) =>
    ffprobe && sizeBytes > 0 && ("probed" in result ? isOpen(result.probed) : isDamaged(result));
  /** What is wrong with those that ffprobe is asked about, should it know no better. */
  const problems = new Map<string, string | undefined>();
  return {
    status: "new",
    priority: "scan",
    kind: "probe",
    title: "Look into new files",
    leaves: isForeign,
    after: probeForeign(deps, { save, settle, issue: (...it) => tally.issue(...it), problems }),
    toJob: (files) => ({
      kind: "probe",
      files: files.map(({ root, relativePath }) => ({ root, relativePath })),
    }),
    save: (results) => {
      for (const { file, result } of results) {
        if ("probed" in result) {
          const { probed } = result;
          tally.report.bytesRead += probed.bytesRead;
          saveFolder(file, probed, store);
          // Left as it is, it is what probeForeign() takes next.
          if (isForeign(file, result)) {
            const id = idOf(file, probed, store, tally);
            problems.set(id, errorOf(file, probed).error);
            store.saveBeside(id, descriptionOf(file, probed), probed);
          } else save(file, descriptionOf(file, probed), { ...probed, ...errorOf(file, probed) });
        } else if ("error" in result && isReadFailure(result.error)) {
          store.saveUnreadable(file.id, problemOf(result.error));
          tally.issue(join(file.root, file.relativePath), problemOf(result.error));
        } else {
          const error = damaged("error" in result ? inWords(result.error) : "it makes no sense");
          if (isForeign(file, result)) problems.set(file.id, error);
          else save(file, byName(file), { error });
        }
      }
    },
  };
}

/** How it is beside the file: by that it is known again when something is added there. */
function saveFolder(file: Waiting, { folder }: ProbedFile, store: ScanStore): void {
  const { root, relativePath, driveIds } = file;
  if (folder) store.saveFolder(root, dirname(relativePath).replace(/^\.$/, ""), folder, driveIds);
}

/** It goes on as the file that it was elsewhere, if its content is that of one that is gone. */
function idOf(file: Waiting, { identity }: Learnt, store: ScanStore, tally: Tally): string {
  return identity ? goOnByIdentity(store, file.id, identity.identity, tally) : file.id;
}

function descriptionOf(file: Waiting, { content }: ProbedFile): Description {
  return typeof content === "object" && "description" in content
    ? content.description
    : byName(file);
}

/** Whether ffprobe may know more of it. */
function isOpen({ content, unread }: ProbedFile): boolean {
  return content === "unknown format" || "problem" in content || unread !== undefined;
}

/** A worker has given it up. */
function isDamaged(result: FileResult): boolean {
  return "error" in result && !isReadFailure(result.error);
}

/** Of a worker that has given up a file: a library's own words say nothing to anybody. */
function inWords({ name, message }: WorkerFailure): string {
  return ["StuckError", "TimedOut", "WorkerError"].includes(name) ? message : "it makes no sense";
}

/** What is wrong with it, in words for its owner. */
function errorOf(
  { sizeBytes }: Waiting,
  { content, damage, unread }: ProbedFile,
): { error?: string } {
  if (sizeBytes === 0) return { error: "The file is empty" };
  if (content === "unknown format") return { error: NEEDS_FFPROBE };
  if ("problem" in content) return { error: damaged(content.problem) };
  if (damage) return { error: damage };
  return unread === "film" ? { error: NEEDS_FFPROBE_TOO } : {};
}

function damaged(reason: string): string {
  return DAMAGED + reason;
}

/** All that is known of a file nobody can look into: what its name says. */
export function byName({ relativePath }: Waiting): Description {
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
