/**
 * One stream from this peer to its edge, from hello to the end: it announces and offers what the
 * library has, shows that it lives, and answers what the edge asks.
 *
 * @module
 */
import { reasonOf, UnavailableError } from "../../base/errors.ts";
import { pause } from "../../base/service.ts";
import type { Semaphore } from "../../pool/mod.ts";
import { isUndecodable } from "../codec.ts";
import { Conversation, readEach } from "../conversation.ts";
import type { LinkDeps } from "../deps.ts";
import type { Refusals } from "../identity/mod.ts";
import { commands as known, type HandlerContext } from "../handlers/mod.ts";
import { Announcer, type Retold } from "./announcer.ts";
import type { LinkCounters } from "./counters.ts";
import { dispatch } from "./dispatch.ts";
import type { EdgeMemory, Greeters } from "./edge_memory.ts";
import { Offers } from "./offers.ts";
import type { Commands } from "./outbox/commands.ts";
import { AnswerSender } from "./outbox/sender.ts";
import type { OutboxStore } from "./outbox/store.ts";
import { edgeHttpUrl } from "./upload/endpoint.ts";
import {
  type Case,
  type EdgeMessage,
  type Hello,
  peerExtensions,
  type PeerMessage,
  type PeerPayloads,
} from "../messages.ts";
import type { Nudge } from "../nudge.ts";
import type { PeerStream } from "../proto.ts";

/** "refresh" tells the edge what is new to it; "announce" sends the list in any case. */
export type LinkWork = "announce" | "offer" | "refresh";

/** What one link has for all its streams. */
export interface LinkParts {
  deps: LinkDeps;
  nudge: Nudge<LinkWork>;
  /** What of films is another by now. */
  retold: Nudge<Retold>;
  store: OutboxStore;
  commands: Commands;
  counters: LinkCounters;
  /** What the edge says that is none, told now and then. */
  refusals: Refusals;
  uploads: Semaphore;
  memoryOf(edge: string): EdgeMemory;
  greeters: Greeters;
}

export interface SessionOptions {
  stream: PeerStream;
  /** host:port of the edge at the other end. */
  address: string;
  hooks: SessionHooks;
  /** Whether the edge is known to be one of ours. */
  isOurs(): boolean;
  /** Aborts when the stream has ended. */
  signal: AbortSignal;
  /** Aborts when the link is to end. */
  lasting: AbortSignal;
}

export interface SessionHooks {
  /** The edge showed that it is there. */
  heard(): void;
  greeted(hello: Hello): void;
}

const HELLO_MS = 1000;
/** Answers that may be in the making before the edge must wait. */
const MAX_BUSY = 256;
/** Heartbeats after which an edge that never answered an offer is offered the same again. */
const OFFER_AGAIN_BEATS = 10;
/** Answers that may fail to come, one after the other, before the link counts as dead. */
const MAX_LOST = 2;

export class LinkSession {
  readonly #parts: LinkParts;
  readonly #options: SessionOptions;
  readonly #conversation: Conversation<EdgeMessage, PeerMessage>;
  readonly #context: Omit<HandlerContext, "command" | "requestId">;
  readonly #helloed = new AbortController();
  /** It is known who the edge is, or that it does not say it. */
  readonly #introduced = Promise.withResolvers<void>();
  readonly #announcer: Announcer;
  readonly #offers: Offers;
  readonly #answers: AnswerSender;
  #edge: Hello | undefined;
  #heardAt = Date.now();

