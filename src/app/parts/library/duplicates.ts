/**
 * When duplicates are looked for by themselves: after each scan that has found something, and
 * after any where that was never done, or not to its end.
 *
 * @module
 */
import { ConflictError } from "../../../base/errors.ts";
import type { Events } from "../../../base/events.ts";
import type { Log } from "../../../base/log.ts";
import type { Service } from "../../../base/service.ts";
import type { Duplicates } from "../../../items/mod.ts";

export interface DuplicatesOptions {
  duplicates: Pick<Duplicates, "look" | "isDue"> & { trash: Pick<Duplicates["trash"], "settle"> };
  events: Events;
  log: Log;
}

/** What a scan tells of that may make or end a group. */
const counted = ["new", "changed", "moved", "gone"];

export function createDuplicatesWatch({ duplicates, events, log }: DuplicatesOptions): Service {
  return async (signal) => {
    const heard = events.listen(signal);
    // What a crash has cut off while a file was on its way.
    await duplicates.trash.settle();
    for await (const { type, data } of heard) {
      if (type !== "scan.finished") continue;
      if (counted.every((name) => data[name] === 0) && !duplicates.isDue()) continue;
      try {
        await duplicates.look({ signal });
      } catch (error) {
        if (signal.aborted) return;
        // Somebody has asked for one, or cancelled this one: the next scan asks again.
        if (!(error instanceof ConflictError)) throw error;
        log.debug("No look for duplicates after this scan", { error });
      }
    }
  };
}
