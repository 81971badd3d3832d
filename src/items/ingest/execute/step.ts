/**
 * One file from its source to its target, on one page: what is done in each state of the journal.
 * Each thing that is done to a file is told before and after.
 *
 * @module
 */
import { dirname } from "node:path";
import { checkTransition, hasEnded, type StepState } from "../journal.ts";
import { partOf, type Step, type Way } from "../model.ts";
import { factsOf, Refused, sameFacts, sameState, type StepContext, TakenError } from "./context.ts";
import type { Seen } from "./disk.ts";
import { isOneFile, place } from "./place.ts";
import { codeOf, isTaken } from "./reasons.ts";
import { fromOf, hasContent, recover, removeIfThere } from "./recover.ts";
import { NoRoomError } from "./room.ts";
import { undo } from "./undo.ts";

type Action = (ctx: StepContext, step: Step) => Promise<Step> | Step;

const nothing: Action = (_, step) => step;

const actions: Record<StepState, Action> = {
  planned: hashSource,
  hashed: begin,
  copied: verify,
  verified: (ctx, step) => giveName(ctx, step, "rename"),
  placed: beginRemoval,
  removing: removeSource,
  hashing: recover,
  copying: recover,
  placing: recover,
  reserving: recover,
  done: nothing,
  left: nothing,
  duplicate: nothing,
  skipped: nothing,
  failed: nothing,
};

/** A source that changes each time it is looked at is left. */
const MAX_ACTIONS = 24;

/**
 * Works on the step until it has ended.
 *
 * @throws the signal's reason: then it rests, and goes on another time; whatever stops all steps
 */
export async function runStep(
  ctx: StepContext,
  step: Step,
  stops: (cause: unknown) => boolean,
): Promise<Step> {
  const { store, plan, signal } = ctx;
  let at = step;
  for (let count = 0; !hasEnded(at.state); count++) {
    try {
      // Who has its name already is soon done.
      if (at.state !== "placed" && at.state !== "removing") signal.throwIfAborted();
      if (count > MAX_ACTIONS) throw new Refused("The source changes whenever it is looked at");
      at = await actions[at.state](ctx, at);
    } catch (cause) {
      const now = store.step(plan.id, step.seq);
      if (signal.aborted) {
        await recover(ctx, now);
        throw signal.reason;
      }
      at = await undo(ctx, now, cause);
      if (cause instanceof NoRoomError) ctx.noRoom.push(cause.neededBytes);
      if (stops(cause)) throw cause;
    }
  }
  return at;
}

async function hashSource({ store, plan, ...ctx }: StepContext, step: Step): Promise<Step> {
  const seen = await source(ctx.disk, step);
  if (step.digest && sameFacts(seen, step)) return store.enter(plan.id, step, "hashed");
  const hashing = store.enter(plan.id, step, "hashing", { ...factsOf(seen), digest: undefined });
  const digest = await ctx.digest(step.source, hashing);
  const after = await source(ctx.disk, step);
  if (digest === undefined || !sameFacts(after, hashing)) {
    throw new Refused("The source changes while it is read: it may still be written");
  }
  return store.enter(plan.id, hashing, "hashed", { digest });
}

/** Not a link, nor behind one that has come meanwhile. */
async function source(disk: StepContext["disk"], step: Step): Promise<Seen> {
  const seen = await disk.look(step.source);
  if (!seen) throw new Refused("The source is not there any more");
  if (seen.kind === "link") throw new Refused("The source is a link now: links are not followed");
  if (seen.kind !== "file") throw new Refused("The source is no ordinary file any more");
  const folder = dirname(step.source);
  if (await disk.realPath(folder) !== folder) {
    throw new Refused("A folder of the source's path is a link now: plan again");
  }
  return seen;
}

async function begin(ctx: StepContext, step: Step): Promise<Step> {
  const { store, plan, disk } = ctx;
  const seen = await source(disk, step);
  if (!sameFacts(seen, step)) return store.enter(plan.id, step, "planned", { digest: undefined });
  const known = mayBeDuplicate(ctx, step) ? await ctx.duplicateOf(step) : undefined;
  if (known) return store.enter(plan.id, step, "duplicate", { duplicateOf: known });

  const way = await chooseWay(ctx, step, seen);
  if (await disk.look(step.target!)) {
    if (!await hasContent(ctx, step)) throw new TakenError(TAKEN);
    return store.enter(plan.id, step, "duplicate", { duplicateOf: step.target });
  }
  if (way === "link") return await giveName(ctx, step, "link");
  const part = partOf(plan.id, step);
  if (way === "copy") await ctx.room.take(dirname(part), step.sizeBytes, ctx.signal);
  const copying = enterUnlessTwin(ctx, step, "copying", way);
  if (copying.state !== "copying") return copying;
  const onBytes = (bytes: number) => {
    ctx.room.wrote(bytes);
    ctx.onBytes(bytes);
  };
  await ctx.inLanes(
    [step.source, part],
    (turn) =>
      way === "clone"
        ? disk.clone(step.source, part)
        : disk.copy(step.source, part, { signal: ctx.signal, turn, onBytes }),
  );
  return store.enter(plan.id, copying, "copied");
}

/** Two films may well have the same subtitles. */
const mayBeDuplicate = ({ plan }: Pick<StepContext, "plan">, { alongWith }: Step): boolean =>
  alongWith === undefined && plan.options.undoes === undefined;

