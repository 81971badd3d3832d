/**
 * A group that a look has found becomes the one that people know already: groups are told again by
 * their files, so what somebody has dismissed stays so when another file or hash joins.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Pace } from "./pace.ts";
import type { CopyFacts, FoundGroup, LookStore } from "./store.ts";

/** Before a look at a kind: nothing is found yet. */
export async function beginLook({ store, pace }: { store: LookStore; pace: Pace }): Promise<void> {
  await pace(store.begin);
  while (await pace(() => store.clear(1000)) > 0);
}

/** Writes a group; false where this look has found its files together already. */
export function saveGroup(store: LookStore, found: FoundGroup): boolean {
  const ids = found.members.map(({ id }) => id);
  const known = store.groupsWith(found.kind, ids);
  if (known.some((it) => it.isFound && it.shared === ids.length)) return false;
  const mine = known.find((it) => !it.isFound);
  store.save(mine?.id ?? groupId(found), found);
  return true;
}

/** The same for the same kind and key. */
function groupId({ kind, key }: FoundGroup): string {
  const digest = createHash("sha256").update(`${kind}\n${key}`).digest("hex");
  return `dup-${digest.slice(0, 24)}`;
}

/** What all but the largest take, names of one file counted once. */
export function reclaimableOf(files: readonly CopyFacts[]): number {
  const inodes = new Map<string, number>();
  for (const { id, sizeBytes, volumeId, inode } of files) {
    inodes.set(volumeId && inode ? `${volumeId} ${inode}` : id, sizeBytes);
  }
  const sizes = [...inodes.values()];
  return sizes.reduce((sum, size) => sum + size, 0) - Math.max(0, ...sizes);
}
