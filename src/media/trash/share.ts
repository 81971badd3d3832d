/**
 * Two files of the same bytes become one: a second name for one file (hard link), or two files that
 * share their blocks until one is written to (reflink). The new file takes the old one's place in
 * one rename, so at no moment there is none.
 *
 * @module
 */
import { dirname, join } from "node:path";
import type { Run } from "../../base/command.ts";
import { ConflictError, reasonOf } from "../../base/errors.ts";
import type { Platform } from "../../base/platform.ts";
import { TEMPORARY } from "./folder.ts";
import type { HalfShared, OwedOfShared } from "./half_shared.ts";
import { inWords } from "./rename.ts";

export const sharings = ["hardlink", "reflink"] as const;
export type Sharing = (typeof sharings)[number];

export interface ShareDeps {
  run: Run;
  platform: Platform;
  halfShared: HalfShared;
}

export interface ToShare {
  /** Absolute: what stays, and what is to become one with it. */
  keeper: string;
  victim: string;
  how: Sharing;
  /** The last look before the rename; what it throws leaves both files as they are. */
  check(): Promise<void>;
  /** What is to be said of it: noted until the note of the name that is returned has ended(). */
  owed?: OwedOfShared | undefined;
}

/** By platform: the command that clones a file or fails, but never copies it. */
const clone: Record<Platform, ((from: string, to: string) => [string, string[]]) | undefined> = {
  linux: (from, to) => ["cp", ["--reflink=always", "--preserve=mode,xattr", "--", from, to]],
  darwin: (from, to) => ["cp", ["-c", "-p", from, to]],
  windows: undefined,
};

/**
 * @returns the name that has taken the victim's place, as it is noted while something is owed
 * @throws {ConflictError} this file system, or these two places, cannot share; nothing is changed
 */
export async function share(
  { keeper, victim, how, check, owed }: ToShare,
  deps: ShareDeps,
): Promise<string> {
  const temporary = join(dirname(victim), TEMPORARY + crypto.randomUUID());
  deps.halfShared.begins(temporary, keeper, owed);
  try {
    if (how === "hardlink") await hardlink(keeper, temporary);
    else await reflink({ keeper, victim, temporary }, deps);
    await check();
    await inWords(victim, () => Deno.rename(temporary, victim));
  } catch (error) {
    // Where it was never made there is nothing to remove; what stays goes at the next start.
    const isGone = await Deno.remove(temporary).then(
      () => true,
      (cause) => cause instanceof Deno.errors.NotFound,
    );
    if (isGone) deps.halfShared.ended(temporary);
    throw error;
  }
  if (owed) deps.halfShared.renamed(temporary);
  else deps.halfShared.ended(temporary);
  return temporary;
}

async function hardlink(keeper: string, temporary: string): Promise<void> {
  try {
    await Deno.link(keeper, temporary);
  } catch (cause) {
    const code = (cause as { code?: string }).code ?? "";
    const why = code === "EXDEV"
      ? "they lie on different volumes"
      : code === "EMLINK"
      ? "it has as many names as it can have"
      : `its file system refuses: ${reasonOf(cause)}`;
    const message = `Cannot link to "${keeper}": ${why}. Move the other to the trash instead`;
    throw new ConflictError(message, { path: keeper }, { cause });
  }
}

async function reflink(
  { keeper, victim, temporary }: { keeper: string; victim: string; temporary: string },
  { run, platform }: ShareDeps,
): Promise<void> {
  const command = clone[platform]?.(keeper, temporary);
  if (!command) {
    throw new ConflictError(`Cannot share blocks on ${platform}: move the other to the trash`);
  }
  try {
    await run(...command, { timeoutMs: CLONE_MS });
  } catch (cause) {
    const message =
      `Cannot share the blocks of "${keeper}": its file system does not do that, or ` +
      `not with that place (${reasonOf(cause)}). Use a hard link, or the trash`;
    throw new ConflictError(message, { path: keeper }, { cause });
  }
  // The name stays the victim's in every respect but its blocks; and they are on the disk before
  // the old ones go.
  const { mode, atime, mtime } = await Deno.lstat(victim);
  if (mode !== null) await Deno.chmod(temporary, mode & 0o7777);
  if (mtime) await Deno.utime(temporary, atime ?? mtime, mtime);
  using file = await Deno.open(temporary, { read: true, write: true });
  await file.sync();
}

/** A clone of any size takes milliseconds; a file system that hangs takes for ever. */
const CLONE_MS = 60_000;
