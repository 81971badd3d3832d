/**
 * The bus of edges on one NATS server with JetStream, of which it makes what it needs there: a work
 * queue for each edge, a bucket for each kind of record, and a log of the published topics for those
 * who read along.
 *
 * @module
 */
import type { KV } from "@nats-io/kv";
import type { Msg, NatsConnection, Subscription } from "@nats-io/transport-node";
import { InvalidError, reasonOf, UnavailableError } from "../../../../base/errors.ts";
import type { Log } from "../../../../base/log.ts";
import { type Bus, KEPT_MS } from "./bus.ts";
import { hearErrorsOfSockets } from "./sockets.ts";
import { addQueue, addStream, away, consumeQueue, type Ground, toRecords } from "./nats_streams.ts";
import { logged } from "./topics.ts";
import { setTimeout as sleep } from "node:timers/promises";

export interface NatsOptions {
  /** nats://user:password@host:port, or tls://…; several by comma. */
  url: string;
  /** What this end calls itself to the server. */
  name: string;
  log: Log;
  /** Milliseconds for which a server that is away at the start is tried; 30,000 unless said. */
  startMs?: number;
}

const TIMEOUT_MS = 5000;
const AGAIN_MS = 250;
/** The log of what was told is kept so long, and so large at most. */
const LOG_MS = 24 * KEPT_MS;
const LOG_BYTES = 256 * 1024 * 1024;

/**
 * @throws {UnavailableError} the server cannot be reached, does not let us in, or has no JetStream
 * @throws {InvalidError} the URL is none
 */
export async function openNatsBus(
  { url, name, log, startMs = 30_000 }: NatsOptions,
): Promise<Bus> {
  const { place, ...server } = parseBusUrl(url);
  hearErrorsOfSockets();
  const connection = await open({ ...server, name }, place, startMs);
  const { default: { jetstream, jetstreamManager } } = await import("@nats-io/jetstream");
  const { default: { Kvm } } = await import("@nats-io/kv");
  const back = new Set<() => void>();
  let isUp = true;
  const ground: Ground = {
    manager: await jetstreamManager(connection, { timeout: TIMEOUT_MS, checkAPI: false }),
    client: jetstream(connection, { timeout: TIMEOUT_MS }),
    place,
    log,
    isUp: () => isUp,
    onBack(listener) {
      back.add(listener);
      return { [Symbol.dispose]: () => void back.delete(listener) };
    },
    flush: async () => {
      if (isUp) await connection.flush().catch(() => {});
    },
  };
  /** Made again whenever the server comes back: it may have lost what it had. */
  const makers: (() => Promise<void>)[] = [];
  const make = async (work: () => Promise<void>) => {
    await work();
    makers.push(work);
  };
  await make(() => addStream(ground, logConfig)).catch(async (error) => {
    await connection.close();
    throw error;
  });
  const following = follow();
  const assertUp = () => {
    if (!isUp) throw new UnavailableError(`Cannot use the bus at ${place}: it is away`);
  };
  const subscribe = (topic: string, take: (said: unknown, message: Msg) => void): Disposable => {
    const subscription: Subscription = connection.subscribe(topic, {
      callback(error, message) {
        if (error) return;
        const said = read(message, log);
        if (said !== undefined) take(said, message);
      },
    });
    return { [Symbol.dispose]: () => subscription.unsubscribe() };
  };

  return {
    kind: "nats",
    place,
    isUp: ground.isUp,
    onBack: ground.onBack,
    tell(topic, message) {
      // What is said while the server is away would be kept without a bound.
      if (isUp && !connection.isClosed()) {
        connection.publish(topic, JSON.stringify(message ?? null));
      }
    },
    hear: subscribe,
    async queue(topic, message, id) {
      assertUp();
      const said = ground.client.publish(topic, JSON.stringify(message ?? null), { msgID: id });
      await said.catch((error) => {
        throw away(`Cannot reach "${topic}" by the bus at ${place}`, error);
      });
    },
    async consume(topic, handle, signal) {
      await make(() => addQueue(ground, topic));
      await consumeQueue(ground, topic, handle, signal);
    },
    async ask(topic, message, ms, signal) {
      assertUp();
      signal?.throwIfAborted();
      const stopped = Promise.withResolvers<never>();
      const stop = () => stopped.reject(signal?.reason);
      signal?.addEventListener("abort", stop, { once: true });
      const asked = connection.request(topic, JSON.stringify(message ?? null), { timeout: ms });
      asked.catch(() => {});
      try {
        const answer = await Promise.race([asked, stopped.promise]).catch((error) => {
          throw signal?.aborted ? error : away(`Cannot reach "${topic}"`, error);
        });
        const { value, failure } = read(answer, log) as { value?: unknown; failure?: string };
        if (failure !== undefined) throw new UnavailableError(failure);
        return value ?? null;
      } finally {
        signal?.removeEventListener("abort", stop);
      }
    },
    answer: (topic, handle) =>
      subscribe(topic, (said, message) => {
        handle(said).then((value) => ({ value }), (error) => ({ failure: reasonOf(error) }))
          .then((answer) => void message.respond(JSON.stringify(answer)))
          .catch((error) => log.debug("Cannot answer by the bus", { topic, error }));
      }),
    async records(bucket, lifeMs) {
      const kvm = new Kvm(ground.client);
      let now: KV | undefined;
      await make(async () => {
        now = await kvm.create(bucket, { ttl: lifeMs, history: 1, timeout: TIMEOUT_MS });
      });
      return toRecords(() => now!, ground);
    },
    async [Symbol.asyncDispose]() {
      // What was said last is on its way before the connection ends.
      const patience = new AbortController();
      const late = sleep(1000, undefined, { signal: patience.signal }).catch(() => {});
      await Promise.race([ground.flush(), late]);
      patience.abort();
      await connection.close();
      await following;
    },
  };

  /** Says when the server goes and comes back. */
  async function follow(): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === "disconnect" && isUp) {
        isUp = false;
        log.warn("The bus is away", { place });
      } else if (type === "reconnect") {
        for (const work of makers) {
          await work().catch((error) => log.warn("Cannot prepare the bus", { place, error }));
        }
        isUp = true;
        log.info("The bus is back", { place });
        for (const tell of [...back]) tell();
      }
    }
  }
}

