/**
 * Commands from one edge to the peers of another: by that edge's queue, in the published words, and
 * the answers back to whoever asked. Commands in that queue that nobody of ours asked for are taken
 * as this edge's own.
 *
 * @module
 */
import { reasonOf, UnavailableError } from "../../../../base/errors.ts";
import type { Log } from "../../../../base/log.ts";
import type { Bus } from "../bus/bus.ts";
import { commandsOf, deadLettersOf, repliesOf } from "../bus/topics.ts";
import type { Delivery } from "./delivery.ts";
import { type CommandAnswer, readCommand, type Words, writeCommand } from "./kinds.ts";
import type { GivenCommand } from "./desk.ts";
import type { CommandRow } from "./store.ts";

export interface CarrierDeps {
  bus: Bus;
  edgeId: string;
  delivery: Delivery;
  /** Keeps a command that came from elsewhere. */
  give(command: GivenCommand): Promise<unknown>;
  log: Log;
}

interface Waiting {
  resolve(answers: CommandAnswer[]): void;
  reject(error: unknown): void;
}

interface Reply {
  "request_id": string;
  answers?: CommandAnswer[];
  reason?: string;
}

/** After so long without an answer the other edge is asked again: its answer may have been lost. */
const AGAIN_MS = 10_000;

export class Carrier {
  readonly #deps: CarrierDeps;
  readonly #waiting = new Map<string, Waiting>();

  constructor(deps: CarrierDeps) {
    this.#deps = deps;
  }

  /**
   * Has another edge bring it to its peer.
   *
   * @param moved aborts when the peer is not there any more
   * @throws {UnavailableError} it was not brought, as far as is known
   */
  async carry(
    edgeId: string,
    row: Pick<CommandRow, "requestId" | "peerId" | "type" | "payload" | "deadlineAt">,
    ms: number,
    moved: AbortSignal,
  ): Promise<CommandAnswer[]> {
    const { bus, edgeId: here } = this.#deps;
    const { requestId, peerId, type, payload, deadlineAt } = row;
    const words = {
      ...writeCommand(payload),
      type,
      "request_id": requestId,
      "edge_id": edgeId,
      "peer_id": peerId,
      "deadline_at": deadlineAt,
      "reply_to": here,
    };
    const ended = Promise.withResolvers<CommandAnswer[]>();
    ended.promise.catch(() => {});
    const gone = () => ended.reject(moved.reason);
    const late = setTimeout(() => ended.reject(new UnavailableError(`No answer in ${ms} ms`)), ms);
    const publish = () =>
      // Each time another message: the server drops one that it has seen.
      bus.queue(commandsOf(edgeId), words, crypto.randomUUID());
    const again = setInterval(() => publish().catch(() => {}), AGAIN_MS);
    moved.addEventListener("abort", gone);
    this.#waiting.set(requestId, ended);
    try {
      moved.throwIfAborted();
      await publish();
      return await ended.promise;
    } finally {
      clearTimeout(late);
      clearInterval(again);
      moved.removeEventListener("abort", gone);
      if (this.#waiting.get(requestId) === ended) this.#waiting.delete(requestId);
    }
  }

  async run(signal: AbortSignal): Promise<void> {
    const { bus, edgeId, log } = this.#deps;
    using _ear = bus.hear(repliesOf(edgeId), (it) => this.#replied(it as Reply));
    while (!signal.aborted) {
      try {
        await bus.consume(commandsOf(edgeId), (it) => this.#take(it), signal);
      } catch (error) {
        // The bus is away; it says itself when it is back.
        if (!signal.aborted) log.warn("Cannot take commands of the bus now", { error });
        await new Promise<void>((resolve) => {
          const wait = AbortSignal.any([signal, AbortSignal.timeout(AGAIN_MS / 5)]);
          wait.addEventListener("abort", () => resolve(), { once: true });
        });
      }
    }
  }

  #replied({ request_id: requestId, answers, reason }: Reply): void {
    const waiting = this.#waiting.get(requestId);
    if (answers) waiting?.resolve(answers);
    else waiting?.reject(new UnavailableError(reason ?? "The other edge could not"));
  }

  /** Resolves when it may be forgotten: it is kept, or whoever asked sees to it. */
  async #take(message: unknown): Promise<void> {
    const words = (message ?? {}) as Words;
    const { type, request_id: requestId, peer_id: peerId, reply_to: asker } = words;
    const payload = readCommand(type, words);
    if (!payload || typeof peerId !== "string" || !peerId) {
      return this.#refuse(words, payload ? "no peer_id" : "no such type");
    }
    const id = typeof requestId === "string" && requestId ? requestId : crypto.randomUUID();
    const deadlineAt = typeof words.deadline_at === "number" ? words.deadline_at : undefined;
    const ms = deadlineAt === undefined ? undefined : deadlineAt - Date.now();
    if (typeof asker === "string" && asker) {
      if (ms !== undefined && ms > 0) void this.#deliver(asker, id, { peerId, payload }, ms);
      return;
    }
    if (ms !== undefined && ms <= 0) return this.#refuse(words, "too late");
    try {
      await this.#deps.give({ peerId, payload, requestId: id, deadlineMs: ms });
    } catch (error) {
      if (error instanceof UnavailableError) throw error;
      this.#refuse(words, reasonOf(error));
    }
  }

  async #deliver(
    asker: string,
    requestId: string,
    { peerId, payload }: GivenCommand,
    ms: number,
  ): Promise<void> {
    const { bus, delivery, edgeId } = this.#deps;
    const reply = await delivery.deliver(peerId, requestId, payload, ms)
      .then((answers) => ({ answers }), (error) => ({ reason: reasonOf(error) }));
    bus.tell(repliesOf(asker), { "request_id": requestId, "edge_id": edgeId, ...reply });
  }

  #refuse(words: Words, reason: string): void {
    this.#deps.log.warn("Ignored a command of the bus", { type: words.type, reason });
    this.buried(words, reason);
  }

  /** Tells of a dead letter, in the published words. */
  buried(words: Words, reason: string): void {
    const { bus, edgeId } = this.#deps;
    // Nobody reads along in this process, and what is secret stays here.
    if (bus.kind === "embedded") return;
    const { upload_token: _, ...original } = words;
    bus.tell(deadLettersOf(edgeId), {
      "peer_id": words.peer_id ?? "",
      "edge_id": edgeId,
      "original_message": original,
      reason,
      timestamp: new Date().toISOString(),
    });
  }
}
