/**
 * A queue for each of many names.
 *
 * @module
 */

export interface KeyedQueues<T> {
  push(name: string, item: T): void;
  shift(name: string): T | undefined;
  /** Leaves what `test` holds for. */
  keep(test: (item: T) => boolean): void;
}

/** An empty queue takes no room. */
export function keyedQueues<T>(): KeyedQueues<T> {
  const queues = new Map<string, T[]>();
  return {
    push(name, item) {
      const items = queues.get(name);
      if (items) items.push(item);
      else queues.set(name, [item]);
    },
    shift(name) {
      const items = queues.get(name);
      const first = items?.shift();
      if (items?.length === 0) queues.delete(name);
      return first;
    },
    keep(test) {
      for (const [name, items] of queues) {
        const kept = items.filter(test);
        if (kept.length > 0) queues.set(name, kept);
        else queues.delete(name);
      }
    },
  };
}
