/**
 * What carries words between edges: one port, for edges in one process and for edges on one NATS.
 * What is said is JSON. Nothing of it is kept for good: that is the state's.
 *
 * @module
 */

export interface Bus extends AsyncDisposable {
  readonly kind: "embedded" | "nats";
  /** Where it is, without credentials. */
  readonly place: string;
  /** Whether others can be reached now. */
  isUp(): boolean;
  /** Told whenever it has been away and is back. */
  onBack(listener: () => void): Disposable;
  /** To all who listen now, other edges and this one. While the bus is away it is lost. */
  tell(topic: string, message: unknown): void;
  hear(topic: string, listener: (message: unknown) => void): Disposable;
  /**
   * Keeps a message until it was handled, or for an hour. The same `id` within two minutes is the
   * same message.
   *
   * @throws {UnavailableError} the bus is away, nobody ever took from this queue, or it is full
   */
  queue(topic: string, message: unknown, id: string): Promise<void>;
  /**
   * Handles what is in a queue until aborted, each at least once. What `handle` throws brings it again,
   * some times.
   */
  consume(
    topic: string,
    handle: (message: unknown) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * Asks whoever answers this topic.
   *
   * @throws {UnavailableError} nobody does, at once; or not in `ms`
   */
  ask(topic: string, message: unknown, ms: number, signal?: AbortSignal): Promise<unknown>;
  answer(topic: string, handle: (message: unknown) => Promise<unknown>): Disposable;
  /**
   * Values that are forgotten unless they are put again within `lifeMs`. Waits for a bus that is away,
   * until aborted.
   */
  records(name: string, lifeMs: number, signal: AbortSignal): Promise<Records>;
}

/** Each change has a revision, which grows over the changes to all keys of these records. */
export interface Records {
  /**
   * Returns its revision. With `after` only if that is the key's last one: else undefined.
   *
   * @throws {UnavailableError} the bus is away
   */
  put(key: string, value: unknown, after?: number): Promise<number | undefined>;
  /** Also that it was deleted, for a while. @throws {UnavailableError} the bus is away */
  get(key: string): Promise<Record | undefined>;
  /** Nothing happens where `after` is not the key's last revision. */
  delete(key: string, after?: number): Promise<void>;
  /** What there is, then each change, until aborted; after an absence of the bus all of it again. */
  watch(listener: (record: Record) => void, signal: AbortSignal): Promise<void>;
}

export interface Record {
  key: string;
  /** Undefined: it was deleted. What is only forgotten is not told. */
  value: unknown;
  revision: number;
}

/** Times that a message comes again before it is given up. */
export const MAX_DELIVERIES = 5;
/** Messages in one queue. */
export const MAX_QUEUED = 10_000;
/** How long a message is kept. */
export const KEPT_MS = 3_600_000;
/** Messages of one queue that are handled at once. */
export const MAX_HANDLED = 64;
