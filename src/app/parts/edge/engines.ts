/**
 * Whether what an edge stands on is there: its database, and the bus between edges.
 *
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import { reasonOf } from "../../../base/errors.ts";
import type { Log } from "../../../base/log.ts";
import { pingState, type State } from "../../../db/mod.ts";
import type { Bus } from "../../../edge/mod.ts";

export interface EngineProblem {
  text: string;
}

/** How long whoever asks waits for the database; another answer is in nobody's way. */
const PATIENCE_MS = 1000;
const SILENT = "PostgreSQL does not answer: start it, or check EDGE_DATABASE_URL";

/** Says what is away, as it is now, and what helps; nothing where all is there. */
export function watchEngines(
  state: State,
  bus: Pick<Bus, "kind" | "place" | "isUp"> | undefined,
): () => Promise<EngineProblem[]> {
  /** One question at a time, however often somebody looks: a database that hangs keeps it. */
  let asking: Promise<void> | undefined;
  let trouble: string | undefined;
  const ask = () =>
    asking ??= pingState(state)
      .then(() => trouble = undefined, (error) => trouble = reasonOf(error))
      .then(() => asking = undefined);

  return async () => {
    if (state.kind === "postgresql") {
      const over = new AbortController();
      const late = sleep(PATIENCE_MS, true, { signal: over.signal }).catch(() => false);
      if (await Promise.race([ask().then(() => false), late])) trouble ??= SILENT;
      over.abort();
    }
    return [
      ...trouble === undefined ? [] : [{ text: trouble }],
      ...bus && !bus.isUp() ? [{ text: busAway(bus.place) }] : [],
    ];
  };
}

/** Says, once, that the start waits for an engine; how long it may take is the engine's own. */
export async function patiently<T>(
  engine: string,
  opening: Promise<T>,
  log: Log,
  ms = 2000,
): Promise<T> {
  const timer = setTimeout(() => log.warn(`${engine} is not there yet: waiting for it`), ms);
  try {
    return await opening;
  } finally {
    clearTimeout(timer);
  }
}

function busAway(place: string): string {
  return `NATS at ${place} is away: other edges and their peers cannot be reached. Start it, or ` +
    "check EDGE_BUS_URL";
}
