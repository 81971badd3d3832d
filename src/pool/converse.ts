/**
 * One job with one worker: what is said, and the ways in which it ends.
 *
 * @module
 */
import { reasonOf } from "../base/errors.ts";
import type { FromWorker } from "./serve_jobs.ts";

/** The job itself failed and said so: the worker is well. */
export class JobError extends Error {}

/** The worker is lost: it crashed, or says nothing any more. Another may fare better. */
export class LostError extends Error {
  constructor(readonly how: "crashed" | "silent", message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

export interface Conversation<Job> {
  job: Job;
  /** What moves to the worker instead of being copied. */
  transfer: Transferable[];
  signal: AbortSignal;
  silentMs: number;
  /** Asked between two pieces of the work; the worker waits for the answer. */
  turn(): Promise<void>;
}

/**
 * The worker's answer.
 *
 * @throws {JobError} the job failed; its `cause` is what the job threw
 * @throws {LostError} the worker crashed or fell silent
 * @throws the signal's reason, or what `turn` threw
 */
export async function converse<Job, Result>(
  worker: Worker,
  { job, transfer, signal, silentMs, turn }: Conversation<Job>,
): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const silent = () => reject(new LostError("silent", `no word in ${silentMs} ms`));
  let timer: ReturnType<typeof setTimeout> | undefined;
  let settled = false;
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  worker.onmessage = ({ data }: MessageEvent<FromWorker<Result>>) => {
    clearTimeout(timer);
    if ("error" in data) return reject(new JobError("job", { cause: data.error }));
    if ("result" in data) return resolve(data.result);
    turn().then(() => {
      if (settled) return;
      timer = setTimeout(silent, silentMs);
      worker.postMessage({ go: true });
    }, reject);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    const cause = event.error ?? new Error(event.message);
    reject(new LostError("crashed", reasonOf(cause), { cause }));
  };
  // An answer that this side cannot read is as good as none.
  worker.onmessageerror = () => reject(new LostError("crashed", "its answer cannot be read"));
  try {
    signal.throwIfAborted();
    worker.postMessage({ job }, transfer);
    timer = setTimeout(silent, silentMs);
    return await promise;
  } finally {
    settled = true;
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
    worker.onmessage = worker.onerror = worker.onmessageerror = null;
  }
}
