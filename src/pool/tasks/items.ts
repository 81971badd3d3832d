/**
 * Items to work on, from whatever gives them one by one.
 *
 * @module
 */

export type Items<T> = Iterable<T> | AsyncIterable<T>;

/** The items one by one; a source that hangs is given up when the signal aborts. */
export async function* abortable<Item>(
  items: Items<Item>,
  signal: AbortSignal,
): AsyncGenerator<Item, void, void> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  aborted.catch(() => {});
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  const source = Symbol.asyncIterator in items
    ? items[Symbol.asyncIterator]()
    : items[Symbol.iterator]();
  let isOver = false;
  try {
    for (;;) {
      const next = await Promise.race([source.next(), aborted]);
      isOver = next.done === true;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener("abort", abort);
    const closed = isOver ? undefined : Promise.resolve(source.return?.()).catch(() => {});
    // A source that hangs in next() would never come to its end.
    if (!signal.aborted) await closed;
  }
}
