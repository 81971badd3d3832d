/**
 * A plan on one page: what lies in the sources → what of it is there already → where the policy puts
 * it → whether the name is free → whether there is room. It reads, and writes nothing but its rows.
 *
 * @module
 */
import { yieldToOthers } from "../../../base/event_loop.ts";
import { dirname, relative } from "node:path";
import { UnavailableError } from "../../../base/errors.ts";
import { isBelow } from "../../../base/files.ts";
import { type ParseName, TRASH_FOLDER } from "../../../media/mod.ts";
import type { RunningJob } from "../../../pool/mod.ts";
import type { IngestDeps } from "../deps.ts";
import type { Disk } from "../execute/disk.ts";
import type { LibraryStore } from "../library/store.ts";
import type { NewStep, Plan } from "../model.ts";
import type { IngestStore } from "../store.ts";
import { countBuckets, createBuckets } from "./buckets.ts";
import type { Digest, Duplicates } from "./duplicates.ts";
import { numbered, type Placed, placeFilm } from "./facts.ts";
import { randomSlug } from "./names.ts";
import { isCopied, RoomCount } from "./room.ts";
import { type Film, type Found, survey } from "./survey.ts";
import { createNames, type Names } from "./taken.ts";

export interface PlanDeps extends Pick<IngestDeps, "hands" | "locate" | "settings"> {
  store: IngestStore;
  library: LibraryStore;
  duplicates: Duplicates;
  disk: Disk;
  parse: ParseName;
}

/** Steps kept in one transaction. */
const BATCH = 200;

/** Fills the plan with its steps. */
export async function makePlan(
  deps: PlanDeps,
  plan: Plan,
  job: RunningJob,
): Promise<void> {
  const { store, library, hands, settings, disk, locate } = deps;
  const { signal } = job;
  const { extensions, excludeDirs, roots } = settings();
  const list = listWith(hands.touch);
  const names = createNames(plan.target, list);
  const room = new RoomCount(plan.mode);
  const device = await deviceOf(disk, plan.target);
  const unshared = plan.mode === "hardlink" || plan.mode === "reflink"
    ? await disk.whyNotShared(await nearest(disk, plan.target), plan.mode)
    : undefined;
  const bucket = plan.policy === "hexmedia"
    ? createBuckets(await countBuckets(list, plan.target))
    : () => "00";

  const films: Film[] = [];
  const steps: NewStep[] = [];
  let seq = 0;
  const keep = async (all: NewStep[]) => {
    steps.push(...all);
    if (steps.length < BATCH) return;
    store.transaction(() => store.insertSteps(plan.id, steps.splice(0)));
    await yieldToOthers();
    signal.throwIfAborted();
  };

  const { sidecars } = plan.options;
  const { touch } = hands;
  const sets = {
    extensions: new Set(extensions),
    excludeDirs: new Set([...excludeDirs, TRASH_FOLDER]),
  };
  for await (const found of survey(plan.sources, { ...sets, sidecars, touch, signal })) {
    films.push(...found.films);
    for (const { path, ...it } of found.left) {
      await keep([{ seq: seq++, source: path, action: "skip", ...it }]);
    }
  }

  const digest: Digest = (path, expected, algorithm) =>
    hands.digest(path, expected, { algorithm, job, signal });
  const twins = await findTwins(deps.duplicates, films, digest);
  for (const film of films) {
    const subject = { ...film.file };
    const same = twins.get(film.file.path) ??
      await whyDuplicate(deps.duplicates, subject, digest);
    const context = { seq, plan, names, device, unshared, bucket: same ? "00" : bucket() };
    const planned = same
      ? skipped(film, seq, same)
      : await taken(film, { ...context, parse: deps.parse });
    seq += planned.length;
    for (const it of planned) {
      if (it.action === "take") {
        const isSameVolume = film.file.device === device;
        room.add({ sizeBytes: it.sizeBytes, isSameVolume });
        const root = roots.find((folder) => isBelow(it.source, folder));
        const known = root && library.at(root, relative(root, it.source).replaceAll("\\", "/"));
        if (known) it.mediaId = known;
      }
    }
    await keep(planned);
  }
  const volumeId = (await locate(plan.target)).placeId;
  store.transaction(() => store.insertSteps(plan.id, steps));
  store.planned(plan.id, room.of(await disk.freeBytes(await nearest(disk, plan.target)), volumeId));
}

interface Why {
  of: string;
  reason: string;
}

/** Those of the source that are there twice: by hard links, or by their content. */
async function findTwins(
  duplicates: Duplicates,
  films: readonly Film[],
  digest: Digest,
): Promise<Map<string, Why>> {
  const why = new Map<string, Why>();
  const linked = new Map<string, string>();
  const single = films.map(({ file }) => file).filter(({ path, links, inode, device }) => {
    if (links < 2 || inode === undefined) return true;
    const first = linked.get(`${device}:${inode}`);
    if (first) why.set(path, { of: first, reason: `A hard link: "${first}" is the same file` });
    else linked.set(`${device}:${inode}`, path);
    return first === undefined;
  });
  for (const [path, first] of await duplicates.within(single, digest)) {
    why.set(path, { of: first, reason: `The source has the same content in "${first}"` });
  }
  return why;
}

