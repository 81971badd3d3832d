/** Waits with a limit: a test that hangs says what it waited for. @module */
import { setTimeout as sleep } from "node:timers/promises";

/** The promise's value, or an error that names `what` when it takes longer than `ms`. */
export async function within<T>(what: string, promise: Promise<T>, ms = 30_000): Promise<T> {
  const done = new AbortController();
  const late = sleep(ms, undefined, { signal: done.signal }).then(() => {
    throw new Error(`Waited ${ms} ms in vain for ${what}`);
  });
  late.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    done.abort();
  }
}

/** Waits until `test` holds: for states that nobody announces. */
export async function until(what: string, test: () => boolean, ms = 30_000): Promise<void> {
  const end = performance.now() + ms;
  while (!test()) {
    if (performance.now() > end) throw new Error(`Waited ${ms} ms in vain for ${what}`);
    await sleep(2);
  }
}

/** Lets everything run that is ready to run. */
export async function settle(): Promise<void> {
  await sleep(0);
  await sleep(0);
}