const logConfig = {
  name: "giggityflix-events",
  subjects: logged,
  "max_age": LOG_MS * 1_000_000,
  "max_bytes": LOG_BYTES,
  discard: "old" as const,
};

interface Server {
  servers: string[];
  user?: string;
  pass?: string;
  token?: string;
  tls?: Record<never, never>;
}

/** Machines start in any order: a server that is away is tried again. */
async function open(
  server: Server & { name: string },
  place: string,
  startMs: number,
): Promise<NatsConnection> {
  // CommonJS: in the executable there are no names beside "default".
  const { default: { connect } } = await import("@nats-io/transport-node");
  for (const until = Date.now() + startMs;;) {
    try {
      return await connect({
        ...server,
        timeout: TIMEOUT_MS,
        maxReconnectAttempts: -1,
        reconnectTimeWait: AGAIN_MS,
        reconnectJitter: AGAIN_MS,
        // A server that has vanished is noticed by two pings that are not answered.
        pingInterval: 2000,
        maxPingOut: 2,
        ignoreAuthErrorAbort: true,
      });
    } catch (error) {
      if (Date.now() >= until) throw away(`Cannot use the bus at ${place}`, error);
      await sleep(AGAIN_MS);
    }
  }
}

/**
 * Where the servers are, and what they are shown.
 *
 * @throws {InvalidError} it is no such URL
 */
export function parseBusUrl(text: string): Server & { place: string } {
  const urls = text.split(",").map((it) => it.trim()).filter(Boolean).map((it) => {
    const url = URL.canParse(it) ? new URL(it) : undefined;
    if (url?.hostname && ["nats:", "tls:"].includes(url.protocol)) return url;
    // Not said again here: it may have a password in it.
    throw new InvalidError(
      "Cannot read EDGE_BUS_URL: write nats://host:4222, or tls://user:password@host:4222",
      { field: "edge_bus_url" },
    );
  });
  const [first] = urls;
  if (!first) throw new InvalidError("Cannot read EDGE_BUS_URL: it is empty");
  const servers = urls.map(({ hostname, port }) => `${hostname}:${port || 4222}`);
  const name = decodeURIComponent(first.username);
  const pass = decodeURIComponent(first.password);
  return {
    place: servers.join(","),
    servers,
    ...pass ? { user: name, pass } : name ? { token: name } : {},
    ...first.protocol === "tls:" && { tls: {} },
  };
}

function read(message: Msg, log: Log): unknown {
  try {
    return message.json();
  } catch {
    log.warn("Ignored a message of the bus that is no JSON", { topic: message.subject });
    return undefined;
  }
}
