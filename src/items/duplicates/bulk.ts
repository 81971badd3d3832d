/**
 * All open groups of the same bytes at once, each by the keeper that is suggested: first as a plan
 * that touches nothing.
 *
 * @module
 */
import { yieldToOthers } from "../../base/event_loop.ts";
import { Failure } from "../../base/errors.ts";
import { isHere, type KeeperWorld, suggestKeeper } from "./keeper.ts";
import type { How } from "./resolve/actions.ts";
import type { Resolve } from "./resolve/resolve.ts";
import type { DuplicatesStore, Group } from "./store.ts";

export interface BulkRequest {
  /** All open ones of the same bytes unless said. */
  groupIds?: readonly string[] | undefined;
  how: How;
  /** Only says what would be done. */
  dryRun: boolean;
  /** Groups at most. */
  limit: number;
  user: string;
  signal: AbortSignal;
}

export interface BulkStep {
  groupId: string;
  keep?: string;
  reasons: string[];
  remove: string[];
  reclaimableBytes: number;
  /** Why nothing was done. */
  problem?: string;
}

export interface BulkReport {
  dryRun: boolean;
  groups: number;
  files: number;
  reclaimableBytes: number;
  failed: number;
  steps: BulkStep[];
}

interface BulkDeps {
  store: DuplicatesStore;
  world: KeeperWorld;
  resolve: Resolve;
}

const PAGE = 50;

export function createBulk({ store, world, resolve }: BulkDeps) {
  const plan = (group: Group): BulkStep => {
    const none = { groupId: group.id, remove: [], reclaimableBytes: 0 };
    if (group.kind !== "exact") {
      return { ...none, reasons: [], problem: "its files are only alike: a person decides" };
    }
    const members = store.members(group.id);
    const { keep, reasons } = suggestKeeper(group.kind, members, world);
    if (keep === undefined) return { ...none, reasons, problem: reasons.join(", ") };
    const keeper = members.find(({ id }) => id === keep)!;
    const isOne = (it: typeof keeper) =>
      it.inode !== undefined && it.inode === keeper.inode && it.volumeId === keeper.volumeId;
    // Another name of the same file takes no room; and what is offline cannot be looked at.
    const gone = members.filter((it) => it.id !== keep && isHere(it) && !isOne(it));
    return {
      groupId: group.id,
      keep,
      reasons,
      remove: gone.map(({ id }) => id),
      reclaimableBytes: gone.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      ...gone.length === 0 && { problem: "nothing to reclaim: the others are offline or links" },
    };
  };

  function* groups({ groupIds, limit }: BulkRequest): Generator<Group> {
    if (groupIds) {
      for (const id of groupIds.slice(0, limit)) yield store.find(id);
      return;
    }
    let after: { reclaimableBytes: number; id: string } | undefined;
    for (let left = limit; left > 0;) {
      const some = store.list({ kind: "exact", state: "open", after, limit: Math.min(PAGE, left) });
      yield* some;
      if (some.length < PAGE) return;
      left -= some.length;
      after = some.at(-1)!;
    }
  }

  return async function resolveAll(request: BulkRequest): Promise<BulkReport> {
    const { dryRun, how, user, signal } = request;
    const report: BulkReport = {
      dryRun,
      groups: 0,
      files: 0,
      reclaimableBytes: 0,
      failed: 0,
      steps: [],
    };
    for (const group of groups(request)) {
      signal.throwIfAborted();
      const step = plan(group);
      report.steps.push(step);
      if (step.keep !== undefined && step.remove.length > 0 && !dryRun) {
        try {
          const { keep, remove } = step;
          const { outcomes } = await resolve(group.id, { keep, remove, how, user, signal });
          const problem = outcomes.find((it) => it.problem !== undefined)?.problem;
          step.remove = outcomes.filter(({ done }) => done !== undefined).map(({ id }) => id);
          if (problem !== undefined) step.problem = problem;
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          Object.assign(step, { problem: error.message, remove: [], reclaimableBytes: 0 });
        }
      }
      if (step.problem !== undefined) report.failed++;
      if (step.remove.length > 0) report.groups++;
      report.files += step.remove.length;
      report.reclaimableBytes += step.reclaimableBytes;
      await yieldToOthers();
    }
    return report;
  };
}
