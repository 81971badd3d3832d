/**
 * What was cut off is put to rest: the journal says what was being done, the disk how far it came.
 *
 * @module
 */
import { dirname } from "node:path";
import { recoveryOf, type Seen, underWay } from "../journal.ts";
import { partOf, type Step } from "../model.ts";
import { isDirect, type StepContext } from "./context.ts";
import { seePlacing } from "./place.ts";
import { isGone } from "./reasons.ts";

/** The step in a state from which it can go on. @throws as the disk does: then it is where it was */
export async function recover(ctx: StepContext, step: Step): Promise<Step> {
  if (!underWay.includes(step.state)) return step;
  const { disk, store, plan } = ctx;
  const direct = isDirect(step);
  const isPlacing = step.state === "placing" || step.state === "reserving";
  const seen: Seen = isPlacing
    ? await seePlacing(disk, step, fromOf(ctx, step), () => hasContent(ctx, step))
    : { from: true, target: "none" };
  const { to, removeTarget, removePart, error } = recoveryOf(step.state, seen, direct);
  if (removeTarget) await disk.remove(step.target!);
  if (removePart) await removeIfThere(ctx, partOf(plan.id, step));
  if (isPlacing && to === "placed") await disk.syncFolder(dirname(step.target!));
  if (to === step.state) return step;
  return store.transaction(() => {
    if (to === "failed") store.reviveTwins(plan.id, step);
    return store.enter(plan.id, step, to, { error });
  });
}

/** What gets the target's name. */
export function fromOf({ plan }: Pick<StepContext, "plan">, step: Step): string {
  return isDirect(step) ? step.source : partOf(plan.id, step);
}

/** Whether the target holds what the source was: all of it is read. */
export async function hasContent(ctx: StepContext, step: Step): Promise<boolean> {
  const target = await ctx.disk.look(step.target!);
  if (target?.kind !== "file" || target.sizeBytes !== step.sizeBytes) return false;
  return await ctx.digest(step.target!, target) === step.digest;
}

export async function removeIfThere({ disk }: StepContext, path: string): Promise<void> {
  await disk.remove(path).catch((error) => {
    if (!isGone(error)) throw error;
  });
}
