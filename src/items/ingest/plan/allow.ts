/**
 * What may be taken, and where to. Whoever asks over the network must not be able to move any file
 * of this machine into a library that he may read.
 *
 * @module
 */
import { isAbsolute, join, sep } from "node:path";
import { ConflictError, DeniedError, InvalidError, NotFoundError } from "../../../base/errors.ts";
import { isBelow, isWithin } from "../../../base/files.ts";
import type { Disk } from "../execute/disk.ts";

export interface AllowDeps {
  disk: Pick<Disk, "look" | "realPath">;
  roots: readonly string[];
  ingestDirs: readonly string[];
}

export interface Places {
  sources: string[];
  target: string;
}

/**
 * Sources and target without links.
 *
 * @param isLocal Whether a person at this machine asks.
 * @throws {InvalidError} no absolute path, a link, or one inside the other
 * @throws {NotFoundError} there is no such file or folder
 * @throws {DeniedError} the caller may not take it, or not put it there
 */
export async function allow(
  { sources, target }: Places,
  { disk, roots, ingestDirs }: AllowDeps,
  isLocal: boolean,
): Promise<Places> {
  const real: string[] = [];
  for (const source of sources) real.push(await realSource(source, disk));
  const into = await realTarget(target, disk);
  if (!roots.some((root) => isWithin(into, root))) {
    throw new DeniedError(
      `Cannot ingest into "${target}": it is in no media folder. Add it to MEDIA_DIRS first`,
      { target },
    );
  }
  const open: string[] = [...roots];
  for (const folder of ingestDirs) open.push(await disk.realPath(folder).catch(() => folder));
  for (const source of real) {
    if (!isLocal && !open.some((folder) => isWithin(source, folder))) {
      throw new DeniedError(
        `Cannot ingest "${source}" for another machine: it is neither in a media folder nor in ` +
          "INGEST_DIRS. Ask on the machine itself, or add its folder to that setting",
        { source },
      );
    }
    if (isWithin(into, source)) {
      throw new InvalidError(
        `Cannot ingest "${source}" into "${into}": the target is in the source`,
        { source },
      );
    }
  }
  return { sources: [...new Set(real)].filter(isOutermost), target: into };
}

const isOutermost = (path: string, _: number, all: string[]) =>
  !all.some((other) => isBelow(path, other));

async function realSource(source: string, disk: AllowDeps["disk"]): Promise<string> {
  if (!isAbsolute(source)) {
    throw new InvalidError(`Cannot ingest "${source}": expected an absolute path`, { source });
  }
  const seen = await disk.look(source);
  if (!seen) throw new NotFoundError(`Cannot ingest "${source}": it is not there`, { source });
  if (seen.kind === "link") {
    throw new InvalidError(`Cannot ingest "${source}": it is a link. Name what it leads to`, {
      source,
    });
  }
  return await disk.realPath(source);
}

/** A folder that is to be made has the real path of what is there of it. */
export async function realTarget(target: string, disk: AllowDeps["disk"]): Promise<string> {
  if (!isAbsolute(target)) {
    throw new InvalidError(`Cannot ingest into "${target}": expected an absolute path`, { target });
  }
  const path = join(target, "."); // without ".." and "/" at its end
  const seen = await disk.look(path);
  if (!seen) {
    const cut = path.lastIndexOf(sep);
    if (cut <= 0) throw new NotFoundError(`Cannot ingest into "${target}": it is not there`);
    return join(await realTarget(path.slice(0, cut), disk), path.slice(cut + 1));
  }
  const real = await disk.realPath(path);
  if ((await disk.look(real))?.kind !== "folder") {
    throw new ConflictError(`Cannot ingest into "${target}": it is no folder`, { target });
  }
  return real;
}
