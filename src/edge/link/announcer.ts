/**
 * Tells one edge what this peer has: the list's digest first, the list only where the edge has
 * another one, and what is in a file once, and again when that has changed.
 *
 * @module
 */
import { reasonOf } from "../../base/errors.ts";
import { turn } from "../../base/event_loop.ts";
import type { Log } from "../../base/log.ts";
import { pause } from "../../base/service.ts";
import { batches, textBytes } from "../batches.ts";
import type { Conversation } from "../conversation.ts";
import type { CatalogEntry, LinkLibrary } from "../deps.ts";
import { CatalogDigest, hashOf, hashOfVersion, SeenTexts, type TextHash } from "../id_hash.ts";
import type { Case, EdgeMessage, PeerMessage, PeerPayloads } from "../messages.ts";
import type { Nudge } from "../nudge.ts";
import { paced } from "../steps.ts";
import { announcements, catalogPages, FEW_IDS, MANY_IDS, textOf } from "./catalog_list.ts";
import type { LinkCounters } from "./counters.ts";
import type { EdgeMemory } from "./edge_memory.ts";

export interface AnnouncerDeps {
  library: LinkLibrary;
  conversation: Conversation<EdgeMessage, PeerMessage>;
  timeoutMs: number;
  speaks(extension: string): boolean;
  /** It is the peer's own, or one that it has joined and that has proved it, and asks for tags. */
  hearsTags(): boolean;
  /** It said hello, and so confirms what it has read. */
  isGreeted(): boolean;
  /** What the edge was told before, also by other streams. */
  memory(): EdgeMemory;
  counters: LinkCounters;
  log: Log;
}

/** What of films may be another: their titles, with which tags may be, or their tags alone. */
export type Retold = "titles" | "tags";

const DESCRIBE_FILES = 100;
/** So many descriptions are on their way before the edge is asked whether they have come. */
const UNSURE_FILES = 2000;
/** After something was told anew, so many times as long as that took nothing is told of others. */
const REST = 4;
const MAX_REST_MS = 30_000;

export class Announcer {
  readonly #deps: AnnouncerDeps;
  /** The last list sent on this stream, and the last that the edge has said it has. */
  #sent = "";
  #confirmed: string | undefined;
  #telling: Promise<void> | undefined;

  constructor(deps: AnnouncerDeps) {
    this.#deps = deps;
  }

  /** A list is on its way. */
  get isBusy(): boolean {
    return this.#telling !== undefined;
  }

  /** The edge has what was told last. */
  get isConfirmed(): boolean {
    return this.#deps.isGreeted() && this.#confirmed === this.#sent;
  }

  /** The edge is another than it seemed: what was sent was for a foreign one. */
  reset(): void {
    this.#sent = "";
    this.#confirmed = undefined;
  }

  /** "announce" sends the list in any case to those who cannot be asked whether they have it. */
  async tell(what: "announce" | "refresh"): Promise<void> {
    // One list after the other, so that parts do not mix.
    while (this.#telling) await this.#telling;
    this.#telling = this.#tell(what).finally(() => this.#telling = undefined);
    await this.#telling;
  }

  /**
   * Tells what is tagged or called anew, until the stream ends. Each time all of the library is looked
   * at: that is a small part of the time, however many tags are given one after the other.
   */
  async retell(retold: Nudge<Retold>): Promise<void> {
    const { signal } = this.#deps.conversation;
    while (!signal.aborted) {
      const due = await retold.take(signal);
      const isHeard = due.has("titles") && this.#deps.speaks("media") || this.#deps.hearsTags();
      if (signal.aborted || !isHeard) continue;
      const began = performance.now();
      await this.tell("refresh");
      await pause(Math.min((performance.now() - began) * REST, MAX_REST_MS), signal);
    }
  }

  async #tell(what: "announce" | "refresh"): Promise<void> {
    const { speaks, isGreeted, conversation: { signal } } = this.#deps;
    const now = await this.#look();
    if (signal.aborted) return;
    if (speaks("digest")) {
      if (now.list !== this.#confirmed) await this.#askOrAnnounce(now.list);
    } else if (what === "announce" || !isGreeted() || now.list !== this.#sent) {
      // What a foreign edge has kept of a list cannot be known.
      await this.#announce();
    }
    if (signal.aborted || !speaks("media")) return;
    const memory = this.#deps.memory();
    // All was described to this edge before the program was started anew.
    const isDescribed = this.#confirmed === now.list && memory.described() === now.versions;
    if (isDescribed && now.texts) memory.told = now.texts;
    else if (now.untold > 0) await this.#describe();
  }

  /** The list and its versions, both as digests. */
  async #look() {
    const { library, memory, hearsTags, conversation: { signal } } = this.#deps;
    const { told, described } = memory();
    const texts = told.size === 0 && described() ? new SeenTexts() : undefined;
    const [list, versions] = [new CatalogDigest(), new CatalogDigest()];
    let untold = 0;
    for await (const page of catalogPages(library, signal, hearsTags())) {
      for (const { catalogId, version } of page) {
        list.addHash(hashOf(catalogId, ofId));
        versions.addHash(hashOfVersion(ofId, version, ofVersion));
        if (!told.has(ofVersion)) untold++;
        texts?.add(ofVersion);
      }
    }
    return { list: textOf(list), versions: textOf(versions), untold, texts };
  }

