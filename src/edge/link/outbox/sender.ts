/**
 * Kept answers on one stream: each is written once, and known to have come by the edge's receipt;
 * where an edge gives none, by the stream's going on for a while.
 *
 * @module
 */
import type { PeerMessage } from "../../messages.ts";
import { keyedQueues } from "./keyed_queues.ts";
import type { OutboxStore } from "./store.ts";

export interface SenderDeps {
  store: OutboxStore;
  /** What the edge at the other end may be called. */
  edges(): readonly string[];
  send(message: PeerMessage): Promise<void>;
  signal: AbortSignal;
}

const PAGE = 500;

export class AnswerSender {
  readonly #deps: SenderDeps;
  /** Answers on their way by request id, and when each was written. */
  readonly #sent = new Map<number, number>();
  readonly #byRequest = keyedQueues<number>();
  #after = 0;
  /** From where on to look again, when what is under way has come to its end. */
  #rewound = Infinity;
  #flushing: Promise<void> | undefined;
  #again = false;

  constructor(deps: SenderDeps) {
    this.#deps = deps;
  }

  /** Sends what has not been sent on this stream; once it has been called, again when there is more. */
  async flush(): Promise<void> {
    this.#again = true;
    this.#flushing ??= this.#flushAll().finally(() => this.#flushing = undefined);
    await this.#flushing;
  }

  /** The answers of this command are to be sent again, but for those on their way. */
  rewind(key: string): void {
    const [first] = this.#deps.store.answersTo(key);
    if (first) this.#rewound = Math.min(this.#rewound, first.id - 1);
  }

  /** The edge has the oldest answer under this request id. Whether there was any. */
  receipt(requestId: string): boolean {
    const id = this.#byRequest.shift(requestId);
    if (id === undefined) return false;
    this.#sent.delete(id);
    this.#deps.store.confirm([id]);
    return true;
  }

  /** What was written so long ago has come: the stream would have broken by now. */
  presume(olderThanMs: number): void {
    const before = Date.now() - olderThanMs;
    const ids = [...this.#sent].filter(([, at]) => at <= before).map(([id]) => id);
    if (ids.length === 0) return;
    for (const id of ids) this.#sent.delete(id);
    this.#byRequest.keep((id) => this.#sent.has(id));
    this.#deps.store.confirm(ids);
  }

  async #flushAll(): Promise<void> {
    const { store, edges, send, signal } = this.#deps;
    while (this.#again && !signal.aborted) {
      this.#again = false;
      this.#after = Math.min(this.#after, this.#rewound);
      this.#rewound = Infinity;
      for (;;) {
        const page = store.unconfirmed(edges(), this.#after, PAGE);
        for (const { id, requestId, payload } of page) {
          if (signal.aborted) return;
          this.#after = id;
          if (this.#sent.has(id)) continue;
          this.#sent.set(id, Date.now());
          this.#byRequest.push(requestId, id);
          await send({ requestId, payload });
        }
        if (page.length < PAGE) break;
      }
    }
  }
}
