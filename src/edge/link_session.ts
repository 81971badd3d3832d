/**
 * One stream from this peer to its edge, from hello to the end: it announces and offers what the
 * library has, shows that it lives, and answers what the edge asks.
 *
 * @module
 */
import { pause } from "../base/service.ts";
import { reasonOf, UnavailableError } from "../base/errors.ts";
import { batches, textBytes } from "./batches.ts";
import { isUndecodable } from "./codec.ts";
import { Conversation, readEach } from "./conversation.ts";
import type { LinkDeps } from "./deps.ts";
import { dispatch } from "./dispatch.ts";
import { announcements } from "./handlers/catalog.ts";
import type { HandlerContext } from "./handlers/mod.ts";
import type { Case, EdgeMessage, Hello, PeerMessage, PeerPayloads } from "./messages.ts";
import type { Nudge } from "./nudge.ts";
import type { PeerStream } from "./proto.ts";

export type LinkWork = "announce" | "offer" | "describe";

export interface SessionHooks {
  /** The edge showed that it is there. */
  heard(): void;
  /** A heartbeat is due, and the stream has not ended. */
  beat(): void;
  greeted(hello: Hello): void;
}

/** Files offered at once. */
const OFFER_FILES = 1000;
const DESCRIBE_FILES = 200;
/** Answers that may be in the making before the edge must wait. */
const MAX_BUSY = 256;
/** Heartbeats after which an edge that never answered an offer is offered the same again. */
const OFFER_AGAIN_BEATS = 10;
/** Pings of ours that may stay unanswered before the link counts as dead. */
const MAX_LOST_PINGS = 2;

export class LinkSession {
  readonly #deps: LinkDeps;
  readonly #nudge: Nudge<LinkWork>;
  readonly #conversation: Conversation<EdgeMessage, PeerMessage>;
  readonly #context: HandlerContext;
  readonly #toDescribe = new Set<string>();
  readonly #hooks: SessionHooks;
  readonly #offered = new Set<string>();
  readonly #signal: AbortSignal;
  #edge: Hello | undefined;
  /** Counts changes of the id list; heartbeats are announcements until the edge has the last. */
  #revision = 0;
  #acknowledged = -1;
  #ignored = 0;

