/**
 * JetStream as the bus uses it: work queues, and buckets of records.
 *
 * @module
 */
import type {
  ConsumerMessages,
  JetStreamClient,
  JetStreamManager,
  JsMsg,
  StreamConfig,
} from "@nats-io/jetstream";
import type { KV } from "@nats-io/kv";
import { UnavailableError } from "../../../../base/errors.ts";
import type { Log } from "../../../../base/log.ts";
import { pause } from "../../../../base/service.ts";
import {
  KEPT_MS,
  MAX_DELIVERIES,
  MAX_HANDLED,
  MAX_QUEUED,
  type Record,
  type Records,
} from "./bus.ts";

/** What these need of the connection. */
export interface Ground {
  manager: JetStreamManager;
  client: JetStreamClient;
  place: string;
  /** Servers of a cluster that keep each stream. */
  replicas: number;
  log: Log;
  isUp(): boolean;
  onBack(listener: () => void): Disposable;
  /** All that was said so far is with the server. */
  flush(): Promise<void>;
}

const AGAIN_MS = 500;
const NS = 1_000_000;
/** JetStream's "wrong last sequence". */
const STALE = 10071;

/** The failure that a caller may act on; never a URL with a password in it. */
export function away(what: string, cause: unknown): UnavailableError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UnavailableError(`${what}: ${reason || "no answer"}`, {}, { cause });
}

/** Makes a stream, or brings the one that is there to this shape. */
export async function addStream(
  { manager, place, replicas }: Pick<Ground, "manager" | "place" | "replicas">,
  shape: Partial<StreamConfig> & { name: string },
): Promise<void> {
  const config = { ...shape, "num_replicas": replicas };
  await manager.streams.add(config).catch(async (error) => {
    await manager.streams.update(config.name, config).catch(() => {
      throw away(`Cannot make the stream "${config.name}" at ${place}`, error);
    });
  });
}

/** A bucket that was there is left as it was by its library. */
export async function keepReplicas(
  manager: JetStreamManager,
  stream: string,
  replicas: number,
): Promise<void> {
  const { config } = await manager.streams.info(stream);
  if (config.num_replicas !== replicas) {
    await manager.streams.update(stream, { "num_replicas": replicas });
  }
}

export async function addQueue(ground: Ground, topic: string): Promise<void> {
  await addStream(ground, {
    name: topic,
    subjects: [topic],
    retention: "workqueue",
    max_age: KEPT_MS * NS,
    max_msgs: MAX_QUEUED,
    discard: "new",
    duplicate_window: 120_000 * NS,
  });
  await ground.manager.consumers.add(topic, {
    durable_name: "edge",
    ack_policy: "explicit",
    ack_wait: 10_000 * NS,
    max_deliver: MAX_DELIVERIES,
    max_ack_pending: MAX_HANDLED,
  }).catch((error) => {
    throw away(`Cannot take from "${topic}" at ${ground.place}`, error);
  });
}

export async function consumeQueue(
  ground: Ground,
  topic: string,
  handle: (message: unknown) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { client, log } = ground;
  while (!signal.aborted) {
    try {
      const consumer = await client.consumers.get(topic, "edge");
      // What waits is handed out at once; in its absence the server says that it lives.
      const messages = await consumer.consume({
        max_messages: MAX_HANDLED,
        idle_heartbeat: 2000,
        expires: 10_000,
      });
      await takeEach(ground, messages, handle, signal);
    } catch (error) {
      if (!signal.aborted) log.debug("Takes from a queue again", { topic, error });
    }
    await pause(AGAIN_MS, signal);
  }
}

async function takeEach(
  { log, onBack, flush }: Ground,
  messages: ConsumerMessages,
  handle: (message: unknown) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const stop = () => messages.stop();
  signal.addEventListener("abort", stop, { once: true });
  // The consumer may be another one after the server has been away.
  using _again = onBack(stop);
  try {
    if (signal.aborted) return stop();
    for await (const message of messages) {
      const said = read(message);
      if (said === undefined) {
        log.warn("Ignored a message of the bus that is no JSON", { topic: message.subject });
        message.term("no JSON");
      } else handle(said).then(() => message.ack(), () => message.nak(AGAIN_MS));
    }
  } finally {
    signal.removeEventListener("abort", stop);
    // Else what comes next is still given to this one, and waits there in vain.
    await flush();
  }
}

function read(message: JsMsg): unknown {
  try {
    return message.json();
  } catch {
    return undefined;
  }
}

/** `bucketNow` is another one after the server has lost it. */
export function toRecords(bucketNow: () => KV, { place, log, isUp, onBack }: Ground): Records {
  const assertUp = () => {
    if (!isUp()) throw new UnavailableError(`Cannot use the bus at ${place}: it is away`);
  };
  const unless = (error: unknown) => {
    if ((error as { code?: number }).code === STALE) return undefined;
    throw away(`Cannot keep a record at ${place}`, error);
  };
  const read = (entry: { json(): unknown; operation: string }): unknown => {
    if (entry.operation !== "PUT") return undefined;
    try {
      return entry.json();
    } catch {
      return undefined;
    }
  };
  return {
    async put(key, value, after) {
      assertUp();
      const text = JSON.stringify(value ?? null);
      return await (after === undefined
        ? bucketNow().put(key, text)
        : bucketNow().update(key, text, after)).catch(unless);
    },
    async get(key) {
      assertUp();
      const entry = await bucketNow().get(key).catch((error) => {
        throw away(`Cannot read a record at ${place}`, error);
      });
      return entry ? { key, value: read(entry), revision: entry.revision } : undefined;
    },
    async delete(key, after) {
      assertUp();
      const options = after === undefined ? {} : { previousSeq: after };
      await bucketNow().delete(key, options).catch(unless);
    },
    async watch(listener, signal) {
      while (!signal.aborted) {
        try {
          const entries = await bucketNow().watch();
          const stop = () => entries.stop();
          signal.addEventListener("abort", stop, { once: true });
          using _again = onBack(stop);
          if (signal.aborted) stop();
          for await (const entry of entries) {
            const { key, revision } = entry;
            listener({ key, value: read(entry), revision } satisfies Record);
          }
          signal.removeEventListener("abort", stop);
        } catch (error) {
          if (!signal.aborted) log.debug("Watches records again", { error });
        }
        await pause(AGAIN_MS, signal);
      }
    },
  };
}
