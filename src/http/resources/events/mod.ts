/**
 * /api/events: what happens, as server-sent events and over a WebSocket.
 *
 * @module
 */
import { streamSSE } from "hono/streaming";
import { currentCaller } from "../../admission/caller.ts";
import { createRoute, failures, router } from "../../router.ts";
import { type EventsPort, hearing, ListenQuery, resumeAfter, toText } from "./hearing.ts";
import { createPlaces } from "./places.ts";
import { socketRoutes } from "./socket.ts";

export type { EventsPort };

/** Proxies and browsers give up on a connection that says nothing for long. */
const SIGN_OF_LIFE_MS = 15_000;

export function events(port: EventsPort) {
  const places = createPlaces();
  const route = createRoute({
    method: "get",
    path: "/",
    tags: ["events"],
    summary: "What happens from now on: scan progress, drives, peers, streams",
    request: { query: ListenQuery },
    responses: {
      200: { description: "Server-sent events", content: { "text/event-stream": {} } },
      ...failures,
    },
  });
  return router().openapi(route, (c) => {
    const { types, last_event_id: after } = c.req.valid("query");
    const listen = {
      caller: currentCaller(),
      types,
      after: after ?? resumeAfter(c.req.header("last-event-id")),
    };
    const place = places.take(listen.caller);
    return streamSSE(c, async (stream) => {
      using _place = place;
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      const timer = setInterval(() => void stream.write(": \n\n"), SIGN_OF_LIFE_MS);
      try {
        await stream.write(": listening\n\n");
        for await (const event of hearing(port, listen, gone.signal)) {
          await stream.writeSSE({ id: String(event.id), event: event.type, data: toText(event) });
        }
      } finally {
        clearInterval(timer);
      }
    });
  }).route("/", socketRoutes(port, places));
}
