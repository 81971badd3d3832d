/**
 * Deals with duplicates: everything is looked at once more first, the one that is kept is read from
 * begin to end, and one request works at a time. So the last copy is never touched.
 *
 * @module
 */
import type { Run } from "../../../base/command.ts";
import { ConflictError, InvalidError, reasonOf } from "../../../base/errors.ts";
import type { Publish } from "../../../base/events.ts";
import type { Platform } from "../../../base/platform.ts";
import type { Library } from "../../../media/mod.ts";
import { type Jobs, type RunningJob, Semaphore } from "../../../pool/mod.ts";
import { type Changes, newBatch } from "../../changes/changes.ts";
import { refuseStale } from "../../stale.ts";
import { proofOf } from "../evidence.ts";
import type { DuplicatesStore, Group, Member } from "../store.ts";
import { actions, type Done, type How } from "./actions.ts";
import type { Owed } from "./owed.ts";
import { record } from "./record.ts";
import type { TakenOver, TakeOverStore } from "./store.ts";
import { lookAt, type Looked, readAll } from "./verify.ts";

export interface ResolveDeps {
  store: DuplicatesStore;
  takeOver: TakeOverStore;
  library: Pick<Library, "work" | "trash">;
  jobs: Jobs;
  changes: Pick<Changes, "record" | "ofItem">;
  publish: Publish;
  run: Run;
  platform: Platform;
}

export interface ResolveRequest {
  keep: string;
  /** Those of the group that go; at least one. */
  remove: readonly string[];
  how: How;
  user: string;
  signal: AbortSignal;
  /** The version of the group that this was decided from; of any unless said. */
  expected?: number | undefined;
}

/** What became of one file. */
export interface Outcome {
  id: string;
  /** Undefined where it was left as it is: `problem` says why. */
  done?: "trashed" | "deleted" | "linked" | "cloned" | "one already";
  problem?: string;
  /** None where another name of the same file stays, and none yet in the trash. */
  reclaimedBytes: number;
  trashId?: string;
  takenOver?: TakenOver;
}

export interface Resolved {
  group: Group;
  keep: string;
  how: How;
  /** By which all of it can be found in the history. */
  batch: string;
  outcomes: Outcome[];
}

/** A victim that has passed all looks. */
export interface Checked {
  member: Member;
  looked: Looked;
  /** It and the keeper are two names of one file. */
  isOne: boolean;
}

const RESOLVE_JOB = "duplicates:resolve";

export type Resolve = ReturnType<typeof createResolve>;

