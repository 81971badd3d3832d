/**
 * What was done with a copy is written down, and what people said of it goes over to the one that is
 * kept. In a transaction of the caller's.
 *
 * @module
 */
import type { Changes } from "../../changes/changes.ts";
import type { Group, Member } from "../store.ts";
import type { How } from "./actions.ts";
import type { Outcome } from "./resolve.ts";
import type { TakenOver, TakeOverStore } from "./store.ts";

interface Act {
  group: Group;
  keeper: Member;
  outcome: Outcome;
  how: How;
  user: string;
  batch: string;
}

export function record(
  { group, keeper, outcome, how, user, batch }: Act,
  { takeOver, changes }: { takeOver: TakeOverStore; changes: Pick<Changes, "record"> },
): TakenOver | undefined {
  const goes = outcome.done === "trashed" || outcome.done === "deleted";
  const { id } = outcome;
  const before = { tags: takeOver.tagsOf(keeper.id), ratings: takeOver.ratingsOf(keeper.id) };
  const taken = goes ? takeOver.takeOver(id, keeper.id) : undefined;
  const after = { tags: takeOver.tagsOf(keeper.id), ratings: takeOver.ratingsOf(keeper.id) };
  if (goes) takeOver.hide(id);

  const of = { batch, user, entityId: keeper.id };
  changes.record({
    ...of,
    entity: "item.tags",
    before: { tags: before.tags },
    after: { tags: after.tags },
  });
  changes.record({ ...of, entity: "item.rating", before: before.ratings, after: after.ratings });
  changes.record({
    batch,
    user,
    entity: "duplicate",
    entityId: group.id,
    before: { file: null },
    after: {
      file: id,
      kept: keeper.id,
      how,
      done: outcome.done,
      reclaimed_bytes: outcome.reclaimedBytes,
      trash_id: outcome.trashId ?? null,
      taken_over: taken ?? null,
    },
  });
  return taken;
}
