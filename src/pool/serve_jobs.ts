/**
 * The worker's side: it answers one job at a time. And the words that both sides speak.
 *
 * @module
 */
import { toBackground } from "../base/thread_priority.ts";

export type ToWorker<Job> = { job: Job } | { go: true };
export type FromWorker<Result> = { turn: true } | { result: Result } | { error: unknown };

/** What a worker calls between two pieces of its work. */
export type Turn = () => Promise<void>;

/** A result whose buffers move to the other side instead of being copied. */
export class Transferred<Result> {
  constructor(readonly result: Result, readonly buffers: Transferable[]) {}
}

/** A job's answer with the buffers in it that are moved: the worker cannot use them any more. */
export function transferring<Result>(
  result: Result,
  buffers: Transferable[],
): Transferred<Result> {
  return new Transferred(result, buffers);
}

/** In the worker: answers every job with what `work` returns or throws, behind the main thread. */
export function serveJobs<Job, Result>(
  work: (
    job: Job,
    turn: Turn,
  ) => Result | Transferred<Result> | Promise<Result | Transferred<Result>>,
): void {
  toBackground();
  const scope = self as unknown as Worker;
  let go = () => {};
  const turn: Turn = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    go = resolve;
    scope.postMessage({ turn: true });
    return promise;
  };
  scope.onmessage = async ({ data }: MessageEvent<ToWorker<Job>>) => {
    if ("go" in data) return go();
    try {
      const found = await work(data.job, turn);
      if (!(found instanceof Transferred)) scope.postMessage({ result: found });
      else scope.postMessage({ result: found.result }, found.buffers);
    } catch (error) {
      tellError(scope, error);
    }
  };
}

/** What cannot be copied to the other side is told in words. */
function tellError(scope: Worker, error: unknown): void {
  try {
    scope.postMessage({ error });
  } catch {
    scope.postMessage({ error: new Error(String(error)) });
  }
}
