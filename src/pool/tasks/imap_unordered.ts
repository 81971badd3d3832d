/**
 * The results of many tasks as they come, with a bounded look-ahead into their items.
 *
 * @module
 */
import { Semaphore } from "../semaphore.ts";
import { abortable, type Items } from "./items.ts";
import type { TaskGroup } from "./task_group.ts";

type Outcome<T> = { value: T } | { error: unknown };

/** See TaskGroup.imapUnordered(). */
export async function* imapUnordered<Item, T>(
  group: TaskGroup,
  items: Items<Item>,
  task: (item: Item, signal: AbortSignal) => T | Promise<T>,
): AsyncGenerator<T, void, void> {
  const left = new AbortController();
  const signal = AbortSignal.any([group.signal, left.signal]);
  const ahead = new Semaphore(group.lookAhead);
  const ready: { outcome: Outcome<T>; place: Disposable }[] = [];
  const running = new Set<Promise<unknown>>();
  const errors: unknown[] = [];
  let wake = () => {};
  let isFed = false;

  const begin = async (item: Item, place: Disposable) => {
    const { result } = await group.submit(() => {
      signal.throwIfAborted();
      return task(item, signal);
    });
    const ended = result.then((value) => ({ value }), (error) => ({ error })).then((outcome) => {
      running.delete(ended);
      ready.push({ outcome, place });
      wake();
    });
    running.add(ended);
  };
  const feed = async () => {
    const source = abortable(items, signal);
    try {
      for (;;) {
        const place = await ahead.acquire({ signal });
        const next = await source.next();
        if (next.done) return;
        await begin(next.value, place);
      }
    } finally {
      await source.return();
    }
  };
  const feeding = feed().catch((error) => {
    const place = { [Symbol.dispose]: () => {} };
    if (!left.signal.aborted) ready.push({ outcome: { error }, place });
  }).finally(() => {
    isFed = true;
    wake();
  });

  try {
    for (;;) {
      const next = ready.shift();
      if (next) {
        next.place[Symbol.dispose]();
        if ("value" in next.outcome) yield next.outcome.value;
        else if (group.errors === "first" || group.signal.aborted) throw next.outcome.error;
        else errors.push(next.outcome.error);
      } else if (isFed && running.size === 0) break;
      else await new Promise<void>((resolve) => wake = resolve);
    }
    if (errors.length > 0) throw aggregate(errors, errors.length);
  } finally {
    left.abort(new DOMException("Nobody reads the results any more", "AbortError"));
    await feeding;
    await Promise.all(running);
  }
}

/** Several errors as one. */
export function aggregate(errors: unknown[], count: number): AggregateError {
  return new AggregateError(errors, `${count} tasks failed`);
}
