/**
 * Commands of an edge, each done once however often it comes: the second time its answers are said
 * again. An answer is on disk before it is on the wire.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Log } from "../../../base/log.ts";
import type { Case, EdgeMessage, PeerPayloads } from "../../messages.ts";
import type { OutboxStore } from "./store.ts";

/** One command while it is worked on. */
export interface Command {
  /** It was begun before, and cut off; `given` is what was answered then. */
  readonly again: boolean;
  readonly given: readonly Case<PeerPayloads>[];
  /** Keeps answers, and sends them as soon as there is a stream to this edge. */
  give(...answers: Case<PeerPayloads>[]): void;
  /** From here on it must not be done again, also if its end is never reached. */
  decided(): void;
  /** Whether nothing was ever done with this secret, which is good for one use. */
  isFirst(secret: string): boolean;
}

export interface CommandsDeps {
  store: OutboxStore;
  log: Log;
  /** There are answers to be sent; or to be said again, those of `key`. */
  onAnswers(repeatedKey?: string): void;
}

/** Old ones are looked for after so many. */
const PRUNE_EVERY = 1000;

export class Commands {
  readonly #deps: CommandsDeps;
  readonly #running = new Map<string, Promise<void>>();
  #seen = 0;

  constructor(deps: CommandsDeps) {
    this.#deps = deps;
    this.#prune();
  }

  /**
   * Does a command that was not done yet.
   *
   * @param edges what the edge is called, and was before it said its name: request ids of one edge
   *   are nothing to another
   * @param work answers it; what it returns is given, too
   * @param isAnswered whether such a command always has an answer
   */
  async run(
    { requestId, payload }: EdgeMessage,
    edges: readonly [string, ...string[]],
    work: (command: Command) => Promise<Case<PeerPayloads>[]>,
    isAnswered: boolean,
  ): Promise<void> {
    const [edge] = edges;
    // Without an id it cannot be told from another that says the same.
    const id = requestId || crypto.randomUUID();
    const keys = edges.map((edge) => keyOf(edge, id, payload));
    const { store } = this.#deps;
    const key = keys.find((it) => this.#running.has(it) || store.isKnown(it)) ?? keys[0]!;
    // The stream that it came by may just have ended, and its work with it.
    for (let other; (other = this.#running.get(key));) await other.catch(() => {});
    const running = this.#runOnce(key, { edge, requestId, work, isAnswered });
    this.#running.set(key, running);
    try {
      await running;
    } finally {
      this.#running.delete(key);
    }
  }

  async #runOnce(key: string, { edge, requestId, work, isAnswered }: {
    edge: string;
    requestId: string;
    work: (command: Command) => Promise<Case<PeerPayloads>[]>;
    isAnswered: boolean;
  }): Promise<void> {
    const { store, log, onAnswers } = this.#deps;
    if (++this.#seen % PRUNE_EVERY === 0) this.#prune();
    const state = store.see(key);
    const given = state === "new" ? [] : store.answersTo(key).map(({ payload }) => payload);
    // Its answers may have been pruned: then it is done once more, rather than never answered.
    if (state === "done" && (given.length > 0 || !isAnswered)) {
      log.debug("The edge repeats a command: its answer, too", { requestId });
      if (store.repeat(key) > 0) onAnswers(key);
      return;
    }
    if (given.length > 0 && store.repeat(key) > 0) onAnswers(key);

    const give = (...answers: Case<PeerPayloads>[]) => {
      if (answers.length === 0) return;
      store.keep(key, edge, requestId, answers);
      onAnswers();
    };
    const decided = () => void store.done(key);
    const isFirst = (secret: string) => store.see(keyOf("", secret, undefined)) === "new";
    give(...await work({ again: state !== "new", given, give, decided, isFirst }));
    decided();
  }

  #prune(): void {
    const lost = this.#deps.store.prune();
    if (lost === 0) return;
    this.#deps.log.warn("Answers that no edge has taken are given up", { answers: lost });
  }
}

export function keyOf(edge: string, requestId: string, payload: EdgeMessage["payload"]): string {
  const said = JSON.stringify([edge, requestId, payload]);
  return createHash("sha256").update(said).digest("base64url");
}
