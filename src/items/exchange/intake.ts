/**
 * What a scan leaves to the items: NFO files that it has found, and lines of an import that waited for
 * their films.
 *
 * @module
 */
import type { Events } from "../../base/events.ts";
import type { Log } from "../../base/log.ts";
import type { Service } from "../../base/service.ts";
import type { Exchange } from "./exchange.ts";
import type { Nfos } from "./nfo/nfo.ts";

export interface IntakeItems {
  nfos: Pick<Nfos, "take">;
  exchange: Pick<Exchange, "takeWaiting">;
}

/** At the start, and after each scan. */
export function createIntake(
  { items, events, log }: { items: IntakeItems; events: Events; log: Log },
): Service {
  return async (signal) => {
    const heard = events.listen(signal);
    await takeIn(items, log, signal);
    for await (const { type } of heard) {
      if (type === "scan.finished") await takeIn(items, log, signal);
    }
  };
}

/** Takes all in that waits. */
export async function takeIn(items: IntakeItems, log: Log, signal: AbortSignal): Promise<void> {
  const nfos = await items.nfos.take(signal);
  const lines = await items.exchange.takeWaiting(
    signal,
    (problem) => log.warn("Cannot take a line of an import in, or not wholly", { problem }),
  );
  if (nfos + lines > 0) log.info("Took in what a scan has found", { nfos, lines });
}