export function createResolve(deps: ResolveDeps) {
  const { store, jobs, publish, library: { work, trash } } = deps;
  const oneAtATime = new Semaphore(1);
  const verifyDeps = { work, hashesOf: store.hashesOf };

  /** @throws {ConflictError} anything is not as the group says */
  async function check(
    group: Group,
    { keep, remove, how }: ResolveRequest,
    job: RunningJob,
    signal: AbortSignal,
  ): Promise<{ keeper: Member; kept: Looked; victims: Checked[] }> {
    const members = new Map(store.members(group.id).map((member) => [member.id, member]));
    const find = (id: string): Member => {
      const member = members.get(id);
      if (member) return member;
      throw new ConflictError(`Cannot touch "${id}": it is not in the group (any more)`, { id });
    };
    const keeper = find(keep);
    const kept = await lookAt(keeper, verifyDeps);
    const victims: Checked[] = [];
    for (const id of remove) {
      const member = find(id);
      const looked = await lookAt(member, verifyDeps);
      const isOne = looked.inode !== "" && looked.inode === kept.inode &&
        looked.device === kept.device;
      if (isOne && kept.names === 1) {
        throw new ConflictError(
          `Cannot touch "${looked.path}": it is the same file as "${kept.path}", seen by another way`,
          { id, path: looked.path },
        );
      }
      victims.push({ member, looked, isOne });
    }
    if (how !== "trash" && how !== "delete" && group.kind !== "exact") {
      throw new InvalidError(`Cannot ${how} files that are only alike: move them to the trash`);
    }

    const algorithm = proofOf(group.kind === "exact" ? group.key.split(":")[0]! : "sha256");
    const proof = await readAll(keeper, verifyDeps, { algorithm, job, signal });
    job.advance(1, keeper.sizeBytes);
    if (group.kind !== "exact") return { keeper, kept, victims };
    for (const { member, looked, isOne } of victims) {
      const found = isOne ? proof : await readAll(member, verifyDeps, { algorithm, job, signal });
      job.advance(1, member.sizeBytes);
      if (found !== proof) {
        throw new ConflictError(
          `Cannot touch "${looked.path}": its bytes are not those of "${kept.path}"`,
          { id: member.id, path: looked.path },
        );
      }
    }
    return { keeper, kept, victims };
  }

  /** Still as it was when it was read. @throws {ConflictError} it is not */
  async function again(member: Member, looked: Looked): Promise<void> {
    const now = await lookAt(member, verifyDeps);
    if (now.inode === looked.inode && now.device === looked.device) return;
    throw new ConflictError(`Cannot touch "${looked.path}": another file has taken its place`, {
      id: member.id,
    });
  }

  /**
   * Deals with some of a group's files.
   *
   * @throws {InvalidError} the one to keep is among those to go, or none are to go
   * @throws {ConflictError} something is not as the group says: nothing was touched
   */
  return async function resolve(groupId: string, request: ResolveRequest): Promise<Resolved> {
    const { keep, how, user, signal } = request;
    const remove = [...new Set(request.remove)];
    if (remove.length === 0) {
      throw new InvalidError("Cannot deal with no file: say which to remove");
    }
    if (remove.includes(keep)) {
      throw new InvalidError(`Cannot both keep and remove "${keep}"`, { id: keep });
    }
    using _turn = await oneAtATime.acquire({ signal });
    const group = store.find(groupId);
    refuseStale(`"${groupId}"`, group.version, request.expected);
    const spec = {
      id: RESOLVE_JOB,
      kind: "duplicates",
      title: `Deal with copies of "${group.title}"`,
      driveIds: [],
    };
    return await jobs.run(spec, async (job) => {
      const { keeper, kept, victims } = await check(group, { ...request, remove }, job, signal);
      const batch = newBatch();
      const by = { how, user, batch };
      const outcomes: Outcome[] = [];
      for (const victim of victims) {
        const { member, looked } = victim;
        try {
          job.signal.throwIfAborted();
          await again(keeper, kept);
          await again(member, looked);
          const owes: Owed = { group: groupId, keeper: keep, file: member.id, ...by };
          const done: Done = await actions[how]({ victim, keeper, kept, owes, again }, deps);
          const { outcome, last, trashId, sharedAs } = done;
          const writeDown = (outcome: Outcome) => record({ group, keeper, outcome, ...by }, deps);
          const takenOver = store.transaction(() => {
            last?.begin();
            if (trashId !== undefined) trash.said(trashId);
            if (sharedAs !== undefined) trash.halfShared.ended(sharedAs);
            return writeDown(outcome);
          });
          const problem = await last?.work().catch((error) => {
            store.transaction(() => writeDown(last.instead));
            return reasonOf(error);
          });
          outcomes.push({
            ...problem === undefined ? outcome : { ...last!.instead, problem },
            ...takenOver && { takenOver },
          });
        } catch (error) {
          if (victims.length === 1) throw error;
          outcomes.push({ id: member.id, problem: reasonOf(error), reclaimedBytes: 0 });
        }
      }
      const refused = outcomes.find(({ problem }) => problem !== undefined);
      if (refused && outcomes.every(({ done }) => done === undefined)) {
        throw new ConflictError(refused.problem!, { outcomes: outcomes.length });
      }
      const ids = (wanted: readonly Outcome["done"][]) =>
        outcomes.filter(({ done }) => wanted.includes(done)).map(({ id }) => id);
      const gone = ids(["trashed", "deleted"]);
      const united = ids(["linked", "cloned", "one already"]);
      const left = store.transaction(() => store.saveLeft(groupId, { gone, united }));
      const done = [...gone, ...united];
      publish("duplicates.resolved", { id: groupId, how, kept: keep, removed: done, batch });
      return { group: left, keep, how, batch, outcomes };
    }, { signal });
  };
}
