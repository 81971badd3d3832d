/**
 * Gives a file its final name, and never overwrites: rename() would. Where there are hard links, the
 * name is linked, which fails where it is taken; elsewhere an empty file takes the name first.
 *
 * @module
 */
import { dirname } from "node:path";
import type { Step } from "../model.ts";
import type { Disk, Seen } from "./disk.ts";
import type { Seen as JournalSeen } from "../journal.ts";
import { cannotLink } from "./reasons.ts";

export interface PlaceOptions {
  from: string;
  to: string;
  /** A part file has no name of its own to keep. */
  isPart: boolean;
  /** Whether a name may be taken by an empty file where there are no links. */
  mayReserve: boolean;
  /** Told before the name is taken by an empty file. */
  reserving(): void;
}

/** @returns how it was done. @throws as the disk does; isTaken() tells that the name is taken */
export async function place(
  disk: Disk,
  { from, to, isPart, mayReserve, reserving }: PlaceOptions,
): Promise<"link" | "rename"> {
  const isLinked = await disk.link(from, to).then(() => true, (error) => {
    if (mayReserve && cannotLink(error)) return false;
    throw error;
  });
  if (isLinked && isPart) await disk.remove(from);
  if (!isLinked) {
    reserving();
    await disk.reserve(to);
    await disk.rename(from, to);
  }
  await disk.syncFolder(dirname(to));
  return isLinked ? "link" : "rename";
}

/**
 * What is to be seen of a step that was cut off while its file got its name.
 *
 * @param isSame Whether the target has the content of the step's source.
 */
export async function seePlacing(
  disk: Disk,
  step: Step,
  from: string,
  isSame: () => Promise<boolean>,
): Promise<JournalSeen> {
  const [own, target] = [await disk.look(from), await disk.look(step.target!)];
  if (!target) return { from: own !== undefined, target: "none" };
  if (own && isOneFile(own, target)) return { from: true, target: "ours" };
  if (target.sizeBytes === 0 && step.sizeBytes > 0 && step.state === "reserving") {
    return { from: own !== undefined, target: "empty" };
  }
  const same = target.kind === "file" && target.sizeBytes === step.sizeBytes && await isSame();
  return { from: own !== undefined, target: same ? "same" : "foreign" };
}

/**
 * Two names of one file. A name that shows at two places, as a bind mount makes it, is one name:
 * then the file has but one.
 */
export function isOneFile(one: Seen, other: Seen): boolean {
  return one.inode !== undefined && one.inode === other.inode && one.device === other.device &&
    one.links > 1;
}
