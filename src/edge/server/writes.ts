/**
 * What is being written, so that a stop waits for it.
 *
 * @module
 */
export class Writes {
  readonly #running = new Set<Promise<unknown>>();

  /** Gives it back; whoever waits for nothing of it need not hear of its failure here. */
  add<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    work.catch(() => {}).finally(() => this.#running.delete(work));
    return work;
  }

  async done(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
