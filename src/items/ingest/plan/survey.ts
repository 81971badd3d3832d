/**
 * What lies in the sources: media, with the files that belong to them, and whatever else. Links are
 * told, and never followed: nobody knows whose file is behind them.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { InvalidError } from "../../../base/errors.ts";
import { explain, extensionOf, type FileWork, picturesOfFilms } from "../../../media/mod.ts";
import { factsOf } from "../execute/disk.ts";
import { type Facts, PART_PREFIX } from "../model.ts";
import { byStem, isSidecar, ownerOf } from "./sidecars.ts";

export interface Found extends Facts {
  path: string;
  device: number;
  /** Names that the file has: hard links. */
  links: number;
}

export interface Film {
  file: Found;
  sidecars: Found[];
}

export interface Left {
  path: string;
  sizeBytes: number;
  modifiedMs: number;
  reason: string;
}

/** What is in one folder. */
export interface Surveyed {
  films: Film[];
  left: Left[];
}

export interface SurveyOptions {
  /** Lower case, with the dot. */
  extensions: ReadonlySet<string>;
  sidecars: boolean;
  /** Folder names, or absolute paths, that are passed over. */
  excludeDirs: ReadonlySet<string>;
  touch: FileWork["touch"];
  signal: AbortSignal;
}

/** More want several plans: one is looked through by a person. */
const MAX_FILES = 200_000;

/**
 * Folder by folder, in order of their names.
 *
 * @throws {InvalidError} there are too many files for one plan
 */
export async function* survey(
  sources: readonly string[],
  options: SurveyOptions,
): AsyncGenerator<Surveyed> {
  const { excludeDirs, signal, touch } = options;
  let files = 0;
  const folders: string[] = [];
  const single = new Map<string, string[]>();
  for (const source of sources) {
    const info = await touch(source, () => Deno.lstat(source));
    if (info.isDirectory) folders.push(source);
    else single.set(dirname(source), [...single.get(dirname(source)) ?? [], basename(source)]);
  }
  for (const [folder, names] of single) {
    yield await look(folder, { ...options, named: new Set(names) });
  }
  folders.reverse();
  while (folders.length > 0) {
    signal.throwIfAborted();
    const folder = folders.pop()!;
    const { subfolders, ...surveyed } = await look(folder, options);
    files += surveyed.films.length + surveyed.left.length;
    if (files > MAX_FILES) {
      throw new InvalidError(
        `Cannot plan: there are more than ${MAX_FILES} files. Ingest some of the folders at a time`,
      );
    }
    yield surveyed;
    const wanted = subfolders.filter((name) =>
      !excludeDirs.has(name) && !excludeDirs.has(join(folder, name))
    );
    folders.push(...wanted.sort().reverse().map((name) => join(folder, name)));
  }
}

async function look(
  folder: string,
  { extensions, sidecars, touch, named }: SurveyOptions & { named?: ReadonlySet<string> },
): Promise<Surveyed & { subfolders: string[] }> {
  const subfolders: string[] = [];
  const left: Left[] = [];
  const names: string[] = [];
  try {
    await touch(folder, async (alive) => {
      for await (const { name, isDirectory, isFile, isSymlink } of Deno.readDir(folder)) {
        alive();
        if (isDirectory) subfolders.push(name);
        else if (isFile) names.push(name);
        else if (!named || named.has(name)) {
          const reason = isSymlink
            ? "It is a link, and links are not followed: name the file that it leads to"
            : "It is no ordinary file";
          left.push({ path: join(folder, name), sizeBytes: 0, modifiedMs: 0, reason });
        }
      }
    });
  } catch (error) {
    const reason = explain(error, "folder");
    left.push({ path: folder, sizeBytes: 0, modifiedMs: 0, reason });
  }
  names.sort();
  const wanted = names.filter((name) =>
    extensions.has(extensionOf(name)) && (!named || named.has(name)) &&
    !name.startsWith(PART_PREFIX)
  );
  const art = picturesOfFilms(wanted);
  const media = wanted.filter((name) => !art.has(name));
  const isMedia = new Set(media);
  const stems = byStem(media);
  const films = new Map<string, Film>();
  for (const name of media) {
    const file = await stat(join(folder, name), touch, left);
    if (file) films.set(name, { file, sidecars: [] });
  }
  for (const name of names) {
    if (isMedia.has(name)) continue;
    const path = join(folder, name);
    const owner = sidecars ? films.get(ownerOf(name, stems) ?? "") : undefined;
    if (owner) {
      const sidecar = await stat(path, touch, left);
      if (sidecar) owner.sidecars.push(sidecar);
      continue;
    }
    if (named && !named.has(name)) continue;
    const reason = isSidecar(name)
      ? sidecars ? "No film of its name lies beside it" : "Files beside films are left, as asked"
      : `"${extensionOf(name) || name}" is not among the extensions of media`;
    left.push({ path, sizeBytes: 0, modifiedMs: 0, reason });
  }
  return { films: [...films.values()], left, subfolders };
}

async function stat(
  path: string,
  touch: FileWork["touch"],
  left: Left[],
): Promise<Found | undefined> {
  try {
    const info = await touch(path, () => Deno.lstat(path));
    return { path, ...factsOf(info) };
  } catch (error) {
    left.push({
      path,
      sizeBytes: 0,
      modifiedMs: 0,
      reason: explain(error, "file"),
    });
  }
}
