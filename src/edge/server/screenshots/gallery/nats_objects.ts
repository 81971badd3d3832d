/**
 * Screenshots in the object store of a NATS server with JetStream, for several edges: what is brought
 * to one of them is shown by all.
 *
 * @module
 */
import type { ObjectStore as Bucket } from "@nats-io/obj";
import { reasonOf, UnavailableError } from "../../../../base/errors.ts";
import { findServer, type NatsPlace, parseBusUrl } from "../../routing/bus/nats_server.ts";
import { keepReplicas } from "../../routing/bus/nats_streams.ts";
import type { ObjectStore } from "./objects.ts";

const BUCKET = "giggityflix-screenshots";
const TIMEOUT_MS = 10_000;

/**
 * Connects with the first use.
 *
 * @throws (its functions) {UnavailableError} the server is away, or has no JetStream
 */
export function natsObjects(at: NatsPlace): ObjectStore & AsyncDisposable {
  const { place } = parseBusUrl(at.url);
  let opened: ReturnType<typeof open> | undefined;

  async function open() {
    const { default: { connect } } = await import("@nats-io/transport-node");
    const { default: { Objm } } = await import("@nats-io/obj");
    const { default: { jetstreamManager } } = await import("@nats-io/jetstream");
    const name = "giggityflix screenshots";
    const { place: _, ...server } = await findServer(at);
    const connection = await connect({
      ...server,
      name,
      timeout: TIMEOUT_MS,
      maxReconnectAttempts: -1,
    });
    try {
      const { replicas = 1 } = at;
      const bucket = await new Objm(connection).create(BUCKET, { replicas });
      await keepReplicas(await jetstreamManager(connection), `OBJ_${BUCKET}`, replicas);
      return { connection, bucket };
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  const use = async <T>(work: (bucket: Bucket) => Promise<T>): Promise<T> => {
    const opening = opened ??= open();
    opening.catch(() => opened = undefined); // the next use tries again
    try {
      return await within(opening.then(({ bucket }) => work(bucket)));
    } catch (cause) {
      const message = `Cannot use the object store at ${place}: ${reasonOf(cause)}`;
      throw new UnavailableError(message, {}, { cause });
    }
  };

  return {
    put: (name, bytes) =>
      use(async (bucket) => void await bucket.putBlob({ name }, bytes, { timeout: TIMEOUT_MS })),
    get: (name) => use(async (bucket) => (await bucket.getBlob(name))?.slice()),
    remove: (name) =>
      use(async (bucket) => {
        if (await bucket.info(name)) await bucket.delete(name);
      }),
    async *list() {
      for (const { name, mtime, deleted } of await use((bucket) => bucket.list())) {
        if (!deleted) yield { name, putAt: Date.parse(mtime) };
      }
    },
    // The next use connects anew.
    async [Symbol.asyncDispose]() {
      const ending = opened;
      opened = undefined;
      const { connection } = await ending?.catch(() => undefined) ?? {};
      await connection?.close();
    },
  };
}

/** A server that has gone in the middle is not waited for. */
async function within<T>(work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const late = () => reject(new Error(`no answer in ${2 * TIMEOUT_MS} ms`));
  const timer = setTimeout(late, 2 * TIMEOUT_MS);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