  constructor(parts: LinkParts, options: SessionOptions) {
    this.#parts = parts;
    this.#options = options;
    const { deps, counters, store } = parts;
    const { library, log, settings } = deps;
    const { stream, signal } = options;
    const conversation = new Conversation<EdgeMessage, PeerMessage>(stream, signal);
    const timeoutMs = settings.timeoutSec * 1000;
    this.#conversation = conversation;
    this.#offers = new Offers({ library, conversation, timeoutMs, log });
    this.#announcer = new Announcer({
      library,
      conversation,
      timeoutMs,
      counters,
      log,
      speaks: (extension) => this.#speaks(extension),
      hearsTags: () => this.#speaks("tags") && options.isOurs(),
      isGreeted: () => this.#edge !== undefined,
      memory: () => parts.memoryOf(this.#name),
    });
    this.#answers = new AnswerSender({
      store,
      signal,
      // Before it is known which catalogue an edge keeps, its answers are for its address.
      edges: () => [options.address, this.#name],
      send: (message) => conversation.send(message),
    });
    this.#context = this.#toContext();
    readEach<EdgeMessage>(stream, async (message) => {
      this.#heardAt = Date.now();
      options.hooks.heard();
      await this.#receive(message);
    }, {
      limit: MAX_BUSY,
      fail: (error) => log.debug("Answer was not sent", { reason: reasonOf(error) }),
    });
  }

  /** Whether the edge has said hello, and so reads our extensions. */
  get edge(): Hello | undefined {
    return this.#edge;
  }

  /** Works until the stream ends; rejects when the edge should be given up. */
  async run(): Promise<void> {
    await Promise.all([this.#talk(), this.#watch()]);
  }

  async #talk(): Promise<void> {
    const { deps, nudge } = this.#parts;
    const { signal } = this.#options;
    // An old edge reads this as a message without payload: a sign of life.
    await this.send({
      case: "hello",
      value: { version: 1, extensions: peerExtensions, software: deps.settings.software },
    });
    await pause(deps.timing?.helloMs ?? HELLO_MS, AbortSignal.any([signal, this.#helloed.signal]));
    this.#introduced.resolve();
    await this.#answers.flush();
    nudge.drop("refresh");
    await this.#announcer.tell("announce");
    nudge.note("offer");
    const retelling = this.#announcer.retell(this.#parts.retold);
    await Promise.all([this.#work(), this.#beat(), retelling]);
  }

  async send(payload: Case<PeerPayloads>): Promise<void> {
    await this.#conversation.send({ requestId: crypto.randomUUID(), payload });
  }

  /** There are answers to be sent; or to be sent again, those to the command `key`. */
  answersWait(key?: string): void {
    if (key !== undefined) this.#answers.rewind(key);
    this.#answers.flush().catch((error) => {
      if (this.#options.signal.aborted) return;
      this.#parts.deps.log.warn("Cannot send answers", { error });
    });
  }

  /** Whose commands these are: of its catalogue, wherever that is reached, if it has a name. */
  get #name(): string {
    return this.#edge?.catalogue || this.#options.address;
  }

  #speaks(extension: string): boolean {
    return this.#edge?.extensions.includes(extension) ?? false;
  }

  #toContext(): Omit<HandlerContext, "command" | "requestId"> {
    const { deps, nudge, uploads, greeters } = this.#parts;
    const { address, hooks } = this.#options;
    const conversation = this.#conversation;
    return {
      ...deps,
      uploads,
      offered: this.#offers.paths,
      announce: () => nudge.note("announce"),
      offer: () => nudge.note("offer"),
      refresh: () => nudge.note("refresh"),
      speaks: (extension) => this.#speaks(extension),
      say: (requestId, payload) => void conversation.send({ requestId, payload }).catch(() => {}),
      sayWhenReady: (requestId, payload) => conversation.send({ requestId, payload }),
      uploadBase: () =>
        deps.settings.screenshotBaseUrl || edgeHttpUrl(this.#edge?.httpUrl, address),
      greeted: (hello) => {
        this.#edge = hello;
        greeters.add(address);
        this.#announcer.reset();
        nudge.note("refresh");
        this.#helloed.abort();
        hooks.greeted(hello);
      },
    };
  }

  async #receive(message: EdgeMessage): Promise<void> {
    const { deps: { log }, counters, refusals, commands } = this.#parts;
    const { address, signal, lasting } = this.#options;
    if (isUndecodable(message)) {
      const ignored = ++counters.ignored;
      const reason = message.undecodable;
      refusals.note("Ignored a message of the edge", { address, reason, ignored });
      return;
    }
    const { requestId, payload } = message;
    if (payload && payload.case in known) counters.commands++;
    await dispatch(message, {
      context: this.#context,
      commands,
      edges: async () => {
        await this.#introduced.promise;
        return [this.#name, this.#options.address];
      },
      signal,
      lasting,
      send: (answer) => this.#conversation.send(answer),
    });
    // After the handler: whoever waits for an offer's answer finds it stored.
    const expected = this.#conversation.settle(message);
    if (expected || payload || this.#answers.receipt(requestId)) return;
    log.debug("Ignored a message of the edge", { ignored: ++counters.ignored, requestId });
  }

  async #work(): Promise<void> {
    const { nudge } = this.#parts;
    const { signal } = this.#options;
    while (!signal.aborted) {
      const due = await nudge.take(signal);
      if (due.has("offer")) await this.#offers.send();
      // What the offer brought is in the same announcement.
      const again = { announce: nudge.drop("announce"), refresh: nudge.drop("refresh") };
      if (again.announce || due.has("announce")) await this.#announcer.tell("announce");
      else if (again.refresh || due.has("refresh")) await this.#announcer.tell("refresh");
    }
  }

  /** The published protocol knows no heartbeat: any message of ours is one. */
  async #beat(): Promise<void> {
    const { deps: { settings }, nudge } = this.#parts;
    const { signal } = this.#options;
    const beatMs = settings.heartbeatSec * 1000;
    for (let beat = 1;; beat++) {
      await pause(beatMs, signal);
      if (signal.aborted) return;
      if (!this.#speaks("receipt")) this.#answers.presume(beatMs);
      if (beat % OFFER_AGAIN_BEATS === 0) nudge.note("offer");
      // A list on its way is a sign of life itself.
      if (this.#announcer.isBusy) continue;
      if (!this.#announcer.isConfirmed) {
        // Never an empty list for brevity: that would say that our catalogue is empty.
        await this.#announcer.tell("announce");
        continue;
      }
      // Without an answer to it nothing is heard, and that is watched.
      await this.#ask({ case: "ping", value: {} }, settings.timeoutSec).catch(() => {});
    }
  }

  /** Gives up an edge of ours that is silent though it is asked; an original says nothing anyway. */
  async #watch(): Promise<void> {
    const { deps, greeters } = this.#parts;
    const { heartbeatSec, timeoutSec } = deps.settings;
    const { signal, address } = this.#options;
    const limitMs = (heartbeatSec + MAX_LOST * timeoutSec) * 1000;
    while (!signal.aborted) {
      await pause(limitMs / 8, signal);
      // A long list on its way is read, as long as there is room for more of it.
      const silentMs = Date.now() - Math.max(this.#heardAt, this.#conversation.drainedAt);
      if (signal.aborted || !greeters.has(address) || silentMs <= limitMs) continue;
      // Should an original edge be there now, it is left in peace the next time.
      if (!this.#edge) greeters.delete(address);
      throw new UnavailableError(`Cannot reach the edge: it has been silent for ${silentMs} ms`);
    }
  }

  async #ask(payload: Case<PeerPayloads>, timeoutSec: number): Promise<EdgeMessage> {
    return await this.#conversation.ask(
      { requestId: crypto.randomUUID(), payload },
      timeoutSec * 1000,
    );
  }
}
