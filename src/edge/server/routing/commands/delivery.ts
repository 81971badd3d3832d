/**
 * Commands to the peers of this edge: sent once on each stream, and their answers brought together.
 *
 * @module
 */
import { UnavailableError } from "../../../../base/errors.ts";
import type { Case, PeerMessage, PeerPayloads } from "../../../messages.ts";
import { deadline, onAbort } from "../../../deadlines.ts";
import type { Session, Sessions } from "../../sessions.ts";
import { type CommandAnswer, type CommandPayload, isWhole, toAnswer } from "./kinds.ts";

interface Running {
  payload: CommandPayload;
  answers: CommandAnswer[];
  ended: PromiseWithResolvers<CommandAnswer[]>;
  grace?: ReturnType<typeof setTimeout>;
}

/** Commands that may be under way at this edge. */
const MAX_RUNNING = 10_000;
/** A peer that is to say hello does so at once. */
const HELLO_MS = 1500;
/** A peer of the published protocol may say less than it was asked: this long after its last word. */
const GRACE_MS = 1000;

export class Delivery {
  /** By session and request id: most sessions have none. */
  readonly #running = new Map<Session, Map<string, Running>>();
  #count = 0;
  /** Both hellos are said. */
  readonly #met = new WeakSet<Session>();
  readonly #hellos = new Map<Session, () => void>();

  constructor(readonly sessions: Sessions) {}

  /**
   * What the peer says to it. The same request again waits for the same answers.
   *
   * @throws {UnavailableError} the peer is not here, has gone, or has not answered in `ms`
   */
  async deliver(
    peerId: string,
    requestId: string,
    payload: CommandPayload,
    ms: number,
    signal?: AbortSignal,
  ): Promise<CommandAnswer[]> {
    const session = this.sessions.find(peerId);
    if (!session) throw new UnavailableError(`Peer "${peerId}" is not connected here`);
    const known = this.#running.get(session)?.get(requestId);
    if (known) return await known.ended.promise;
    if (this.#count >= MAX_RUNNING) {
      throw new UnavailableError(`Cannot send a command: ${MAX_RUNNING} are under way`);
    }
    const ended = Promise.withResolvers<CommandAnswer[]>();
    ended.promise.catch(() => {});
    const running: Running = { payload, answers: [], ended };
    const fail = (reason: string) => ended.reject(new UnavailableError(reason));
    const over = [
      deadline(ms, () => fail(`No answer in ${ms} ms`)),
      onAbort(session.signal, () => fail(`Peer "${peerId}" has gone`)),
      ...signal ? [onAbort(signal, () => ended.reject(signal.reason))] : [],
      this.#add(session, requestId, running),
    ];
    try {
      if (!session.isReady) await Promise.race([session.ready, ended.promise]);
      if (!this.#met.has(session)) await Promise.race([this.#hello(session), ended.promise]);
      const { edgeId, conversation } = session;
      const message = { requestId, edgeId, payload };
      // Asked for, and so believed when it is empty.
      if (payload.case === "catalogAnnouncementRequest") {
        conversation.ask(message, ms).catch(() => {});
      } else {
        const room = conversation.post(message);
        if (room) await Promise.race([room, ended.promise]);
      }
      if (isWhole(payload, [], session)) ended.resolve([]);
      return await ended.promise;
    } finally {
      clearTimeout(running.grace);
      for (const end of over) end();
    }
  }

  #add(session: Session, requestId: string, running: Running): () => void {
    const ofSession = this.#running.get(session) ?? new Map<string, Running>();
    this.#running.set(session, ofSession.set(requestId, running));
    this.#count++;
    return () => {
      this.#count--;
      ofSession.delete(requestId);
      if (ofSession.size === 0) this.#running.delete(session);
    };
  }

  /** A message of a peer; whether it was the answer to a command of this edge. */
  heard(session: Session, { requestId, payload }: PeerMessage): boolean {
    if (!payload) return false;
    const running = this.#running.get(session)?.get(requestId);
    const answer = running && toAnswer(running.payload, payload, session);
    if (!running || !answer) return false;
    if (!isRepeated(running.answers, answer)) running.answers.push(answer);
    const { answers, ended } = running;
    if (isWhole(running.payload, answers, session)) ended.resolve(answers);
    else if (!session.greeted) {
      clearTimeout(running.grace);
      running.grace = setTimeout(() => ended.resolve(answers), GRACE_MS);
    }
    return true;
  }

  /** The peer has said what it understands, and heard what this edge does. */
  greeted(session: Session): void {
    this.#met.add(session);
    this.#hellos.get(session)?.();
  }

  async #hello(session: Session): Promise<void> {
    const left = HELLO_MS - (Date.now() - Date.parse(session.connectedAt));
    if (left <= 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const former = this.#hellos.get(session);
    this.#hellos.set(session, () => {
      former?.();
      resolve();
    });
    const timer = setTimeout(resolve, left);
    session.signal.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    clearTimeout(timer);
    this.#hellos.delete(session);
  }
}

/** Of each file the peer says one thing, however often. */
function isRepeated(answers: readonly CommandAnswer[], answer: CommandAnswer): boolean {
  if (answer.case !== "fileDeleteResponse") return false;
  const { catalogId } = answer.value;
  return answers.some((it) => it.case === "fileDeleteResponse" && it.value.catalogId === catalogId);
}

/** Answers of peers that others may want to hear of, also when nobody here waits for them. */
export function isPublished(payload: Case<PeerPayloads>): boolean {
  return payload.case === "fileDeleteResponse" || payload.case === "fileHashResponse";
}
