/**
 * What one listener hears, by whichever way: what is for them, of the types that they ask for, until
 * what they have shown is good no more.
 *
 * @module
 */
import { type AppEvent, MISSED } from "../../../base/events.ts";
import { snakeCased } from "../../../base/text/snake_case.ts";
import type { Caller } from "../../../people/mod.ts";
import { z } from "../../router.ts";
import { endsFor, hears, type Narrow } from "../people/heard.ts";

export interface EventsPort {
  /** The id of what has happened last. */
  last: number;
  /** From now on; with `after` also what has happened after that id, as far as it is known. */
  listen(signal: AbortSignal, options?: { after?: number }): AsyncGenerator<AppEvent>;
  /** What rules leave of it for somebody; all unless said. */
  narrow?: Narrow | undefined;
}

export interface Listener {
  caller: Caller;
  types?: string[] | undefined;
  after?: number | undefined;
}

const id = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

export const ListenQuery = z.object({
  types: z.string().max(1000).regex(/^[a-z]+(\.[a-z]+)?(,[a-z]+(\.[a-z]+)?)*$/, {
    error: "types of events, or their first words, with commas between them",
  }).transform((text) => text.split(",")).optional().openapi({
    type: "string",
    description: "Only events of these types, or whose type begins with that word",
    example: "catalog,peer.connected",
  }),
  last_event_id: id.optional().openapi({
    description: "Also what has happened since that event; so does the header Last-Event-ID",
  }),
});

/** Of the header that a browser sends when it comes back; what is no id of ours is none. */
export function resumeAfter(header: string | undefined): number | undefined {
  return header ? id.safeParse(header).data : undefined;
}

/** Ends with the signal, or with what the caller has shown. */
export async function* hearing(
  port: EventsPort,
  { caller, types, after }: Listener,
  signal: AbortSignal,
): AsyncGenerator<AppEvent> {
  // What ended them before now, and is told again, ends them no more: they have shown something since.
  const since = port.last;
  for await (const event of port.listen(signal, after === undefined ? {} : { after })) {
    if (event.type === MISSED) yield event;
    else if (event.id > since && endsFor(caller, event)) return;
    else if (hears(caller, event) && isAskedFor(types, event.type)) {
      const told = port.narrow ? await port.narrow(caller, event) : event;
      if (told) yield told;
    }
  }
}

function isAskedFor(types: string[] | undefined, type: string): boolean {
  return !types || types.includes(type) || types.includes(type.split(".")[0]!);
}

export function toText(event: AppEvent): string {
  return JSON.stringify({ ...event, data: snakeCased(event.data) });
}
