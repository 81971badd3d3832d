/**
 * A service is a function that works until its signal is aborted.
 * `supervise` keeps a list of them running; nothing else starts background work.
 *
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import { FatalError, reasonOf } from "./errors.ts";
import type { Log } from "./log.ts";

/** Resolves once `signal` is aborted and all its work has stopped. */
export type Service = (signal: AbortSignal) => Promise<void>;

export interface ServiceFailure {
  reason: string;
  at: Date;
  /** In a row. */
  attempts: number;
}

export interface SuperviseOptions {
  log: Log;
  signal: AbortSignal;
  /** Told of each failure, by the service's name. */
  onFailure?: (name: string, failure: ServiceFailure) => void;
  /** Milliseconds to wait before restart number `attempt`. */
  backoff?: (attempt: number) => number;
}

/** Runs every service until `signal` aborts or one of them fails for good. */
export async function supervise(
  services: Record<string, Service>,
  { log, signal, onFailure = () => {}, backoff = exponential }: SuperviseOptions,
): Promise<void> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);

  const endings = await Promise.allSettled(
    Object.entries(services).map(([name, service]) =>
      keepRunning(service, {
        log: log.child(name),
        signal: either,
        onFailure: (failure) => onFailure(name, failure),
        backoff,
      })
        .finally(() => stop.abort())
    ),
  );

  const fatal = endings.find((ending) => ending.status === "rejected");
  if (fatal) throw fatal.reason;
}

/** Runs one service again whenever it ends early; only a FatalError gets out. */
async function keepRunning(
  service: Service,
  { log, signal, onFailure, backoff }: Required<Omit<SuperviseOptions, "onFailure">> & {
    onFailure(failure: ServiceFailure): void;
  },
): Promise<void> {
  let last: unknown;
  for (let attempt = 1; !signal.aborted; attempt++) {
    const started = Date.now();
    try {
      await service(signal);
    } catch (error) {
      if (error instanceof FatalError) throw error;
      // The same failure again is no news.
      const level = reasonOf(error) === last ? "debug" : "error";
      last = reasonOf(error);
      if (!signal.aborted) {
        log[level]("Service failed", { attempt, error });
        onFailure({ reason: reasonOf(error), at: new Date(), attempts: attempt });
      }
    }
    if (Date.now() - started > HEALTHY_MS) attempt = 1;
    await pause(backoff(attempt), signal);
  }
}

/** A run this long was a success: the next failure starts counting from one. */
const HEALTHY_MS = 60_000;

function exponential(attempt: number): number {
  return Math.min(1000 * 2 ** (attempt - 1), 60_000);
}

/** Waits, or returns at once when `signal` aborts; whoever loops looks at the signal. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}

/** The service that does nothing but wait to be stopped. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}

/**
 * What `promise` gives; undefined when `signal` aborts first. A race with untilAborted() would leave
 * its listener on a signal that lives on, one each time.
 */
export async function orAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal,
): Promise<T | undefined> {
  if (signal.aborted) {
    promise.catch(() => {}); // as in a race: who comes second is not heard
    return undefined;
  }
  const aborted = Promise.withResolvers<undefined>();
  const abort = () => aborted.resolve(undefined);
  signal.addEventListener("abort", abort, { once: true });
  return await Promise.race([promise, aborted.promise])
    .finally(() => signal.removeEventListener("abort", abort));
}
