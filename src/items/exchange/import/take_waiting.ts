/**
 * Lines that waited for their films: a scan has found some. A line that cannot be taken in, or a
 * value of it, stays and is told of; it is in nobody's way.
 *
 * @module
 */
import { FatalError, reasonOf, UnavailableError } from "../../../base/errors.ts";
import { yieldToOthers } from "../../../base/event_loop.ts";
import type { Database } from "../../../db/mod.ts";
import { newBatch } from "../../changes/changes.ts";
import { Item } from "../lines.ts";
import { applyLine, type Rooms } from "./apply.ts";
import type { BadField } from "./apply_item.ts";
import type { WaitingLine } from "./waiting/store.ts";

/** Lines looked at before anybody else has a turn. */
const AT_ONCE = 100;

interface TakeWaitingOptions {
  signal: AbortSignal;
  onItems(ids: string[]): void;
  /** Once for each line, and again only when it is bad in another way. */
  onBad(problem: string): void;
}

/** Takes those in whose films are here by now. @returns how many */
export async function takeWaiting(
  db: Database,
  rooms: Rooms,
  { signal, onItems, onBad }: TakeWaitingOptions,
): Promise<number> {
  const by = { user: "import", batch: newBatch() };
  let count = 0;
  for (let after = 0; !signal.aborted;) {
    await rooms.tags.settled();
    const some = rooms.store.waiting(after, AT_ONCE);
    if (some.length === 0) break;
    const ids: string[] = [];
    for (const waiting of some) {
      const { itemId, problem } = take(waiting);
      if (itemId !== undefined) ids.push(itemId);
      if (problem !== undefined && problem !== waiting.problem) onBad(problem);
    }
    count += ids.length;
    if (ids.length > 0) onItems(ids);
    after = some.at(-1)!.id;
    await yieldToOthers();
  }
  return count;

  function take(waiting: WaitingLine): { itemId?: string; problem?: string } {
    const { id, policy } = waiting;
    try {
      const line = Item.parse(JSON.parse(waiting.line));
      if (rooms.store.match(line) === undefined) return {};
      return db.transaction(() => {
        const bad: BadField[] = [];
        const options = { policy, by, onBad: (it: BadField) => void bad.push(it) };
        const before = rooms.store.changes();
        const itemId = applyLine(line, rooms, options);
        if (itemId === undefined) return {};
        const changed = rooms.store.changes() !== before;
        if (bad.length === 0) rooms.store.taken(id);
        else rooms.store.keepBad(id, toldOf(line, bad), restOf(line, bad));
        return {
          ...(changed || bad.length === 0) && { itemId },
          ...bad.length > 0 && { problem: toldOf(line, bad) },
        };
      });
    } catch (error) {
      if (error instanceof UnavailableError || error instanceof FatalError) throw error;
      const problem = `Line about ${nameOf(waiting.line)}: ${reasonOf(error)}`;
      rooms.store.keepBad(id, problem);
      return { problem };
    }
  }
}

function toldOf({ media, id }: Item, bad: BadField[]): string {
  return `Line about ${media?.path ?? id}: ${bad.map((it) => it.problem).join("; ")}`;
}

/** The line with nothing but what was not taken. */
function restOf(line: Item, bad: BadField[]): Item {
  const values = (isCustom: boolean) =>
    Object.fromEntries(
      bad.filter((it) => it.isCustom === isCustom).map(({ name, value }) => [name, value]),
    );
  const { type, id, media, created_at } = line;
  const none = { tags: [], people: [], ratings: [], "rating_history": [], notes: [] };
  const rest = { ...none, collections: [], watch: [], assets: [] };
  const said = { fields: values(false) as Item["fields"], custom: values(true) };
  return { type, id, media, created_at, ...said, ...rest };
}

function nameOf(line: string): string {
  return /"path":"([^"]*)"/.exec(line)?.[1] ?? "a film";
}
