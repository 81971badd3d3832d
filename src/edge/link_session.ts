/**
 * One stream from this peer to its edge, from hello to the end: it announces and offers what the
 * library has, shows that it lives, and answers what the edge asks.
 *
 * @module
 */
import { pause } from "../base/service.ts";
import { reasonOf, UnavailableError } from "../base/errors.ts";
import { batches, textBytes } from "./batches.ts";
import {
  announcements,
  type CatalogList,
  FEW_IDS,
  MANY_IDS,
  readCatalog,
} from "./link/catalog_list.ts";
import { isUndecodable } from "./codec.ts";
import { Conversation, readEach } from "./conversation.ts";
import type { LinkDeps } from "./deps.ts";
import { dispatch } from "./link/dispatch.ts";
import type { HandlerContext } from "./handlers/mod.ts";
import type { Case, EdgeMessage, Hello, PeerMessage, PeerPayloads } from "./messages.ts";
import type { Nudge } from "./nudge.ts";
import type { PeerStream } from "./proto.ts";
import { breathe, inSteps } from "./steps.ts";

/** "refresh" tells the edge what is new to it; "announce" sends the list in any case. */
export type LinkWork = "announce" | "offer" | "refresh";

export interface SessionHooks {
  /** The edge showed that it is there. */
  heard(): void;
  /** A heartbeat is due, and the stream has not ended. */
  beat(): void;
  greeted(hello: Hello): void;
}

/** Files offered at once. */
const OFFER_FILES = 1000;
const DESCRIBE_FILES = 100;
/** How long the edge's hello is waited for; an original edge never says it. */
const HELLO_MS = 1000;
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
  readonly #helloed = new AbortController();
  readonly #hooks: SessionHooks;
  readonly #offered = new Set<string>();
  readonly #signal: AbortSignal;
  #edge: Hello | undefined;
  /** Digest of the last list sent; heartbeats are announcements until the edge confirms it. */
  #sent = "";
  #acknowledged: string | undefined;
  /** What the edge was told of each file. */
  #told: ReadonlyMap<string, string> = new Map();
  #telling: Promise<void> | undefined;
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
      refresh: () => nudge.note("refresh"),
      endsLists: () => this.#endsLists(),
      greeted: (hello) => {
        this.#edge = hello;
        // A list that went before it was for a foreign edge, and has no end.
        this.#sent = "";
        nudge.note("refresh");
        this.#helloed.abort();
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
      value: { version: 1, extensions: ["stream", "media", "announcement_end"], software },
    });
    await pause(HELLO_MS, AbortSignal.any([this.#signal, this.#helloed.signal]));
    this.#nudge.drop("refresh");
    await this.#tell("announce");
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
      const again = {
        announce: this.#nudge.drop("announce"),
        refresh: this.#nudge.drop("refresh"),
      };
      if (again.announce || due.has("announce")) await this.#tell("announce");
      else if (again.refresh || due.has("refresh")) await this.#tell("refresh");
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
      // A list on its way is a sign of life itself.
      if (this.#telling) continue;
      if (!this.#edge || this.#acknowledged !== this.#sent) {
        // Never an empty list for brevity: that would say that our catalogue is empty.
        await this.#tell("announce");
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

  /** Announces and describes; one list after the other, so that parts do not mix. */
  async #tell(what: "announce" | "refresh"): Promise<void> {
    while (this.#telling) await this.#telling;
    this.#telling = this.#tellNow(what).finally(() => this.#telling = undefined);
    await this.#telling;
  }

  async #tellNow(what: "announce" | "refresh"): Promise<void> {
    const list = await readCatalog(this.#deps.library, this.#signal, this.#told);
    if (this.#signal.aborted) return;
    // What a foreign edge has kept of a list cannot be known.
    const isKnown = this.#edge !== undefined && list.digest === this.#sent;
    if (what === "announce" || !isKnown) await this.#announce(list);
    await this.#describe(list);
  }

  #endsLists(): boolean {
    return this.#edge?.extensions.includes("announcement_end") ?? false;
  }

  /** Sends the full list. Our edge confirms it; from any other none of it is awaited. */
  async #announce({ ids, digest }: CatalogList): Promise<void> {
    this.#sent = digest;
    const requestId = crypto.randomUUID();
    const hasEnd = this.#endsLists();
    let last: PeerMessage | undefined;
    for (const catalogIds of announcements(ids, hasEnd ? FEW_IDS : MANY_IDS)) {
      if (last) await this.#conversation.send(last);
      await breathe();
      last = { requestId, payload: { case: "catalogAnnouncement", value: { catalogIds } } };
    }
    if (last && hasEnd) {
      await this.#conversation.send(last);
      last = { requestId, payload: { case: "announcementEnd", value: {} } };
    }
    this.#conversation.ask(last!, this.#deps.settings.timeoutSec * 1000).then(
      () => this.#acknowledged = digest,
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

  async #describe({ untold, versions }: CatalogList): Promise<void> {
    if (!this.#edge?.extensions.includes("media")) return;
    const sizeOf = (media: object) => textBytes(JSON.stringify(media));
    await inSteps(untold, this.#signal, async (ids) => {
      const described = this.#deps.library.describe(ids);
      for (const media of batches(described, DESCRIBE_FILES, sizeOf)) {
        await this.send({ case: "mediaDescriptions", value: { media } });
      }
    }, DESCRIBE_FILES);
    this.#told = versions;
  }

  async #ask(payload: Case<PeerPayloads>, timeoutSec: number): Promise<EdgeMessage> {
    const message = { requestId: crypto.randomUUID(), payload };
    return await this.#conversation.ask(message, timeoutSec * 1000);
  }
}
