/**
 * Lines that waited for their films: a scan has found some.
 *
 * @module
 */
import { yieldToOthers } from "../../../base/event_loop.ts";
import type { Database } from "../../../db/mod.ts";
import { newBatch } from "../../changes/changes.ts";
import { Item } from "../lines.ts";
import { applyLine, type Rooms } from "./apply.ts";

/** Lines looked at before anybody else has a turn. */
const AT_ONCE = 100;

/** Takes those in whose films are here by now. @returns how many */
export async function takeWaiting(
  db: Database,
  rooms: Rooms,
  { signal, onItems }: { signal: AbortSignal; onItems(ids: string[]): void },
): Promise<number> {
  const by = { user: "import", batch: newBatch() };
  let count = 0;
  for (let after = 0; !signal.aborted;) {
    await rooms.tags.settled();
    const some = rooms.store.waiting(after, AT_ONCE);
    if (some.length === 0) break;
    const ids: string[] = [];
    for (const { id, line, policy } of some) {
      const item = Item.parse(JSON.parse(line));
      if (rooms.store.match(item) === undefined) continue;
      db.transaction(() => {
        const itemId = applyLine(item, rooms, { policy, by });
        if (itemId === undefined) return;
        rooms.store.taken(id);
        ids.push(itemId);
      });
    }
    count += ids.length;
    if (ids.length > 0) onItems(ids);
    after = some.at(-1)!.id;
    await yieldToOthers();
  }
  return count;
}
