/**
 * The bus of edges in one process; mostly of a single one. What is said goes through JSON, as it does
 * between processes.
 *
 * @module
 */
import { reasonOf, UnavailableError } from "../../../../base/errors.ts";
import { pause } from "../../../../base/service.ts";
import {
  type Bus,
  KEPT_MS,
  MAX_DELIVERIES,
  MAX_HANDLED,
  MAX_QUEUED,
  type Record,
  type Records,
} from "./bus.ts";

interface Queued {
  id: string;
  text: string;
  at: number;
  deliveries: number;
}

/** Between two tries of the same message. */
const AGAIN_MS = 500;
/** How long the ids of messages are remembered. */
const SAME_MS = 120_000;

/** Each edge's end of one bus. */
export function createEmbeddedBus(): () => Bus {
  const listeners = new Map<string, Set<(message: unknown) => void>>();
  const answerers = new Map<string, (message: unknown) => Promise<unknown>>();
  const queues = new Map<string, Queue>();
  const records = new Map<string, Records>();
  const copy = (message: unknown): unknown => JSON.parse(JSON.stringify(message ?? null));
  const queueOf = (topic: string) => {
    const queue = queues.get(topic) ?? new Queue();
    queues.set(topic, queue);
    return queue;
  };
  return () => ({
    kind: "embedded",
    place: "this process",
    isUp: () => true,
    onBack: () => ({ [Symbol.dispose]: () => {} }),
    tell(topic, message) {
      const hearers = listeners.get(topic);
      if (!hearers) return;
      const said = copy(message);
      // Later, as from a network: who tells is not called back in the middle of it.
      for (const hear of hearers) queueMicrotask(() => void (hearers.has(hear) && hear(said)));
    },
    hear(topic, listener) {
      const hearers = listeners.get(topic) ?? new Set();
      listeners.set(topic, hearers.add(listener));
      return { [Symbol.dispose]: () => void hearers.delete(listener) };
    },
    // deno-lint-ignore require-await -- what it throws comes as a rejection
    async queue(topic, message, id) {
      const queue = queues.get(topic);
      if (!queue) throw nobody(topic);
      queue.add(JSON.stringify(message ?? null), id);
    },
    consume: (topic, handle, signal) => queueOf(topic).consume(handle, signal),
    async ask(topic, message, ms, signal) {
      const answer = answerers.get(topic);
      if (!answer) throw nobody(topic);
      const late = new AbortController();
      const either = AbortSignal.any([late.signal, ...signal ? [signal] : []]);
      const timer = setTimeout(() => late.abort(noAnswer(topic, ms)), ms);
      const stopped = Promise.withResolvers<never>();
      either.addEventListener("abort", () => stopped.reject(either.reason));
      if (either.aborted) stopped.reject(either.reason);
      try {
        const said = answer(copy(message)).then(copy, (error) => {
          throw new UnavailableError(reasonOf(error));
        });
        return await Promise.race([said, stopped.promise]);
      } finally {
        clearTimeout(timer);
      }
    },
    answer(topic, handle) {
      answerers.set(topic, handle);
      return {
        [Symbol.dispose]: () => {
          if (answerers.get(topic) === handle) answerers.delete(topic);
        },
      };
    },
    records(name, lifeMs) {
      const known = records.get(name) ?? createRecords(lifeMs);
      records.set(name, known);
      return Promise.resolve(known);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

function nobody(topic: string): UnavailableError {
  return new UnavailableError(`Cannot reach "${topic}": nobody is there`);
}

function noAnswer(topic: string, ms: number): UnavailableError {
  return new UnavailableError(`Cannot wait longer: no answer of "${topic}" in ${ms} ms`);
}

class Queue {
  #waiting: Queued[] = [];
  readonly #seen = new Map<string, number>();
  #wake = () => {};

  add(text: string, id: string): void {
    const now = Date.now();
    for (const [old, at] of this.#seen) {
      if (now - at < SAME_MS) break;
      this.#seen.delete(old);
    }
    if (this.#seen.has(id)) return;
    if (this.#waiting.length >= MAX_QUEUED) {
      throw new UnavailableError(`Cannot queue a message: ${MAX_QUEUED} are waiting`);
    }
    this.#seen.set(id, now);
    this.#waiting.push({ id, text, at: now, deliveries: 0 });
    this.#wake();
  }

  async consume(handle: (message: unknown) => Promise<void>, signal: AbortSignal): Promise<void> {
    const handling = new Set<Promise<void>>();
    while (!signal.aborted) {
      const next = handling.size < MAX_HANDLED ? this.#waiting.shift() : undefined;
      if (!next) {
        await this.#change(signal);
        continue;
      }
      if (Date.now() - next.at > KEPT_MS) continue;
      const work = this.#handle(next, handle, signal).finally(() => {
        handling.delete(work);
        this.#wake();
      });
      handling.add(work);
    }
    await Promise.allSettled(handling);
  }

  async #handle(
    queued: Queued,
    handle: (message: unknown) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await handle(JSON.parse(queued.text));
    } catch {
      if (++queued.deliveries >= MAX_DELIVERIES) return;
      await pause(AGAIN_MS, signal);
      this.#waiting.unshift(queued);
    }
  }

  async #change(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    signal.addEventListener("abort", () => resolve(), { once: true });
    await promise;
  }
}

function createRecords(lifeMs: number): Records {
  const kept = new Map<string, { text: string; revision: number; at: number }>();
  const watchers = new Set<(record: Record) => void>();
  let last = 0;
  let lastText = "";
  const current = (key: string) => {
    const it = kept.get(key);
    if (it && Date.now() - it.at < lifeMs) return it;
    kept.delete(key);
    return undefined;
  };
  const changed = (key: string, value: unknown, revision: number) => {
    for (const watch of watchers) {
      queueMicrotask(() => void (watchers.has(watch) && watch({ key, value, revision })));
    }
  };
  return {
    put(key, value, after) {
      if (after !== undefined && current(key)?.revision !== after) {
        return Promise.resolve(undefined);
      }
      const text = JSON.stringify(value ?? null);
      // Thousands of peers have the same: one text for all of them.
      if (text !== lastText) lastText = text;
      const revision = ++last;
      kept.set(key, { text: lastText, revision, at: Date.now() });
      changed(key, JSON.parse(text), revision);
      return Promise.resolve(revision);
    },
    get(key) {
      const it = current(key);
      return Promise.resolve(it && { key, value: JSON.parse(it.text), revision: it.revision });
    },
    delete(key, after) {
      if (after !== undefined && current(key)?.revision !== after) return Promise.resolve();
      if (kept.delete(key)) changed(key, undefined, ++last);
      return Promise.resolve();
    },
    async watch(listener, signal) {
      if (signal.aborted) return;
      for (const key of [...kept.keys()]) {
        const it = current(key);
        if (it) listener({ key, value: JSON.parse(it.text), revision: it.revision });
      }
      if (signal.aborted) return;
      watchers.add(listener);
      const { promise, resolve } = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => resolve(), { once: true });
      await promise;
      watchers.delete(listener);
    },
  };
}
