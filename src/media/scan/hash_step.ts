/**
 * The last step of a scan: the hashes of each file, in one read.
 *
 * @module
 */
import { join } from "node:path";
import type { Lanes } from "../../pool/mod.ts";
import type { HashName } from "../hash/algorithms.ts";
import type { Step } from "./drain.ts";
import { problemOf } from "./probe_step.ts";
import type { Tally } from "./progress.ts";
import type { ScanStore } from "./store.ts";

const CHANGED = "The file changed while it was read: it is read again at the next scan";

export interface HashStepDeps {
  store: ScanStore;
  lanes: Pick<Lanes, "isTurning">;
}

/** @param algorithms What each file is hashed with. */
export function hashStep(
  { store, lanes }: HashStepDeps,
  algorithms: readonly HashName[],
  tally: Tally,
): Step {
  return {
    sideBySide: (driveIds) => !lanes.isTurning(driveIds),
    status: "probed",
    priority: "hash",
    kind: "hash",
    title: "Hash files",
    toJob: (files) => {
      const known = store.hashesOf(files.map(({ id }) => id));
      return {
        kind: "hash",
        together: !lanes.isTurning(files[0]!.driveIds),
        files: files.map(({ id, root, relativePath, sizeBytes, modifiedMs }) => ({
          path: join(root, relativePath),
          expected: { sizeBytes, modifiedMs },
          names: algorithms.filter((name) => !known.has(`${id} ${name}`)),
        })),
      };
    },
    save: (results) => {
      for (const { file, result } of results) {
        const path = join(file.root, file.relativePath);
        const unusable = (problem: string) => {
          store.saveUnreadable(file.id, problem);
          tally.issue(path, problem);
        };
        if ("error" in result) unusable(problemOf(result.error));
        else if (!("hashed" in result) || result.hashed === "changed") unusable(CHANGED);
        else {
          store.saveHashes(file.id, result.hashed.hashes);
          tally.report.bytesRead += result.hashed.bytesRead;
        }
        tally.advance(1, file.sizeBytes, path);
      }
    },
  };
}