async function whyDuplicate(
  duplicates: Duplicates,
  file: Found,
  digest: Digest,
): Promise<Why | undefined> {
  if (file.sizeBytes === 0) return { of: "", reason: "The file is empty" };
  const known = await duplicates.inLibrary(file, digest);
  return known
    ? { of: known, reason: `The library has the same content in "${known}"` }
    : undefined;
}

function skipped({ file, sidecars }: Film, seq: number, { of, reason }: Why): NewStep[] {
  const [own, others] = [{ ...ofFile(file), seq, reason }, `Its film is left: ${reason}`];
  return [
    { ...own, action: "skip", ...of && { duplicateOf: of } },
    ...sidecars.map((it, index): NewStep => ({
      ...ofFile(it),
      seq: seq + 1 + index,
      alongWith: seq,
      action: "skip",
      reason: others,
    })),
  ];
}

const ofFile = ({ path, sizeBytes, modifiedMs, inode }: Found) => ({
  source: path,
  sizeBytes,
  modifiedMs,
  inode,
});

/** More files of one name are no names any more. */
const MOST_OF_ONE_NAME = 100;

async function taken(
  film: Film,
  { seq, plan, names, device, unshared, bucket, parse }: {
    seq: number;
    plan: Plan;
    names: Names;
    device: number;
    /** Why the target's file system cannot do what is asked. */
    unshared: string | undefined;
    bucket: string;
    parse: ParseName;
  },
): Promise<NewStep[]> {
  const { file } = film;
  const refuse = (reason: string) => skipped(film, seq, { of: "", reason });
  const isSameVolume = file.device === device;
  if (!isSameVolume && plan.mode === "hardlink") {
    return refuse("A hard link cannot lead to another volume: copy it");
  }
  if (!isSameVolume && plan.mode === "reflink") {
    return refuse("Blocks cannot be shared with another volume: copy it");
  }
  if (unshared !== undefined) return refuse(unshared);
  const first = placeFilm(film, plan.policy, { parse, slug: randomSlug(), bucket });
  let placed = first;
  let name = await names.take(placed.segments, file.path);
  for (let count = 2; "reason" in name && plan.options.onClash === "number"; count++) {
    if (count > MOST_OF_ONE_NAME) break;
    placed = numbered(first, count);
    name = await names.take(placed.segments, file.path);
  }
  if ("reason" in name) return refuse(`${name.reason}: "${name.path}"`);
  if (plan.sources.some((source) => isBelow(name.path, source))) {
    return refuse("Its place would be in the source itself");
  }
  const how = isCopied(plan.mode, { isSameVolume }) && plan.mode === "move"
    ? `${placed.reason}; to another volume: copied, then removed`
    : placed.reason;
  const links = file.links > 1 ? `; the file has ${file.links} names (hard links)` : "";
  return [
    { ...ofFile(file), seq, target: name.path, action: "take", reason: how + links },
    ...await alongside(placed, { seq, film, names }),
  ];
}

async function alongside(
  { segments, sidecars }: Placed,
  { seq, film, names }: { seq: number; film: Film; names: Names },
): Promise<NewStep[]> {
  const steps: NewStep[] = [];
  for (const { file, name } of sidecars) {
    const to = await names.take([...segments.slice(0, -1), name], file.path);
    const own = { ...ofFile(file), seq: seq + 1 + steps.length, alongWith: seq };
    steps.push(
      "reason" in to ? { ...own, action: "skip", reason: `${to.reason}: "${to.path}"` } : {
        ...own,
        action: "take",
        target: to.path,
        reason: `Goes along with "${film.file.path}"`,
      },
    );
  }
  return steps;
}

function listWith(touch: IngestDeps["hands"]["touch"]) {
  return async (folder: string): Promise<{ name: string; isDirectory: boolean }[]> => {
    try {
      return await touch(folder, async (alive) => {
        const all: { name: string; isDirectory: boolean }[] = [];
        for await (const { name, isDirectory } of Deno.readDir(folder)) {
          all.push({ name, isDirectory });
          alive();
        }
        return all;
      });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  };
}

/** Of the nearest folder that is there: the others are made in it. */
async function nearest(disk: Disk, path: string): Promise<string> {
  return await disk.look(path) || dirname(path) === path
    ? path
    : await nearest(disk, dirname(path));
}

async function deviceOf(disk: Disk, target: string): Promise<number> {
  const seen = await disk.look(await nearest(disk, target));
  if (!seen) throw new UnavailableError(`Cannot plan: "${target}" cannot be looked at`);
  return seen.device;
}
