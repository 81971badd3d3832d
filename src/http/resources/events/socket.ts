/**
 * /api/events/ws: the same events over a WebSocket, one text message each. It only tells; and hangs up
 * on who does not read.
 *
 * @module
 */
import { HTTPException } from "hono/http-exception";
import { pause } from "../../../base/service.ts";
import { currentCaller } from "../../admission/caller.ts";
import { createRoute, failures, router } from "../../router.ts";
import type { Places } from "./places.ts";
import { type EventsPort, hearing, type Listener, ListenQuery, toText } from "./hearing.ts";

/** Deno pings a socket that is silent for so long, and ends it when nothing comes back. */
const IDLE_S = 30;
/** What may wait for a reader, beside what the system's own buffers take. */
const MAX_WAITING_BYTES = 1024 * 1024;
/** For a reader that is good for it: much may happen at once. */
const PATIENCE_MS = 1000;

/** Why we hang up, in the range that RFC 6455 leaves to applications. */
export const CLOSED = {
  signedOut: [4001, "What was shown is good no more: sign in again"],
  tooSlow: [4002, "Too slow: too many events wait. Come back with last_event_id"],
  onlyTells: [4003, "This socket only tells: send nothing"],
} as const;

export function socketRoutes(port: EventsPort, places: Places) {
  const route = createRoute({
    method: "get",
    path: "/ws",
    tags: ["events"],
    summary: "The same over a WebSocket: each event is one text message of JSON",
    request: { query: ListenQuery },
    responses: {
      101: { description: "A WebSocket, which only tells" },
      ...failures,
    },
  });
  return router().openapi(route, (c) => {
    if (c.req.header("upgrade")?.toLowerCase() !== "websocket") {
      const message = "Cannot answer but over a WebSocket: see /api/events for server-sent events";
      throw new HTTPException(426, { message });
    }
    const { types, last_event_id: after } = c.req.valid("query");
    const caller = currentCaller();
    using stack = new DisposableStack();
    const place = stack.use(places.take(caller));
    const { socket, response } = Deno.upgradeWebSocket(c.req.raw, { idleTimeout: IDLE_S });
    stack.move();
    tell(socket, port, { caller, types, after }, place);
    return response;
  });
}

/** It listens at once: what happens while the socket opens is told as well. */
function tell(socket: WebSocket, port: EventsPort, listener: Listener, place: Disposable): void {
  const gone = new AbortController();
  const opened = Promise.withResolvers<void>();
  const close = ([code, reason]: readonly [number, string]) => {
    gone.abort();
    if (socket.readyState === WebSocket.OPEN) socket.close(code, reason);
  };
  socket.onopen = () => opened.resolve();
  socket.onmessage = () => close(CLOSED.onlyTells);
  socket.onerror = socket.onclose = () => {
    gone.abort();
    opened.resolve();
  };
  void (async () => {
    using _place = place;
    for await (const event of hearing(port, listener, gone.signal)) {
      await opened.promise;
      if (socket.readyState !== WebSocket.OPEN) return;
      socket.send(toText(event));
      if (await isStuck(socket, gone.signal)) return close(CLOSED.tooSlow);
    }
    await opened.promise;
    close(CLOSED.signedOut);
  })();
}

async function isStuck(socket: WebSocket, signal: AbortSignal): Promise<boolean> {
  const since = performance.now();
  while (socket.bufferedAmount > MAX_WAITING_BYTES && !signal.aborted) {
    if (performance.now() - since > PATIENCE_MS) return true;
    await pause(PATIENCE_MS / 50, signal);
  }
  return false;
}
