/**
 * Files of the same bytes: goes through what the index of digests says, either all of it, or only
 * what is new since the last look, and then looks again at the groups that are known.
 *
 * @module
 */
import { clusters, evidences, strongestOf } from "../evidence.ts";
import { MAX_MEMBERS } from "../store.ts";
import type { Pace } from "./pace.ts";
import { beginLook, reclaimableOf, saveGroup } from "./save.ts";
import type { LookStore } from "./store.ts";
import { vanishUnfound } from "./vanish.ts";

/** Rows of the index in one step; some milliseconds. */
const PAGE = 2000;
/** Files whose hashes are compared in one step. */
const FILES_AT_ONCE = 100;
const NEWS_AT_ONCE = 100;

export interface LookOptions {
  store: LookStore;
  pace: Pace;
  /** Everything, however long it is known. */
  full: boolean;
  onGroup(): void;
}

export async function lookExact({ store, pace, full, onGroup }: LookOptions): Promise<void> {
  await beginLook({ store, pace });
  const save = (runs: readonly string[][]) => {
    for (let count = saveRuns(store, runs); count > 0; count--) onGroup();
  };

  if (full) {
    for (const algorithm of evidences) {
      for await (const runs of runsOf(algorithm, { store, pace })) await pace(() => save(runs));
    }
  }
  for (;;) {
    const news = await pace(() => store.news(NEWS_AT_ONCE));
    if (news.length === 0) break;
    await byDigest(news);
    await pace(() => store.transaction(() => store.forgetNews(news)));
  }
  await vanishUnfound("exact", { store, pace }, async (unfound) => {
    await byDigest(unfound.map(({ key }) => {
      const [algorithm, digest] = key.split(":") as [string, string];
      return { algorithm, digest };
    }));
  });
  await pace(() => store.end("exact"));

  async function byDigest(digests: readonly { algorithm: string; digest: string }[]) {
    let runs: string[][] = [];
    const flush = async () => {
      await pace(() => save(runs));
      runs = [];
    };
    for (const { algorithm, digest } of digests) {
      runs.push(store.withDigest(algorithm, digest));
      if (runs.flat().length >= FILES_AT_ONCE) await flush();
    }
    await flush();
  }
}

/** Files beside each other in the index with the same digest, a step's worth of them at a time. */
async function* runsOf(
  algorithm: string,
  { store, pace }: { store: LookStore; pace: Pace },
): AsyncGenerator<string[][]> {
  let last = { digest: "", mediaId: "" };
  let run: string[] = [];
  let runs: string[][] = [];
  let files = 0;
  for (let isOver = false; !isOver;) {
    const page = await pace(() => store.digests(algorithm, last, PAGE));
    isOver = page.length < PAGE;
    for (const { digest, mediaId } of page) {
      if (digest !== last.digest) close();
      if (run.length < MAX_MEMBERS) run.push(mediaId);
      last = { digest, mediaId };
      if (files < FILES_AT_ONCE) continue;
      yield runs;
      [runs, files] = [[], 0];
    }
  }
  close();
  if (runs.length > 0) yield runs;

  function close() {
    if (run.length > 1) {
      runs.push(run);
      files += run.length;
    }
    run = [];
  }
}

/** How many groups came out of these runs. */
function saveRuns(store: LookStore, runs: readonly string[][]): number {
  const facts = new Map(store.facts(runs.flat()).map((file) => [file.id, file]));
  let found = 0;
  store.transaction(() => {
    for (const run of runs) {
      const files = run.map((id) => facts.get(id)).filter((it) => it !== undefined);
      for (const cluster of clusters(files)) {
        const algorithm = strongestOf(cluster.map(({ hashes }) => hashes));
        if (!algorithm) continue;
        const isNew = saveGroup(store, {
          kind: "exact",
          key: `${algorithm}:${cluster[0]!.hashes[algorithm]}`,
          members: cluster.map(({ id }) => ({ id, distance: 0 })),
          reclaimableBytes: reclaimableOf(cluster),
        });
        if (isNew) found++;
      }
    }
  });
  return found;
}
