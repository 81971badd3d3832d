/**
 * Walks one large folder in two parts side by side, where its drives have several readers and this
 * machine several processors: each goes its own way in the order of the paths, one up to the file in
 * the middle of those that are known, one from there on.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Lanes } from "../../../pool/mod.ts";
import type { Stepped, WalkSpec } from "./walk.ts";
import { walkFolder, type WalkFolderDeps } from "./walk_folder.ts";

export interface WalkPartsDeps extends WalkFolderDeps {
  lanes: WalkFolderDeps["lanes"] & Pick<Lanes, "limitOf">;
  /** Without it, as this machine has; see FEW. */
  processors?: number;
  few?: number;
}

/** Of so few files a second worker begins when the first one is over. */
const FEW = 20_000;
/** Issues remembered, so that what both parts come by is told once. */
const MOST_ISSUES = 1000;

/** Yields what each step tells, of the one part or the other. */
export async function* walkParts(spec: WalkSpec, deps: WalkPartsDeps): AsyncGenerator<Stepped> {
  const middle = await middleOf(spec, deps);
  if (middle === undefined) return yield* walkFolder(spec, deps);

  const ended = new AbortController();
  const signal = AbortSignal.any([deps.signal, ended.signal]);
  const walks = [
    walkFolder({ ...spec, upTo: middle }, { ...deps, signal }),
    walkFolder({ ...spec, after: middle }, { ...deps, signal, walker: deps.walker.beside() }),
  ];
  const next = (walk: AsyncGenerator<Stepped>) => {
    const step = walk.next().then((result) => ({ walk, result }));
    step.catch(() => {}); // it is awaited below, or the other one's failure is told
    return step;
  };
  const isNews = onlyOnce();
  const coming = new Map(walks.map((walk) => [walk, next(walk)]));
  try {
    while (coming.size > 0) {
      const { walk, result } = await Promise.race(coming.values());
      coming.delete(walk);
      if (result.done) continue;
      yield { ...result.value, issues: result.value.issues.filter(isNews) };
      coming.set(walk, next(walk));
    }
  } finally {
    ended.abort();
    await Promise.allSettled(walks.map((walk) => walk.return(undefined)));
  }
}

/** Where the second part begins; nothing where one walk is as good as two. */
async function middleOf(
  { root, folder, isEmpty }: WalkSpec,
  { walker, lanes, locate, signal, few = FEW, processors = availableParallelism() }: WalkPartsDeps,
): Promise<string | undefined> {
  if (isEmpty || processors < 2) return undefined;
  const { driveIds } = await locate(join(root, folder));
  // Two walks on a disk that turns are slower than one, and beside a film one is enough.
  if (lanes.limitOf(driveIds) < 2 || lanes.isStreaming(driveIds)) return undefined;
  return await walker.middle({ root, folder, few }, signal);
}

/** Both parts come by the folders that the middle lies in. */
function onlyOnce(): (issue: Stepped["issues"][number]) => boolean {
  const told = new Set<string>();
  return ({ path, problem }) => {
    const key = `${path}\n${problem}`;
    if (told.has(key)) return false;
    if (told.size < MOST_ISSUES) told.add(key);
    return true;
  };
}