  /** `signal` aborts when the stream has ended. */
  constructor(
    stream: PeerStream,
    deps: LinkDeps,
    nudge: Nudge<LinkWork>,
    hooks: SessionHooks,
    signal: AbortSignal,
  ) {
    this.#deps = deps;
    this.#nudge = nudge;
    this.#hooks = hooks;
    this.#signal = signal;
    this.#conversation = new Conversation(stream, signal);
    this.#context = {
      ...deps,
      offered: this.#offered,
      announce: () => nudge.note("announce"),
      offer: () => nudge.note("offer"),
      describe: (catalogIds) => {
        for (const id of catalogIds) this.#toDescribe.add(id);
        nudge.note("describe");
      },
      greeted: (hello) => {
        this.#edge = hello;
        hooks.greeted(hello);
      },
    };
    readEach<EdgeMessage>(stream, async (message) => {
      hooks.heard();
      await this.#receive(message);
    }, {
      limit: MAX_BUSY,
      fail: (error) => deps.log.debug("Answer was not sent", { error }),
    });
  }

  /** Whether the edge has said hello, and so reads our extensions. */
  get edge(): Hello | undefined {
    return this.#edge;
  }

  /** Works until the stream ends; rejects when the edge should be given up. */
  async run(): Promise<void> {
    // An old edge reads this as a message without payload: a sign of life.
    const { software } = this.#deps.settings;
    await this.send({
      case: "hello",
      value: { version: 1, extensions: ["stream", "media"], software },
    });
    await this.#announce();
    this.#nudge.note("offer");
    await Promise.all([this.#work(), this.#beat()]);
  }

  async send(payload: Case<PeerPayloads>): Promise<void> {
    await this.#conversation.send({ requestId: crypto.randomUUID(), payload });
  }

  async #receive(message: EdgeMessage): Promise<void> {
    const { log } = this.#deps;
    if (isUndecodable(message)) {
      log.warn("Ignored a message of the edge", { ignored: ++this.#ignored, ...message });
      return;
    }
    const answers = await dispatch(message, this.#context, this.#signal);
    // After the handler: whoever waits for an offer's answer finds it stored.
    const expected = this.#conversation.settle(message);
    for (const answer of answers) await this.#conversation.send(answer);
    if (!expected && !message.payload) {
      const { requestId } = message;
      log.debug("Ignored a message of the edge", { ignored: ++this.#ignored, requestId });
    }
  }

  async #work(): Promise<void> {
    while (!this.#signal.aborted) {
      const due = await this.#nudge.take(this.#signal);
      if (due.has("offer")) await this.#offer();
      // What the offer brought is in the same announcement.
      const again = this.#nudge.drop("announce");
      if (again || due.has("announce")) await this.#announce();
      if (due.has("describe")) await this.#describe();
    }
  }

  /** The published protocol knows no heartbeat: any message of ours is one. */
  async #beat(): Promise<void> {
    const { heartbeatSec, timeoutSec } = this.#deps.settings;
    let lost = 0;
    for (let beat = 1;; beat++) {
      await pause(heartbeatSec * 1000, this.#signal);
      if (this.#signal.aborted) return;
      this.#hooks.beat();
      if (beat % OFFER_AGAIN_BEATS === 0) this.#nudge.note("offer");
      if (!this.#edge || this.#acknowledged !== this.#revision) {
        // Never an empty list for brevity: that would say that our catalogue is empty.
        await this.#announce();
        continue;
      }
      try {
        await this.#ask({ case: "ping", value: {} }, timeoutSec);
        lost = 0;
      } catch (error) {
        if (this.#signal.aborted) return;
        if (++lost < MAX_LOST_PINGS) continue;
        throw new UnavailableError(`Cannot reach the edge: ${lost} pings lost`, {}, {
          cause: error,
        });
      }
    }
  }

  /** Sends the full list. Our edge confirms it; from any other none of it is awaited. */
  async #announce(): Promise<void> {
    const revision = ++this.#revision;
    const requestId = crypto.randomUUID();
    const parts = announcements(this.#deps.library.catalogIds());
    const last = parts.pop() ?? [];
    for (const catalogIds of parts) {
      const payload = { case: "catalogAnnouncement", value: { catalogIds } } as const;
      await this.#conversation.send({ requestId, payload });
    }
    const payload = { case: "catalogAnnouncement", value: { catalogIds: last } } as const;
    this.#conversation.ask({ requestId, payload }, this.#deps.settings.timeoutSec * 1000).then(
      () => this.#acknowledged = revision,
      (error) => this.#deps.log.debug("Announcement not confirmed", { reason: reasonOf(error) }),
    );
  }

  /** Offers every file without an id; the handler of the answers stores them. */
  async #offer(): Promise<void> {
    const { library, settings, log } = this.#deps;
    for (let before = ""; !this.#signal.aborted;) {
      const [files] = batches(
        library.unoffered(OFFER_FILES),
        OFFER_FILES,
        ({ relativePath }) => textBytes(relativePath) + 16,
      );
      // The edge keeps what it was offered, or it does not want it: not asked twice.
      if (!files || files[0]?.relativePath === before) return;
      before = files[0]?.relativePath ?? "";
      this.#offered.clear();
      for (const { relativePath } of files) this.#offered.add(relativePath);
      try {
        await this.#ask({ case: "batchFileOffer", value: { files } }, settings.timeoutSec);
      } catch (error) {
        log.info("The edge has not answered the offer of files: it will be repeated", {
          files: files.length,
          reason: reasonOf(error),
        });
        return;
      }
    }
  }

  async #describe(): Promise<void> {
    if (!this.#edge?.extensions.includes("media")) return;
    const ids = [...this.#toDescribe];
    this.#toDescribe.clear();
    for (let at = 0; at < ids.length; at += DESCRIBE_FILES) {
      const described = this.#deps.library.describe(ids.slice(at, at + DESCRIBE_FILES));
      const sizeOf = (media: object) => textBytes(JSON.stringify(media));
      for (const media of batches(described, DESCRIBE_FILES, sizeOf)) {
        await this.send({ case: "mediaDescriptions", value: { media } });
      }
    }
  }

  async #ask(payload: Case<PeerPayloads>, timeoutSec: number): Promise<EdgeMessage> {
    const message = { requestId: crypto.randomUUID(), payload };
    return await this.#conversation.ask(message, timeoutSec * 1000);
  }
}
