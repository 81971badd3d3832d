/**
 * Walks one folder step by step, each in the lane of the drives that it is about to look at, and
 * gives a file system up that does not answer.
 *
 * @module
 */
import { join } from "node:path";
import { UnavailableError } from "../../../base/errors.ts";
import { Gauge, type Lanes } from "../../../pool/mod.ts";
import type { Located } from "../record/record.ts";
import type { Walker } from "./open_walker.ts";
import { explain, type Touch } from "./touch.ts";
import { type FolderPlace, isIn, type Stepped, type WalkSpec } from "./walk.ts";

export interface WalkFolderDeps {
  walker: Walker;
  lanes: Pick<Lanes, "isStreaming"> & { acquire: Lanes["acquire"] };
  locate(path: string): Promise<Located>;
  touch: Touch;
  signal: AbortSignal;
}

/**
 * So long a step takes: the main thread may be long in asking for the next one. A film that begins
 * meanwhile waits for one look.
 */
const STEP_MS = 250;
/** Beside a film. */
const ASIDE = { ms: 2, looks: 8 };

/**
 * Yields what each step tells. The next step is under way while the caller has this one's news; at
 * most one is ever ahead.
 */
export async function* walkFolder(spec: WalkSpec, deps: WalkFolderDeps): AsyncGenerator<Stepped> {
  const { walker, lanes, locate, touch, signal } = deps;
  const { root } = spec;
  let [folder, wantsPlace] = [spec.folder, true];
  /** The file systems that the open folders are on, the outermost first, each from a folder on. */
  let places: { from: string; driveIds: string[] }[] = [];
  const hereIs = () => places.at(-1)!;

  const step = async (place: FolderPlace | undefined): Promise<Stepped> => {
    const options = { signal, priority: "scan", isShort: true, hasPassed: true } as const;
    const { driveIds } = hereIs();
    using lease = await lanes.acquire(driveIds, options);
    using gauge = new Gauge();
    lease.asked.addEventListener("abort", () => gauge.askAside(), { once: true });
    const limits = lanes.isStreaming(driveIds) ? ASIDE : { ms: STEP_MS, looks: Infinity };
    const given = new AbortController();
    const either = AbortSignal.any([signal, given.signal]);
    try {
      return await touch(
        join(root, folder),
        () => walker.step({ ...limits, place }, { signal: either, cells: gauge.cells }),
      );
    } finally {
      // It was given up: its worker may hang in there for ever, and is left behind.
      given.abort();
    }
  };

  const next = async (): Promise<Stepped> => {
    let place: FolderPlace | undefined;
    places = places.filter(({ from }) => isIn(folder, from));
    if (wantsPlace) {
      const { driveIds, placeId, pathInVolume } = await locate(join(root, folder));
      const isPlaced = placeId !== undefined && pathInVolume !== undefined;
      places.push({ from: folder, driveIds });
      place = {
        driveIds,
        volumeId: isPlaced ? placeId : null,
        folderInVolume: isPlaced ? pathInVolume.replace(/^\/$/, "") : null,
      };
    }
    try {
      return await step(place);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof UnavailableError)) throw error;
      return await giveUp(error);
    }
  };

  /** Nobody knows what is in there now; the walk goes on behind it. */
  const giveUp = async (error: unknown): Promise<Stepped> => {
    const issues = [{ path: join(root, folder), problem: explain(error, "folder") }];
    const nothing = { files: 0, bytes: 0, differences: [], issues, folder };
    const { from } = hereIs();
    if (from === spec.folder) return { ...nothing, wantsPlace: false, isOver: true };
    await walker.begin({ ...spec, after: `${from}/` }, signal);
    return { ...nothing, folder: spec.folder, wantsPlace: true, isOver: false };
  };

  await walker.begin(spec, signal);
  let coming = next();
  try {
    for (;;) {
      const stepped = await coming;
      ({ folder, wantsPlace } = stepped);
      coming = stepped.isOver ? Promise.resolve(stepped) : next();
      coming.catch(() => {}); // it is awaited above, or its failure is the caller's own
      yield stepped;
      if (stepped.isOver) return;
    }
  } finally {
    await coming.catch(() => {});
  }
}