  async #askOrAnnounce(list: string): Promise<void> {
    const { conversation, timeoutMs, counters, log } = this.#deps;
    const [count = "", digest = ""] = list.split(":");
    try {
      const { payload } = await conversation.ask(
        message({ case: "catalogDigest", value: { digest, count: Number(count) } }),
        timeoutMs,
      );
      if (payload?.case === "catalogDigestAnswer" && payload.value.same) {
        this.#sent = this.#confirmed = list;
        counters.listsSpared++;
        return;
      }
    } catch (error) {
      // It works on the list that was sent before: the next heartbeat asks again.
      log.debug("The edge has not said whether it has our list", { reason: reasonOf(error) });
      if (conversation.signal.aborted || this.#sent === list) return;
    }
    await this.#announce();
  }

  /** Sends the full list. Our edge confirms it; from any other none of it is awaited. */
  async #announce(): Promise<void> {
    const { library, conversation, speaks, timeoutMs, counters, log } = this.#deps;
    const requestId = crypto.randomUUID();
    const hasEnd = speaks("announcement_end");
    const parts = announcements(library, hasEnd ? FEW_IDS : MANY_IDS, conversation.signal);
    let last: PeerMessage | undefined;
    let sent = "";
    for await (const { catalogIds, digest } of parts) {
      if (last) await conversation.send(last);
      await turn();
      sent = digest;
      counters.idsAnnounced += catalogIds.length;
      last = { requestId, payload: { case: "catalogAnnouncement", value: { catalogIds } } };
    }
    if (!last || conversation.signal.aborted) return;
    if (hasEnd) {
      await conversation.send(last);
      last = { requestId, payload: { case: "announcementEnd", value: {} } };
    }
    this.#sent = sent;
    conversation.ask(last, timeoutMs).then(
      () => this.#confirmed = sent,
      (error) => log.debug("Announcement not confirmed", { reason: reasonOf(error) }),
    );
  }

  /** Describes what the edge was not told, and remembers what of it has come. */
  async #describe(): Promise<void> {
    const { library, conversation, memory, timeoutMs, log } = this.#deps;
    const { signal } = conversation;
    const it = memory();
    const withTags = this.#deps.hearsTags();
    const pace = paced();
    const fresh = new SeenTexts();
    const versions = new CatalogDigest();
    let unsure: TextHash[] = [];
    // The edge reads one message after the other: with this one it has read all before it.
    const makeSure = async () => {
      if (unsure.length === 0) return;
      await conversation.ask(message({ case: "ping", value: {} }), timeoutMs);
      for (const hash of unsure) it.told.add(hash);
      unsure = [];
    };
    try {
      for await (const page of catalogPages(library, signal, withTags)) {
        const hashes = page.map(hashOfEntry);
        const untold = page.filter((_, at) => !it.told.has(hashes[at]!));
        for (const some of batches(untold, DESCRIBE_FILES, () => 0)) {
          const described = library.describe(some.map(({ catalogId }) => catalogId), withTags);
          for (const media of batches(described, DESCRIBE_FILES, jsonBytes)) {
            await conversation.send(message({ case: "mediaDescriptions", value: { media } }));
          }
          unsure.push(...some.map(hashOfEntry));
          if (unsure.length >= UNSURE_FILES) await makeSure();
          await pace();
        }
        for (const hash of hashes) {
          fresh.add(hash);
          versions.addHash(hash);
        }
      }
      await makeSure();
      if (signal.aborted) return;
      it.told = fresh;
      it.saveDescribed(textOf(versions));
    } catch (error) {
      if (signal.aborted) return;
      log.debug("Descriptions not confirmed: they will be repeated", { reason: reasonOf(error) });
    }
  }
}

const ofId = new Uint32Array(4);
const ofVersion = new Uint32Array(4);

function hashOfEntry({ catalogId, version }: CatalogEntry): TextHash {
  return hashOfVersion(hashOf(catalogId, ofId), version, new Uint32Array(4));
}

function jsonBytes(media: object): number {
  return textBytes(JSON.stringify(media));
}

function message(payload: Case<PeerPayloads>): PeerMessage {
  return { requestId: crypto.randomUUID(), payload };
}
