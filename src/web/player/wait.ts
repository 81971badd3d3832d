/** Waiting that can be given up. @module */

/** The same result, or the signal's reason as soon as it aborts. */
export async function abortable<Result>(
  work: Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** Waits for an event, at most `ms`: some browsers send fewer events than others. */
export async function eventOr(ms: number, target: EventTarget, type: string, signal: AbortSignal) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const heard = () => resolve();
  target.addEventListener(type, heard, { once: true });
  try {
    await abortable(promise, signal);
  } finally {
    clearTimeout(timer);
    target.removeEventListener(type, heard);
  }
}
