/**
 * What was done with a copy is written down, and what people said of it goes over to the one that is
 * kept, as a batch that can be undone. In a transaction of the caller's.
 *
 * @module
 */
import { type Changes, newBatch } from "../../changes/changes.ts";
import type { Group, Member } from "../store.ts";
import type { How } from "./actions.ts";
import type { Outcome } from "./resolve.ts";
import type { TakenOver, TakeOverStore } from "./store.ts";

interface Act {
  group: Pick<Group, "id">;
  keeper: Pick<Member, "id">;
  outcome: Outcome;
  how: How;
  user: string;
  batch: string;
}

export function record(
  { group, keeper, outcome, how, user, batch }: Act,
  { takeOver, changes }: {
    takeOver: TakeOverStore;
    changes: Pick<Changes, "record" | "ofItem">;
  },
): TakenOver | undefined {
  const goes = outcome.done === "trashed" || outcome.done === "deleted";
  const { id } = outcome;
  const before = changes.ofItem(keeper.id);
  const taken = goes ? takeOver.takeOver(id, keeper.id) : undefined;
  const after = changes.ofItem(keeper.id);
  if (goes) takeOver.hide(id);

  for (const [entity, fields] of after) {
    const change = { before: before.get(entity) ?? null, after: fields };
    changes.record({ batch, user, entity, entityId: keeper.id, ...change });
  }
  // What was done with the file is no part of what an undo takes back: the trash gives it back.
  changes.record({
    batch: newBatch(),
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
