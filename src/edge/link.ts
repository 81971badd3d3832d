/**
 * The peer's end of the link: one stream to one edge, opened again for ever; where several edges are
 * named, to the best that is there.
 *
 * @module
 */
import { reasonOf, UnavailableError } from "../base/errors.ts";
import type { Metric } from "../base/metrics.ts";
import { pause, type Service } from "../base/service.ts";
import { Semaphore } from "../pool/mod.ts";
import type { LinkDeps, LinkTiming } from "./deps.ts";
import { fingerprintOf, type Introduced, isVouched, Refusals } from "./identity/mod.ts";
import { lookUp, parseAddresses } from "./link/addresses.ts";
import { advice } from "./link/advice.ts";
import { Backoff, SLOW_MS } from "./link/backoff.ts";
import { isReachable, openClient } from "./link/client.ts";
import { askEdge, isGone } from "./link/silence.ts";
import { linkCounters, linkMetrics } from "./link/counters.ts";
import { edgeMemories, keptGreeters } from "./link/edge_memory.ts";
import { Commands } from "./link/outbox/commands.ts";
import { createOutboxStore } from "./link/outbox/store.ts";
import { type LinkParts, LinkSession, type LinkWork } from "./link/session.ts";
import { tellOfViewers, type ViewerWord } from "./link/viewers.ts";
import type { Hello } from "./messages.ts";
import type { Retold } from "./link/announcer.ts";
import { Nudge } from "./nudge.ts";
import { type Grpc, openGrpc, type StatusObject } from "./proto.ts";

export interface LinkState {
  /** The edge has shown that it is there. */
  connected: boolean;
  /** host:port of the edge that is linked, or was last tried. */
  address: string;
  /** ISO 8601 time of the last change of `connected`. */
  since: string;
  /** What the edge understands beyond the published protocol. */
  extensions: string[];
  /** Why the last stream ended. */
  reason?: string;
  /** ISO 8601; while it waits for that. */
  nextTryAt?: string;
}

export interface Link {
  /** Works until its signal aborts. */
  service: Service;
  /** Files may be new, other or gone: offers, announces and describes what the edge lacks. */
  offer(): void;
  /** Films are called something else, and so may their tags be; or only those, which ours are told. */
  retell(what: Retold): void;
  /** Tells the edge that a viewer has gone. */
  streamClosed(sessionId: string): void;
  /** Tells an edge that is none of ours of a viewer that did not come by it. */
  tellViewer(word: ViewerWord): void;
  state(): LinkState;
  metrics(): Metric[];
}

/** The edge may hold our former registration this long after we lost the connection. */
const DENIED_PATIENCE_MS = 120_000;
/** Between attempts as long as that may be it. */
const DENIED_WAIT_MS = 10_000;
/** How long a goodbye may take before the connection is cut. */
const GOODBYE_MS = 500;

const usual: Pick<LinkTiming, "lookUpMs" | "lookUps" | "longestWaitMs"> = {
  lookUpMs: 30_000,
  lookUps: 3,
  longestWaitMs: SLOW_MS,
};

/** How one stream went. */
interface Ending {
  status: StatusObject;
  livedMs: number;
  wasUp: boolean;
  /** It did not answer any more: neither may it at the next attempt, which takes as long to see. */
  wasSilent: boolean;
  /** A better edge was found meanwhile. */
  better: string | undefined;
}

