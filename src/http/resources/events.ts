/**
 * /api/events: what happens, as server-sent events.
 *
 * @module
 */
import { streamSSE } from "hono/streaming";
import type { AppEvent } from "../../base/events.ts";
import { currentCaller } from "../admission/caller.ts";
import { endsFor, hears } from "./people/heard.ts";
import { createRoute, router } from "../router.ts";
import { snakeCased } from "../snake_case.ts";

export interface EventsPort {
  listen(signal: AbortSignal): AsyncGenerator<AppEvent>;
}

/** Proxies and browsers give up on a connection that says nothing for long. */
const SIGN_OF_LIFE_MS = 15_000;

export function events(port: EventsPort) {
  const route = createRoute({
    method: "get",
    path: "/",
    tags: ["events"],
    summary: "What happens from now on: scan progress, drives, peers, streams",
    responses: {
      200: { description: "Server-sent events", content: { "text/event-stream": {} } },
    },
  });
  return router().openapi(route, (c) => {
    const caller = currentCaller();
    return streamSSE(c, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      const timer = setInterval(() => void stream.write(": \n\n"), SIGN_OF_LIFE_MS);
      try {
        await stream.write(": listening\n\n");
        for await (const event of port.listen(gone.signal)) {
          if (endsFor(caller, event)) break;
          if (!hears(caller, event)) continue;
          await stream.writeSSE({
            id: String(event.id),
            event: event.type,
            data: JSON.stringify({ ...event, data: snakeCased(event.data) }),
          });
        }
      } finally {
        clearInterval(timer);
      }
    });
  });
}
