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
import { NEEDS_FFPROBE, type ScanStore, type Waiting } from "./store.ts";
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
  const isForeign = ({ sizeBytes }: Waiting, result: FileResult) =>
    ffprobe && sizeBytes > 0 && "probed" in result && result.probed.content === "unknown format";
  return {
    status: "new",
    priority: "scan",
    kind: "probe",
    title: "Look into new files",
    leaves: isForeign,
    after: probeForeign(deps, { save, issue: (...it) => tally.issue(...it) }),
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
          if (isForeign(file, result)) store.saveBeside(idOf(file, probed, store, tally), probed);
          else save(file, descriptionOf(file, probed), { ...probed, ...errorOf(file, probed) });
        } else if ("error" in result && isReadFailure(result.error)) {
          store.saveUnreadable(file.id, problemOf(result.error));
          tally.issue(join(file.root, file.relativePath), problemOf(result.error));
        } else {
          const reason = "error" in result ? result.error.message : "unknown";
          save(file, byName(file), { error: damaged(reason) });
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

/** What is wrong with it, in words for its owner. */
function errorOf({ sizeBytes }: Waiting, { content, damage }: ProbedFile): { error?: string } {
  if (sizeBytes === 0) return { error: "The file is empty" };
  if (content === "unknown format") return { error: NEEDS_FFPROBE };
  if ("problem" in content) return { error: damaged(content.problem) };
  return damage ? { error: damage } : {};
}

function damaged(reason: string): string {
  return `The content is damaged or cut off: ${reason}`;
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
