/**
 * A step that failed leaves the source as it was, and nothing at the target.
 *
 * @module
 */
import { partOf, type Step } from "../model.ts";
import { isDirect, Refused, type StepContext, TakenError } from "./context.ts";
import { seePlacing } from "./place.ts";
import { inWords } from "./reasons.ts";
import { fromOf, hasContent, removeIfThere } from "./recover.ts";

/**
 * The step as it is after that: failed; or "placed", where the file has its new name already and
 * goes on; or "left".
 *
 * @throws as the disk and the journal do: the step is where it was, for the next run
 */
export async function undo(ctx: StepContext, step: Step, cause: unknown): Promise<Step> {
  const { disk, store, plan } = ctx;
  const error = cause instanceof Refused ? cause.message : inWords(cause);
  switch (step.state) {
    case "placed":
      throw cause;
    case "removing":
      return store.enter(plan.id, step, "left", { error });
    case "copying":
    case "copied":
    case "verified":
      await removeIfThere(ctx, partOf(plan.id, step));
      break;
    case "placing":
    case "reserving": {
      if (!(cause instanceof TakenError)) {
        const same = () => hasContent(ctx, step);
        const { from, target } = await seePlacing(disk, step, fromOf(ctx, step), same);
        const isOurs = target === "ours" || target === "same" && !from;
        // It was renamed: its only name is the new one.
        if (isOurs && !from && isDirect(step)) {
          return store.enter(plan.id, step, "placed", { error });
        }
        if (isOurs || target === "empty") await disk.remove(step.target!);
      }
      if (!isDirect(step)) await removeIfThere(ctx, partOf(plan.id, step));
    }
  }
  return fail(ctx, step, error);
}

/** It has failed; what was taken for its duplicate is none any more. */
export function fail({ store, plan }: StepContext, step: Step, error: string): Step {
  return store.transaction(() => {
    store.reviveTwins(plan.id, step);
    return store.enter(plan.id, step, "failed", { error });
  });
}
