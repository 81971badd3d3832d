/**
 * What can be done with a copy, as a table. Each is told the files after all looks, and looks once
 * more itself where something lies in between.
 *
 * @module
 */
import type { Run } from "../../../base/command.ts";
import { ConflictError, UnavailableError } from "../../../base/errors.ts";
import type { Platform } from "../../../base/platform.ts";
import { type Library, share, type Sharing } from "../../../media/mod.ts";
import type { Member } from "../store.ts";
import type { Owed, OwedOfShared } from "./owed.ts";
import type { Checked, Outcome } from "./resolve.ts";
import type { Looked } from "./verify.ts";

interface Files {
  victim: Checked;
  keeper: Member;
  kept: Looked;
  /** What the history is to say of the file, should the program end before. */
  owes: Owed;
  /** Still as it was when it was read. @throws {ConflictError} it is not */
  again(member: Member, looked: Looked): Promise<void>;
}

interface ActionDeps {
  library: Pick<Library, "work" | "trash">;
  run: Run;
  platform: Platform;
}

type Action = (files: Files, deps: ActionDeps) => Promise<Done>;

/** What has been done, and what is left to do once it is written down. */
export interface Done {
  outcome: Outcome;
  /** What owes a word to the history: an entry of the trash, or the note of what was shared. */
  trashId?: string;
  sharedAs?: string;
  last?: {
    /** In the transaction that writes the outcome down. */
    begin(): void;
    /** @throws {UnavailableError} it could not be done: `instead` is what has become of the file */
    work(): Promise<void>;
    instead: Outcome;
  };
}

export const actions = {
  trash: async (files, deps) => {
    const { id } = await throwAway(files, deps);
    return { outcome: trashed(files, id), trashId: id };
  },

  /**
   * By way of the trash: a file is deleted only once it is known which one that is, and once that is
   * written down, for nobody could tell it afterwards.
   */
  delete: async (files, deps) => {
    const { id } = await throwAway(files, deps);
    const { library: { trash } } = deps;
    const { member, isOne } = files.victim;
    const work = async () => {
      const { failed } = await trash.empty({ ids: [id], signal: new AbortController().signal });
      if (failed.length === 0) return;
      const why = failed[0]!.problem;
      throw new UnavailableError(`Cannot delete what is in the trash: ${why}`, { id });
    };
    return {
      outcome: { id: member.id, done: "deleted", reclaimedBytes: isOne ? 0 : member.sizeBytes },
      trashId: id,
      last: { begin: () => trash.willDelete(id), work, instead: trashed(files, id) },
    };
  },

  hardlink: (files, deps) => unite(files, "hardlink", deps),
  reflink: (files, deps) => unite(files, "reflink", deps),
} satisfies Record<string, Action>;

export type How = keyof typeof actions;
export const hows = Object.keys(actions) as How[];

const trashed = ({ victim }: Files, trashId: string): Outcome => {
  return { id: victim.member.id, done: "trashed", reclaimedBytes: 0, trashId };
};

async function throwAway(
  { victim: { member }, keeper, kept, owes, again }: Files,
  { library: { trash } }: ActionDeps,
) {
  return await trash.put(member, {
    owes,
    why: `A copy of "${keeper.root}/${keeper.relativePath}"`,
    // Two ways may lead to one file, through shares or mounts, and no number tells.
    check: () => again(keeper, kept),
  });
}

async function unite(
  { victim: { member, looked, isOne }, keeper, kept, owes, again }: Files,
  how: Sharing,
  { library: { work, trash }, run, platform }: ActionDeps,
): Promise<Done> {
  if (isOne) return { outcome: { id: member.id, done: "one already", reclaimedBytes: 0 } };
  if (how === "hardlink" && looked.device !== kept.device) {
    throw new ConflictError(
      `Cannot link "${looked.path}" to "${kept.path}": they lie on different volumes. Move it to ` +
        "the trash instead",
    );
  }
  await trash.checkInside(looked.path);
  // Where the old file had other names, those keep its blocks.
  const isLast = looked.names === null || looked.names === 1;
  const outcome: Outcome = {
    id: member.id,
    done: how === "hardlink" ? "linked" : "cloned",
    reclaimedBytes: isLast ? member.sizeBytes : 0,
  };
  const owed: OwedOfShared = { ...owes, outcome };
  const sharedAs = await work.touch(looked.path, () =>
    share({
      keeper: kept.path,
      victim: looked.path,
      how,
      // Where files have no numbers nobody could tell whether it was done.
      owed: looked.inode === ""
        ? undefined
        : { victim: looked.path, inode: looked.inode, owes: owed },
      check: async () => {
        await again(keeper, kept);
        await again(member, looked);
      },
    }, { run, platform, halfShared: trash.halfShared }));
  const info = await work.touch(looked.path, () => Deno.lstat(looked.path));
  trash.sawShared(member.id, {
    modifiedMs: Math.floor(info.mtime?.getTime() ?? 0),
    ...info.ino !== null && { inode: String(info.ino) },
  });
  return { outcome, sharedAs };
}
