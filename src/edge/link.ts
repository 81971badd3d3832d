/**
 * The peer's end of the link: one stream to one edge, opened again for ever.
 *
 * @module
 */
import { reasonOf } from "../base/errors.ts";
import { pause, type Service } from "../base/service.ts";
import { openClient } from "./link/client.ts";
import type { LinkDeps } from "./deps.ts";
import { LinkSession, type LinkWork } from "./link_session.ts";
import type { Hello } from "./messages.ts";
import { Nudge } from "./nudge.ts";
import { type Client, type Grpc, openGrpc, type StatusObject } from "./proto.ts";

export interface LinkState {
  /** The edge has shown that it is there. */
  connected: boolean;
  /** ISO 8601 time of the last change of `connected`. */
  since: string;
  /** What the edge understands beyond the published protocol. */
  extensions: string[];
  /** Why the last stream ended. */
  reason?: string;
}

export interface Link {
  /** Works until its signal aborts. */
  service: Service;
  /** Files may be new, other or gone: offers, announces and describes what the edge lacks. */
  offer(): void;
  /** Tells the edge that a viewer has gone. */
  streamClosed(sessionId: string): void;
  state(): LinkState;
}

/** A stream this old was a success: the next failure starts counting from one. */
const STABLE_MS = 60_000;
const MAX_WAIT_MS = 300_000;
/** The edge may hold our former registration this long after we lost the connection. */
const DENIED_PATIENCE_MS = 120_000;
/** How long a goodbye may take before the connection is cut. */
const GOODBYE_MS = 500;

export function createLink(deps: LinkDeps): Link {
  const { settings, publish, log } = deps;
  const nudge = new Nudge<LinkWork>();
  let session: LinkSession | undefined;
  let state: LinkState = { connected: false, since: new Date().toISOString(), extensions: [] };
  const up = (hello?: Hello) => {
    if (!state.connected) {
      state = { connected: true, since: new Date().toISOString(), extensions: [] };
      log.info("Linked to the edge", { address: settings.address });
      publish("link.connected", { address: settings.address });
    }
    if (hello) state.extensions = hello.extensions;
  };
  const down = (reason: string) => {
    const { connected } = state;
    const since = connected ? new Date().toISOString() : state.since;
    state = { connected: false, since, extensions: [], reason };
    if (connected) publish("link.disconnected", { address: settings.address, reason });
  };

  const hooks = ({ lib }: Grpc, client: Client) => ({
    heard: up,
    greeted: up,
    // An original edge never says a word; an open connection is all there is to see.
    beat() {
      const now = client.getChannel().getConnectivityState(false);
      if (now === lib.connectivityState.READY) up();
    },
  });

  /** One stream; resolves with how it ended. */
  async function once(grpc: Grpc, signal: AbortSignal): Promise<StatusObject> {
    const client = await openClient(grpc, settings);
    const stream = grpc.call(client, settings.peerId);
    const ended = Promise.withResolvers<StatusObject>();
    const over = new AbortController();
    stream.on("error", () => {}); // told by "status" as well
    stream.on("metadata", () => up());
    stream.once("status", (status: StatusObject) => {
      over.abort();
      ended.resolve(status);
    });
    const goodbye = () => {
      stream.end();
      const cut = setTimeout(() => stream.cancel(), GOODBYE_MS);
      over.signal.addEventListener("abort", () => clearTimeout(cut));
    };
    signal.addEventListener("abort", goodbye, { once: true });
    if (signal.aborted) goodbye();
    try {
      session = new LinkSession(stream, deps, nudge, hooks(grpc, client), over.signal);
      await session.run().catch((error) => {
        if (over.signal.aborted) return;
        log.warn("Hanging up", { reason: reasonOf(error) });
        stream.cancel();
      });
      return await ended.promise;
    } finally {
      session = undefined;
      signal.removeEventListener("abort", goodbye);
      client.close();
    }
  }

  async function service(signal: AbortSignal): Promise<void> {
    const grpc = await openGrpc();
    let deniedSince = 0;
    let said = "";
    for (let failures = 0; !signal.aborted;) {
      const started = Date.now();
      const { code, details } = await once(grpc, signal);
      if (signal.aborted) break;

      const lasted = Date.now() - started;
      failures = lasted > STABLE_MS ? 1 : failures + 1;
      deniedSince = code === grpc.lib.status.PERMISSION_DENIED ? deniedSince || started : 0;
      const reason = `${grpc.lib.status[code]}: ${details}${advice(grpc, code, deniedSince)}`;
      const level = reason === said ? "debug" : "warn";
      log[level]("Link to the edge ended", { address: settings.address, reason, failures });
      said = reason;
      down(reason);
      await pause(backoffMs(failures, settings.reconnectIntervalSec), signal);
    }
    down("stopped");
  }

  return {
    service,
    offer: () => nudge.note("offer", "refresh"),
    streamClosed(sessionId) {
      if (!session?.edge) return;
      session.send({ case: "streamClose", value: { sessionId } }).catch((error) =>
        log.debug("Cannot tell the edge that a stream is closed", { sessionId, error })
      );
    },
    state: () => ({ ...state }),
  };
}

/** Full jitter, so that the peers of an edge that comes back do not arrive all at once. */
function backoffMs(failures: number, intervalSec: number): number {
  const longest = Math.min((intervalSec * 1000 * 2 ** failures) / 64, MAX_WAIT_MS);
  return longest * (0.5 + Math.random() / 2);
}

/** What a person can do about it. */
function advice({ lib: { status } }: Grpc, code: number, deniedSince: number): string {
  if (code === status.UNAUTHENTICATED) return ". Check the peer_id of this peer";
  if (code !== status.PERMISSION_DENIED) return "";
  if (Date.now() - deniedSince < DENIED_PATIENCE_MS) return "";
  return ". The edge is full, or another program uses this peer_id, " +
    "or this peer is registered with another edge";
}
