/**
 * The peers that are connected now, each by one stream.
 *
 * @module
 */
import { UnavailableError } from "../../base/errors.ts";
import { Conversation } from "../conversation.ts";
import type { Case, EdgeMessage, EdgePayloads, PeerMessage } from "../messages.ts";
import type { EdgeStream } from "../proto.ts";
import type { Announcement } from "./announcement.ts";
import type { Quota } from "./replicas/store.ts";

export class Session {
  readonly connectedAt: string = new Date().toISOString();
  /** What the peer said in its hello; nothing for a peer of the published protocol. */
  extensions: string[] = [];
  /** It said hello, and so may be sent extensions. */
  greeted = false;
  /** When any message last came. */
  lastSeen: number = Date.now();
  /** Its last list: more with the same request id belongs to it. */
  announcement: Announcement | undefined;
  /** What it may still offer; counted at its first offer. */
  quota: Quota | undefined;
  /** Whether its files may be joined with others' by what it says of their content. */
  isBelieved = true;
  /** It is in the state; rejects where that could not be. */
  ready: Promise<void> = Promise.resolve();
  /** `ready` has resolved. */
  isReady = false;
  #remapped: Set<string> | undefined;
  /** It was logged that files it offered were refused. */
  refused = false;
  /** When it was last asked for its list. */
  pulled = 0;
  #viewers: Map<string, string> | undefined;
  readonly conversation: Conversation<PeerMessage, EdgeMessage>;
  readonly #over = new AbortController();

  constructor(readonly peerId: string, readonly edgeId: string, readonly stream: EdgeStream) {
    this.conversation = new Conversation(stream, this.#over.signal);
  }

  /** Ids that it was told to give up. Made when it is used, as what follows: mostly it never is. */
  get remapped(): Set<string> {
    return this.#remapped ??= new Set();
  }

  /** Sessions of the published WebRTCOperations, and the streams that they stand for here. */
  get viewers(): Map<string, string> {
    return this.#viewers ??= new Map();
  }

  /** Aborts when the stream has ended. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** Sends under a new request id, or as the answer to `requestId`; no payload is a receipt. */
  async send(payload?: Case<EdgePayloads>, requestId: string = crypto.randomUUID()): Promise<void> {
    await this.post(payload, requestId);
  }

  /** As `send`; a promise only where there is no room for more, until there is. */
  post(payload: Case<EdgePayloads> | undefined, requestId: string): Promise<unknown> | undefined {
    const { edgeId } = this;
    return this.conversation.post(payload ? { requestId, edgeId, payload } : { requestId, edgeId });
  }

  ask(payload: Case<EdgePayloads>, ms: number, signal?: AbortSignal): Promise<PeerMessage> {
    const message = { requestId: crypto.randomUUID(), edgeId: this.edgeId, payload };
    return this.conversation.ask(message, ms, signal);
  }

  /** Nothing is sent or awaited any more. */
  over(): void {
    this.#over.abort(new UnavailableError(`Peer "${this.peerId}" has gone`));
  }
}

export class Sessions {
  readonly #byPeer = new Map<string, Session>();

  constructor(readonly max: number) {}

  /** Whether `session` is in now: not when there are too many, or one of this peer. */
  add(session: Session): boolean {
    if (this.#byPeer.size >= this.max || this.#byPeer.has(session.peerId)) return false;
    this.#byPeer.set(session.peerId, session);
    return true;
  }

  /** Whether it was in: a later session of the same peer stays. */
  remove(session: Session): boolean {
    return this.#byPeer.get(session.peerId) === session && this.#byPeer.delete(session.peerId);
  }

  find(peerId: string): Session | undefined {
    return this.#byPeer.get(peerId);
  }

  count(): number {
    return this.#byPeer.size;
  }

  all(): Session[] {
    return [...this.#byPeer.values()];
  }
}
