/**
 * One look for duplicates, as a job: by content, by what is seen, by name.
 *
 * @module
 */
import type { Publish } from "../../../base/events.ts";
import type { Database } from "../../../db/mod.ts";
import type { Jobs } from "../../../pool/mod.ts";
import type { GroupKind } from "../store.ts";
import { lookExact } from "./exact.ts";
import { createPace } from "./pace.ts";
import { lookSimilar } from "./similar/similar.ts";
import { createSimilarStore } from "./similar/store.ts";
import { createLookStore } from "./store.ts";
import { createTitlesStore } from "./titles/store.ts";
import { lookTitles } from "./titles/titles.ts";

export interface LookDeps {
  db: Database;
  jobs: Jobs;
  publish: Publish;
  /** Films that are at most so far apart are one: 0 to 0.8; 0 asks for none. */
  distance(): number;
}

export interface LookReport {
  /** Of each kind that was looked for: groups that are open now, and what they hold. */
  kinds: Partial<Record<GroupKind, { groups: number; reclaimableBytes: number }>>;
  seconds: number;
  steps: number;
  /** Those of over 50 ms, of a disk that is busy: others have waited. */
  slowSteps: number;
  /** How long others had to wait at most, in milliseconds. */
  longestStepMs: number;
}

export interface LookOptions {
  signal: AbortSignal;
  /** Everything, also what has been looked at before. */
  full?: boolean;
  /** All of them unless said. */
  kinds?: readonly GroupKind[] | undefined;
}

/** The job's id. */
export const LOOK_JOB = "duplicates";

export function createLook({ db, jobs, publish, distance }: LookDeps) {
  const store = createLookStore(db);
  const similar = createSimilarStore(db);
  const titles = createTitlesStore(db);

  /** @throws {ConflictError} somebody else looks already */
  return async function look(
    { signal, full = false, kinds = ["exact", "similar", "title"] }: LookOptions,
  ): Promise<LookReport> {
    const spec = { id: LOOK_JOB, kind: LOOK_JOB, title: "Look for duplicates", driveIds: [] };
    return await jobs.run(spec, async (job) => {
      const began = performance.now();
      const pace = createPace(job);
      const options = { store, pace, onGroup: () => job.advance(1, 0) };
      // What was hashed before there were groups is no news.
      const isFirst = await pace(() => store.lookedAt("exact")) === undefined;
      const looks: Record<GroupKind, () => Promise<void>> = {
        exact: () => lookExact({ ...options, full: full || isFirst }),
        similar: () => lookSimilar({ ...options, similar, distance: distance() }),
        title: () => lookTitles({ ...options, titles }),
      };
      const report: LookReport = {
        kinds: {},
        seconds: 0,
        steps: 0,
        slowSteps: 0,
        longestStepMs: 0,
      };
      for (const kind of kinds) {
        await looks[kind]();
        report.kinds[kind] = await pace(() => store.countOpen(kind));
      }
      report.seconds = (performance.now() - began) / 1000;
      const { steps, slowSteps, longestMs: longestStepMs } = pace;
      Object.assign(report, { steps, slowSteps, longestStepMs });
      publish("duplicates.found", { kinds: report.kinds });
      return report;
    }, { signal });
  };
}
