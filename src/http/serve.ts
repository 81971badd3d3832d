/**
 * The HTTP service.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { FatalError } from "../base/errors.ts";
import { asked } from "../base/event_loop.ts";
import { orAborted, pause, type Service } from "../base/service.ts";
import type { Connection } from "./auth.ts";

export interface ServeOptions {
  hostname: string;
  /** 0 takes any free port. */
  port: number;
  onListen(url: string): void;
}

/** How long open answers may go on once the program is told to stop. */
const GRACE_MS = 500;

/** How the runtime (Deno 2.9) begins to explain its old ways, to whoever watches the log. */
const NOTICE = "Deno.serve: request.signal aborts on successful responses";

let isQuiet = false;

/** Only a flag of the command line turns the notice off, and not everybody starts us with it. */
function leaveOutNotice(): void {
  if (isQuiet) return;
  isQuiet = true;
  const { console: terminal } = globalThis;
  const { warn } = terminal;
  terminal.warn = (...said: unknown[]) => {
    if (!String(said[0]).startsWith(NOTICE)) warn(...said);
  };
}

/**
 * Serves `api` until told to stop.
 *
 * @throws {FatalError} the address cannot be had: another start would fare no better
 */
export function serveHttp(api: OpenAPIHono, { hostname, port, onListen }: ServeOptions): Service {
  leaveOutNotice();
  return async (signal) => {
    const closing = new AbortController();
    const open = new Set<Promise<void>>();
    const server = listen(hostname, port, () =>
      Deno.serve({
        hostname,
        port,
        signal: closing.signal,
        onListen: (at) => onListen(urlOf(hostname, at.port)),
        onError: () => new Response("Something went wrong", { status: 500 }),
      }, (request, { remoteAddr, completed }) => {
        asked();
        const answer: Promise<void> = completed.catch(() => {}).finally(() => open.delete(answer));
        open.add(answer);
        const connection: Connection = "hostname" in remoteAddr
          ? { remoteAddress: remoteAddr.hostname }
          : {};
        return api.fetch(request, connection);
      }));
    await orAborted(server.finished, signal);
    // Not shutdown(): that waits for ever for whoever listens to events, and cannot be cut short.
    const late = new AbortController();
    await Promise.race([Promise.all(open), pause(GRACE_MS, late.signal)]);
    late.abort();
    closing.abort();
    await server.finished;
  };
}

function listen<T>(hostname: string, port: number, open: () => T): T {
  try {
    return open();
  } catch (cause) {
    const at = `"${hostname}:${port}"`;
    if (cause instanceof Deno.errors.AddrInUse) {
      const help = "address in use. Stop the other program, or set HTTP_PORT";
      throw new FatalError(`Cannot listen on ${at}: ${help}`, { hostname, port }, { cause });
    }
    if (cause instanceof Deno.errors.PermissionDenied) {
      const help = "not allowed. Ports below 1024 need rights: set HTTP_PORT";
      throw new FatalError(`Cannot listen on ${at}: ${help}`, { hostname, port }, { cause });
    }
    const reason = cause instanceof Error ? cause.message : cause;
    throw new FatalError(
      `Cannot listen on ${at}: ${reason}. Set HTTP_HOST to an address of this machine`,
      { hostname, port },
      { cause },
    );
  }
}

function urlOf(hostname: string, port: number): string {
  const host = hostname === "0.0.0.0" || hostname === "::" ? "127.0.0.1" : hostname;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
