/**
 * The order in which a drive with a head reads files best: as they lie on it, so that the head goes
 * over them once. Drives without a head read in any order.
 *
 * @module
 */
import { join } from "node:path";
import { CommandError, type Run } from "../../base/command.ts";
import { UnavailableError } from "../../base/errors.ts";
import { aside, type Lanes } from "../../pool/mod.ts";
import { filefragArgs, parseFilefrag } from "./filefrag.ts";
import type { Waiting } from "./store.ts";

/** Puts some hundred files in order. Never fails but by its signal: then no order is an order. */
export type Order = (
  files: Waiting[],
  driveIds: readonly string[],
  signal: AbortSignal,
) => Promise<Waiting[]>;

export interface OrderDeps {
  lanes: Pick<Lanes, "isTurning" | "acquire">;
  run: Run;
}

/** Files asked about by one filefrag: it looks at each, some milliseconds on a slow disk. */
const FILES_AT_ONCE = 32;
const TIME_LIMIT_MS = 10_000;

/** It stands where only administrators look for programs. */
const programs = ["filefrag", "/usr/sbin/filefrag", "/sbin/filefrag"];

interface Located {
  file: Waiting;
  /** Place of the first byte on the disk. */
  begin?: number | undefined;
  inode?: number | undefined;
}

export function physicalOrder({ lanes, run }: OrderDeps): Order {
  let program = 0;

  /** Undefined where filefrag cannot be had, or says nothing useful of these files. */
  const ask = async (paths: string[], signal: AbortSignal): Promise<string | undefined> => {
    while (program < programs.length) {
      try {
        return await run(programs[program]!, filefragArgs(paths), {
          signal,
          timeoutMs: TIME_LIMIT_MS,
        });
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof CommandError)) throw error;
        if (!error.details.missing) return undefined;
        program++;
      }
    }
  };

  const locate = async (
    files: Waiting[],
    driveIds: readonly string[],
    signal: AbortSignal,
  ): Promise<Located[]> => {
    const paths = files.map(({ root, relativePath }) => join(root, relativePath));
    using lease = await lanes.acquire(driveIds, { signal, priority: "scan", leavesForFilms: true });
    return await aside(lease, signal, async (signal) => {
      const output = await ask(paths, signal);
      if (output !== undefined) {
        const begins = parseFilefrag(output, paths);
        if (begins.some((it) => it !== undefined)) {
          return files.map((file, index) => ({ file, begin: begins[index] }));
        }
      }
      return await Promise.all(files.map(async (file, index) => {
        return { file, inode: await inodeOf(paths[index]!) };
      }));
    });
  };

  return async (files, driveIds, signal) => {
    if (files.length < 2 || !lanes.isTurning(driveIds)) return files;
    const located: Located[] = [];
    try {
      for (let at = 0; at < files.length; at += FILES_AT_ONCE) {
        signal.throwIfAborted();
        located.push(...await locate(files.slice(at, at + FILES_AT_ONCE), driveIds, signal));
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof UnavailableError)) throw error;
      // A film plays: what is read in its pauses is one piece here and one there anyway.
    }
    const others = files.slice(located.length);
    return [...located.sort(byPlace).map(({ file }) => file), ...others];
  };
}

/** Files without a place are read from where their inode is, at the begin; else as they came. */
function byPlace(one: Located, other: Located): number {
  return (one.begin ?? 0) - (other.begin ?? 0) || (one.inode ?? 0) - (other.inode ?? 0);
}

/** A neighbour by inode is mostly a neighbour on the disk: file systems put them so. */
async function inodeOf(path: string): Promise<number | undefined> {
  const info = await Deno.lstat(path).catch(() => undefined);
  return info?.ino ?? undefined;
}
