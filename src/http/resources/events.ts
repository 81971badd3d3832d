/**
 * /api/events: what happens, as server-sent events.
 *
 * @module
 */
import { streamSSE } from "hono/streaming";
import type { AppEvent } from "../../base/events.ts";
import { createRoute, router } from "../router.ts";

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
  return router().openapi(route, (c) =>
    streamSSE(c, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      const signal = AbortSignal.any([gone.signal, c.req.raw.signal]);
      const timer = setInterval(() => void stream.write(": \n\n"), SIGN_OF_LIFE_MS);
      try {
        await stream.write(": listening\n\n");
        for await (const event of port.listen(signal)) {
          await stream.writeSSE({
            id: String(event.id),
            event: event.type,
            data: JSON.stringify({ ...event, data: snakeCased(event.data) }),
          });
        }
      } finally {
        clearInterval(timer);
      }
    }));
}

/** Inside the program names are camelCase, in REST snake_case; values stay as they are. */
function snakeCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCased);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).map(([name, it]) => [toSnake(name), snakeCased(it)]);
  return Object.fromEntries(fields);
}

function toSnake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
