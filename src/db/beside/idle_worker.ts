/**
 * One worker, asked one thing at a time: it is made when first needed, gives its memory back when
 * nothing was asked for a while, and ends with its owner.
 *
 * @module
 */

/** A worker with nothing to do gives its memory back: some 10 MB. */
const IDLE_MS = 10_000;

export class IdleWorker<Question, Answer extends { error?: string }> implements Disposable {
  readonly #url: URL;
  readonly #closed = new AbortController();
  #worker: Worker | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;

  /** @param url the worker's module, which answers each message by one message */
  constructor(url: URL) {
    this.#url = url;
  }

  get isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  /**
   * One question, with none under way. When `limit` ends first, so does the worker; the next question
   * begins another one.
   *
   * @throws {Error} what the worker says went wrong, its own failure, or the reason of `limit`
   */
  async ask(question: Question, limit?: AbortSignal): Promise<Answer> {
    const signal = AbortSignal.any([this.#closed.signal, ...(limit ? [limit] : [])]);
    signal.throwIfAborted();
    clearTimeout(this.#idle);
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const giveUp = () => {
      this.#end();
      reject(signal.reason);
    };
    signal.addEventListener("abort", giveUp, { once: true });
    const worker = this.#worker ??= new Worker(this.#url, { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Answer>) =>
      data.error === undefined ? resolve(data) : reject(new Error(data.error));
    worker.onerror = (event) => {
      event.preventDefault();
      this.#end();
      reject(new Error(event.message));
    };
    worker.postMessage(question);
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", giveUp);
      this.#rest();
    }
  }

  #rest(): void {
    if (this.isClosed) return;
    this.#idle = setTimeout(() => this.#end(), IDLE_MS);
    this.#idle.unref();
  }

  #end(): void {
    clearTimeout(this.#idle);
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  [Symbol.dispose](): void {
    this.#closed.abort();
    this.#end();
  }
}
