/**
 * The bus of edges on one NATS server with JetStream, of which it makes what it needs there: a work
 * queue for each edge, a bucket for each kind of record, and a log of the published topics for those
 * who read along.
 *
 * @module
 */
import type { KV } from "@nats-io/kv";
import type { Msg, Subscription } from "@nats-io/transport-node";
import { reasonOf, toError, UnavailableError } from "../../../../base/errors.ts";
import type { Log } from "../../../../base/log.ts";
import { pause } from "../../../../base/service.ts";
import { type Bus, KEPT_MS } from "./bus.ts";
import { connectTo, findServer, type NatsPlace, TIMEOUT_MS } from "./nats_server.ts";
import { hearErrorsOfSockets } from "./sockets.ts";
import {
  addQueue,
  addStream,
  away,
  consumeQueue,
  type Ground,
  keepReplicas,
  toRecords,
} from "./nats_streams.ts";
import { logged } from "./topics.ts";
import { setTimeout as sleep } from "node:timers/promises";

export interface NatsOptions extends NatsPlace {
  /** What this end calls itself to the server. */
  name: string;
  log: Log;
  /** Milliseconds for which a server that is away at the start is tried; 30,000 unless said. */
  startMs?: number;
}

/** What the server did not let us make is tried again after so long. */
const RETRY_MS = 1000;
/** What a cluster says before its servers have found each other, and how soon it is asked again. */
const STARTING = /timeout|temporarily|no suitable peers|insufficient resources/i;
const START_MS = 250;
/** The log of what was told is kept so long, and so large at most. */
const LOG_MS = 24 * KEPT_MS;
const LOG_BYTES = 256 * 1024 * 1024;

/**
 * @throws {UnavailableError} the server cannot be reached, does not let us in, or has no JetStream
 * @throws {InvalidError} the URL is none, or the file no certificate
 */
export async function openNatsBus(
  { name, log, startMs = 30_000, ...at }: NatsOptions,
): Promise<Bus> {
  const { place, ...server } = await findServer(at);
  hearErrorsOfSockets();
  const connection = await connectTo({ ...server, name }, place, startMs);
  const { default: { jetstream, jetstreamManager } } = await import("@nats-io/jetstream");
  const { default: { Kvm } } = await import("@nats-io/kv");
  const back = new Set<() => void>();
  let isUp = true;
  const ground: Ground = {
    manager: await jetstreamManager(connection, { timeout: TIMEOUT_MS, checkAPI: false }),
    client: jetstream(connection, { timeout: TIMEOUT_MS }),
    place,
    replicas: at.replicas ?? 1,
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
  /** As soon as the server lets it; whether it did so before `signal` aborted. */
  const makeInTime = async (work: () => Promise<void>, signal: AbortSignal): Promise<boolean> => {
    for (; !signal.aborted; await pause(RETRY_MS, signal)) {
      if (!isUp && !connection.isClosed()) continue;
      try {
        await make(work);
        return true;
      } catch (error) {
        if (connection.isClosed()) throw error;
        log.warn("Cannot prepare the bus: it is tried again", { place, reason: reasonOf(error) });
      }
    }
    return false;
  };
  // The servers of a cluster that has just begun are not one for some seconds.
  for (const until = Date.now() + startMs;; await sleep(START_MS)) {
    const failure = await make(() => addStream(ground, logConfig)).then(() => undefined, toError);
    if (!failure) break;
    if (Date.now() < until && STARTING.test(failure.message)) continue;
    await connection.close();
    throw failure;
  }
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
      if (!await makeInTime(() => addQueue(ground, topic), signal)) return;
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
    async records(bucket, lifeMs, signal) {
      const kvm = new Kvm(ground.client);
      let now: KV | undefined;
      const isMade = await makeInTime(async () => {
        const { replicas } = ground;
        now = await kvm.create(bucket, { ttl: lifeMs, history: 1, replicas, timeout: TIMEOUT_MS });
        await keepReplicas(ground.manager, `KV_${bucket}`, replicas);
      }, signal);
      if (!isMade) throw signal.reason;
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
    let absence = new AbortController();
    let coming: Promise<void> | undefined;
    for await (const { type } of connection.status()) {
      if (type === "disconnect") {
        // What was being made for its return is made for the next one.
        absence.abort();
        await coming;
        if (isUp) log.warn("The bus is away", { place });
        isUp = false;
      } else if (type === "reconnect") {
        absence = new AbortController();
        coming = comeBack(absence.signal);
      }
    }
    absence.abort();
    await coming;
  }

  /** It is back once all is there again that it needs. */
  async function comeBack(signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        // A cluster that chooses its next leader lets each wait for its whole time.
        await Promise.all(makers.map((work) => work()));
        break;
      } catch (error) {
        if (signal.aborted || connection.isClosed()) return;
        log.warn("Cannot prepare the bus: it is tried again", { place, reason: reasonOf(error) });
        await pause(RETRY_MS, signal);
      }
      if (signal.aborted) return;
    }
    if (signal.aborted) return;
    isUp = true;
    log.info("The bus is back", { place });
    for (const tell of [...back]) tell();
  }
}

const logConfig = {
  name: "giggityflix-events",
  subjects: logged,
  "max_age": LOG_MS * 1_000_000,
  "max_bytes": LOG_BYTES,
  discard: "old" as const,
};

function read(message: Msg, log: Log): unknown {
  try {
    return message.json();
  } catch {
    log.warn("Ignored a message of the bus that is no JSON", { topic: message.subject });
    return undefined;
  }
}