/** Makes the target's folder, and looks whether it is the source's volume. */
async function chooseWay(
  { plan, disk, folders, unlinkable, checkHere }: StepContext,
  step: Step,
  seen: Seen,
): Promise<"link" | "copy" | "clone"> {
  const folder = dirname(step.target!);
  await checkHere(step.target!);
  await folders.make(folder);
  if (await disk.realPath(folder) !== folder) {
    throw new Refused("A folder of the target's path is a link now: plan again");
  }
  const isSameVolume = (await disk.look(folder))?.device === seen.device &&
    !unlinkable.has(step.seq);
  if (plan.mode === "reflink") {
    if (!isSameVolume) throw new Refused("Blocks cannot be shared with another volume: copy it");
    return "clone";
  }
  if (plan.mode === "hardlink" && !isSameVolume) {
    throw new Refused("A hard link cannot lead to another volume: copy it");
  }
  return isSameVolume && plan.mode !== "copy" ? "link" : "copy";
}

/** Of two files with one content only one goes on; both may be looked at at the same time. */
function enterUnlessTwin(
  { store, plan }: StepContext,
  step: Step,
  to: "copying" | "placing",
  way: Way,
): Step {
  return store.transaction(() => {
    const isNew = step.state === "hashed" && mayBeDuplicate({ plan }, step);
    const twin = isNew ? store.twin(plan.id, step) : undefined;
    return twin
      ? store.enter(plan.id, step, "duplicate", { duplicateOf: twin })
      : store.enter(plan.id, step, to, { way });
  });
}

/** What was written is read again; a clone shares the blocks of what was read before. */
async function verify(ctx: StepContext, step: Step): Promise<Step> {
  const { store, plan, disk } = ctx;
  const part = partOf(plan.id, step);
  const written = await disk.look(part);
  if (!written) return store.enter(plan.id, step, "hashed");
  if (step.way === "copy") {
    await disk.forget(part);
    if (await ctx.digest(part, written) !== step.digest) {
      throw new Refused("The copy, read again, is another: check the drives, and the memory");
    }
  }
  if (written.sizeBytes === step.sizeBytes && sameFacts(await source(disk, step), step)) {
    return store.enter(plan.id, step, "verified");
  }
  await removeIfThere(ctx, part);
  return store.enter(plan.id, step, "hashed"); // where it is found to have changed
}

async function giveName(ctx: StepContext, step: Step, as: "link" | "rename"): Promise<Step> {
  const { store, plan, disk } = ctx;
  const isPart = step.state === "verified";
  if (isPart && !await disk.look(partOf(plan.id, step))) {
    return store.enter(plan.id, step, "hashed");
  }
  if (await disk.look(step.target!)) throw new TakenError(TAKEN);
  const way = isPart ? step.way! : as;
  // Also through a power cut the journal knows of the new name before the disk does; whatever it
  // forgets of what follows, the names on the disk tell.
  let placing = store.durably(() => enterUnlessTwin(ctx, step, "placing", way));
  if (placing.state !== "placing") return placing;
  try {
    const from = fromOf(ctx, placing);
    const done = await place(disk, {
      from,
      to: step.target!,
      isPart,
      mayReserve: isPart || plan.mode === "move",
      reserving() {
        placing = store.durably(() => store.enter(plan.id, placing, "reserving"));
      },
    });
    return store.enter(plan.id, placing, "placed", { way: isPart ? way : done });
  } catch (error) {
    if (isTaken(error)) throw new TakenError(TAKEN);
    if (isPart || codeOf(error) !== "EXDEV" || plan.mode !== "move") throw error;
    checkTransition(placing.state, "hashed");
    ctx.unlinkable.add(step.seq); // two mounts of one volume: a link does not lead across
    return store.enter(plan.id, placing, "hashed");
  }
}

const TAKEN = "Another file has this name at the target: it is left there";

function beginRemoval(ctx: StepContext, step: Step): Promise<Step> | Step {
  const { store, plan } = ctx;
  return plan.mode === "move" ? store.enter(plan.id, step, "removing") : finish(ctx, step);
}

async function removeSource(ctx: StepContext, step: Step): Promise<Step> {
  const { disk, checkHere } = ctx;
  await checkHere(step.target!);
  const [target, source] = [await disk.look(step.target!), await disk.look(step.source)];
  if (target?.kind !== "file" || target.sizeBytes !== step.sizeBytes) {
    throw new Refused("The target has gone or changed: the source is left");
  }
  const isRead = ctx.recovered.has(step.seq) && !(source && isOneFile(source, target));
  if (isRead && !await hasContent(ctx, step)) {
    throw new Refused("The target is not what the source was: the source is left");
  }
  if (source) {
    if (!await isUnchanged(ctx, step, source)) {
      throw new Refused("The source has changed since it was copied: it is left");
    }
    if (source.inode === target.inode && source.device === target.device && target.links < 2) {
      throw new Refused("Source and target are one file under one name: it is left");
    }
    await disk.remove(step.source);
  }
  await disk.syncFolder(dirname(step.source)).catch(() => {}); // it is gone, now or a moment later
  return await finish(ctx, step);
}

/** Some file systems number their files anew each time they are mounted. */
async function isUnchanged(ctx: StepContext, step: Step, seen: Seen): Promise<boolean> {
  if (seen.kind !== "file" || !sameState(seen, step)) return false;
  return seen.inode === step.inode || await ctx.digest(step.source, step) === step.digest;
}

/** The library hears of it in the same transaction. */
async function finish(ctx: StepContext, step: Step): Promise<Step> {
  const { store, plan } = ctx;
  const arrive = await ctx.arrival(step);
  return store.transaction(() => {
    arrive();
    return store.enter(plan.id, step, "done");
  });
}