export function createLink(deps: LinkDeps): Link {
  const { settings, publish, log, db } = deps;
  const { lookUpMs, lookUps, longestWaitMs } = { ...usual, ...deps.timing };
  const nudge = new Nudge<LinkWork>();
  const retold = new Nudge<Retold>();
  const counters = linkCounters();
  const store = createOutboxStore(db);
  let session: LinkSession | undefined;
  let tellViewer: ((word: ViewerWord) => void) | undefined;
  /** When the edge of this stream was last heard; 0 for never. */
  let heardAt = 0;
  const onAnswers = (key?: string) => session?.answersWait(key);
  const parts: LinkParts = {
    deps,
    nudge,
    retold,
    store,
    counters,
    refusals: new Refusals(log),
    commands: new Commands({ store, log, onAnswers }),
    uploads: new Semaphore(1),
    memoryOf: edgeMemories(store),
    greeters: keptGreeters(store),
  };
  const addresses = parseAddresses(settings.address);
  let state: LinkState = {
    connected: false,
    address: addresses[0] ?? "",
    since: new Date().toISOString(),
    extensions: [],
  };
  const up = (address: string, hello?: Hello) => {
    if (!state.connected) {
      state = { connected: true, address, since: new Date().toISOString(), extensions: [] };
      log.info("Linked to the edge", { address });
      publish("link.connected", { address });
    }
    if (hello) state.extensions = hello.extensions;
  };
  const down = (address: string, reason: string) => {
    const { connected } = state;
    const since = connected ? new Date().toISOString() : state.since;
    state = { connected: false, address, since, extensions: [], reason };
    if (connected) publish("link.disconnected", { address, reason });
  };

  const hooks = (address: string) => ({
    heard() {
      heardAt = Date.now();
      up(address);
    },
    greeted: (hello: Hello) => up(address, hello),
  });

  /** One stream; resolves with how it ended. */
  async function once(grpc: Grpc, at: number, patience: number, signal: AbortSignal) {
    const address = addresses[at]!;
    counters.attempts++;
    const started = Date.now();
    let said: Introduced | undefined;
    const introduced = (it: Introduced) => void (said = it);
    const client = await openClient(grpc, { ...settings, address, introduced });
    const pinOf = () => settings.identity?.pinOf?.(address);
    const isJoined = pinOf() !== undefined;
    // What it has proved counts, not what it is expected to be.
    const isOurs = () =>
      settings.isOwnEdge === true || said !== undefined && pinOf() === fingerprintOf(said.edgeKey);
    const vouches = (hello: Hello) => said !== undefined && isVouched(hello, said);
    deps.streams.begins(isJoined ? vouches : undefined);
    const stream = grpc.call(client, settings.peerId);
    const ended = Promise.withResolvers<StatusObject>();
    const over = new AbortController();
    stream.on("error", () => {}); // told by "status" as well
    stream.on("metadata", () => {
      heardAt = Date.now();
      up(address);
    });
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
    const limitMs = settings.timeoutSec * 1000;
    const hangUp = (why: string) => stream.call?.cancelWithStatus(grpc.lib.status.UNAVAILABLE, why);
    // Somebody takes connections there and says nothing, not even what HTTP/2 begins with.
    const connecting = setTimeout(() => {
      const now = client.getChannel().getConnectivityState(false);
      if (now !== grpc.lib.connectivityState.READY) {
        hangUp(`Nothing answers there in ${settings.timeoutSec} s`);
      }
    }, limitMs);
    heardAt = 0;
    let wasSilent = false;
    const watching = isGone({
      ask: () => askEdge(grpc, client, { ms: limitMs, signal: over.signal }),
      heardAt: () => heardAt,
      // An original edge never says a word: that is all there is to see.
      answered: () => up(address),
      // A joined one is asked as well: its network may have gone, and that is seen at once.
      isWatched: () => !isJoined && session?.edge !== undefined,
      limitMs,
      everyMs: settings.heartbeatSec * 1000,
      signal: over.signal,
    }).then((is) => {
      if (!is) return;
      wasSilent = true;
      hangUp(`The edge has not answered in ${settings.timeoutSec} s`);
    });
    let better: string | undefined;
    const looking = lookUp(addresses.slice(0, at), {
      isThere: (other, signal) => isReachable(grpc, { ...settings, address: other }, signal),
      everyMs: lookUpMs * patience,
      times: lookUps,
      signal: over.signal,
    }).then((found) => {
      if (!(better = found)) return;
      log.info("A better edge is there again", { address, better });
      goodbye();
    });
    try {
      const options = { stream, address, signal: over.signal, lasting: signal };
      const forgotten = () => hangUp("The edge has forgotten this peer");
      tellViewer = tellOfViewers(grpc, client, { settings, signal: over.signal, forgotten, log });
      session = new LinkSession(parts, { ...options, isOurs, hooks: hooks(address) });
      await session.run().catch((error) => {
        if (over.signal.aborted) return;
        wasSilent = error instanceof UnavailableError;
        log.warn("Hanging up", { reason: reasonOf(error) });
        stream.cancel();
      });
      const status = await ended.promise;
      await Promise.all([looking, watching]);
      const livedMs = Date.now() - started;
      return { status, livedMs, wasUp: state.connected, wasSilent, better } satisfies Ending;
    } finally {
      session = tellViewer = undefined;
      clearTimeout(connecting);
      signal.removeEventListener("abort", goodbye);
      client.close();
    }
  }

  async function service(signal: AbortSignal): Promise<void> {
    const grpc = await openGrpc();
    const { status } = grpc.lib;
    const backoff = new Backoff();
    const quick = {
      intervalSec: settings.reconnectIntervalSec,
      maxAttempts: settings.maxReconnectAttempts ?? 0,
    };
    let deniedSince = 0;
    /** Grows with each move to a better edge that came to nothing. */
    let patience = 1;
    /** The last of each edge, so that what stays as it is is said once. */
    const said = new Map<string, string>();
    for (let at = 0; !signal.aborted;) {
      const address = addresses[at]!;
      const ended = await once(grpc, at, patience, signal);
      const { status: ending, livedMs, wasUp, wasSilent, better } = ended;
      const { code, details } = ending;
      if (signal.aborted) break;
      if (better) {
        down(address, `"${better}" is there again`);
        at = addresses.indexOf(better);
        patience = Math.min(patience * 2, 32);
        continue;
      }
      if (wasUp && at === 0) patience = 1;

      const isDenied = code === status.PERMISSION_DENIED;
      deniedSince = isDenied ? deniedSince || Date.now() - livedMs : 0;
      const isPatient = isDenied && Date.now() - deniedSince < DENIED_PATIENCE_MS;
      const reason = `${status[code]}: ${details}${advice(grpc, ending, isPatient)}`;
      // What has ended starts again with the best; what is not there is followed by the next.
      at = wasUp && !wasSilent ? 0 : (at + 1) % addresses.length;
      const isRound = wasUp || at === 0;
      const most = isPatient ? DENIED_WAIT_MS : longestWaitMs;
      const waitMs = isRound ? backoff.next(wasUp ? livedMs : 0, quick, most) : 0;
      const { failures } = backoff;
      const level = reason === said.get(address) ? "debug" : "warn";
      log[level]("Link to the edge ended", { address, reason, failures, waitMs });
      said.set(address, reason);
      down(address, reason);
      state.nextTryAt = new Date(Date.now() + waitMs).toISOString();
      await pause(waitMs, signal);
      delete state.nextTryAt;
    }
    down(state.address, "stopped");
  }

  return {
    service,
    offer: () => nudge.note("offer", "refresh"),
    retell: (what) => retold.note(what),
    streamClosed(sessionId) {
      if (!session?.edge) return;
      session.send({ case: "streamClose", value: { sessionId } }).catch((error) =>
        log.debug("Cannot tell the edge that a stream is closed", { sessionId, error })
      );
    },
    tellViewer: (word) => session?.edge ? undefined : tellViewer?.(word),
    state: () => ({ ...state }),
    metrics: () => linkMetrics(counters, state.connected, store.waiting()),
  };
}
