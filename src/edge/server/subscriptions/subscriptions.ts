/**
 * Waiting for a title: a subscription is matched by every peer that has what it waits for, once, and
 * ends by itself.
 *
 * @module
 */
import { ConflictError, InvalidError, NotFoundError } from "../../../base/errors.ts";
import type { Publish } from "../../../base/events.ts";
import { plain } from "../../../base/text/plain.ts";
import type { Page, PageRequest } from "../catalog_item.ts";
import { fromCursor, toCursor } from "../cursor.ts";
import type { Subscription, SubscriptionStore } from "./store.ts";

export interface NewSubscription {
  owner: string;
  catalogId?: string | undefined;
  query?: string | undefined;
  /** Hours until it ends; 24 unless said. */
  ttlHours?: number | undefined;
}

/** A title that can be had, and from whom. */
export interface Available {
  catalogId: string;
  title: string;
  sortTitle: string;
  peerIds: string[];
}

/** One that waits for words, as they stand in titles: without capitals and accents. */
type Asked = Subscription & { words: string };

const TTL_HOURS = 24;
export const MAX_TTL_HOURS = 24 * 365;
const MAX_ALL = 10_000;
const MAX_OF_OWNER = 1000;
const MAX_QUERY = 200;
const HOUR_MS = 3_600_000;
/** Another edge may have been given a subscription meanwhile. */
const FRESH_MS = 5000;

export class Subscriptions {
  #queries: { read: number; all: Asked[] } | undefined;

  constructor(
    readonly store: SubscriptionStore,
    readonly edgeId: string,
    readonly publish: Publish,
    /** What a new one waits for may be there already. */
    readonly look: (it: Subscription) => void,
  ) {}

  /** @throws {InvalidError} not one thing to wait for; {ConflictError} there are too many */
  async create({ owner, catalogId, query, ttlHours = TTL_HOURS }: NewSubscription) {
    const words = query?.trim().toLowerCase();
    const hasOne = (catalogId ? 1 : 0) + (words ? 1 : 0) === 1;
    const texts = [catalogId, words, owner].map((it) => it ?? "");
    if (!hasOne || texts.some((it) => it.length > MAX_QUERY || it.includes("\0"))) {
      const form = `one of "catalog_id" and "query", of ${MAX_QUERY} characters at most`;
      throw new InvalidError(`Cannot subscribe: name ${form}`, { field: "query" });
    }
    for (const [of, max] of [[owner, MAX_OF_OWNER], [undefined, MAX_ALL]] as const) {
      if (await this.store.count(of) < max) continue;
      await this.store.expire(now());
      if (await this.store.count(of) < max) continue;
      throw new ConflictError(`Cannot subscribe: there are ${max} already, delete one`, { max });
    }
    const subscription: Subscription = {
      id: crypto.randomUUID(),
      owner,
      ...catalogId && { catalogId },
      ...words && { query: words },
      createdAt: now(),
      expiresAt: inHours(ttlHours),
    };
    await this.store.add(subscription);
    this.#queries = undefined;
    this.look(subscription);
    return subscription;
  }

  /** @throws {NotFoundError} there is none, or it has ended */
  async find(id: string): Promise<Subscription> {
    const found = await this.store.find(id, now());
    if (!found) throw new NotFoundError(`Cannot find subscription "${id}"`, { id });
    return found;
  }

  async page(request: PageRequest & { owner?: string | undefined }): Promise<Page<Subscription>> {
    const { limit, cursor, owner } = request;
    const [after = ""] = fromCursor(cursor, 1);
    const found = await this.store.page({ after, limit: limit + 1, owner }, now());
    const items = found.slice(0, limit);
    const last = found.length > limit ? items.at(-1) : undefined;
    return { items, ...last && { nextCursor: toCursor(last.id) } };
  }

  /** It ends so many hours from now. */
  async prolong(id: string, ttlHours: number): Promise<Subscription> {
    const found = await this.find(id);
    const expiresAt = inHours(ttlHours);
    await this.store.prolong(id, expiresAt);
    return { ...found, expiresAt };
  }

  async remove(id: string): Promise<void> {
    await this.find(id);
    await this.store.remove(id);
    this.#queries = undefined;
  }

  async expire(): Promise<void> {
    await this.store.expire(now());
    this.#queries = undefined;
  }

  /** Tells those that wait for these titles, each of a peer once. */
  async match(titles: Available[]): Promise<void> {
    const there = titles.filter(({ peerIds }) => peerIds.length > 0);
    if (there.length === 0) return;
    const byId = Map.groupBy(
      await this.store.forTitles(there.map(({ catalogId }) => catalogId), now()),
      (it) => it.catalogId,
    );
    const words = await this.#withQuery();
    for (const title of there) {
      const asked = words.filter(({ words }) => title.sortTitle.includes(words));
      for (const it of [...byId.get(title.catalogId) ?? [], ...asked]) await this.#tell(it, title);
    }
  }

  async #tell({ id, owner }: Subscription, title: Available): Promise<void> {
    const { catalogId, peerIds } = title;
    const news = await this.store.tell(id, catalogId, peerIds, now());
    if (news.length === 0) return;
    this.publish("subscription.matched", {
      subscriptionId: id,
      serviceId: owner,
      catalogId,
      title: title.title,
      availablePeers: news.map((peerId) => ({ peerId, edgeId: this.edgeId, state: "connected" })),
    });
  }

  async #withQuery(): Promise<Asked[]> {
    if (!this.#queries || Date.now() - this.#queries.read > FRESH_MS) {
      const read = Date.now();
      const all = (await this.store.withQuery(now()))
        // Of accents alone nothing is left, which would be in every title.
        .map((it) => ({ ...it, words: plain(it.query!) || it.query! }));
      this.#queries = { read, all };
    }
    const at = now();
    return this.#queries.all.filter(({ expiresAt }) => expiresAt > at);
  }
}

function now(): string {
  return new Date().toISOString();
}

function inHours(hours: number): string {
  return new Date(Date.now() + Math.min(hours, MAX_TTL_HOURS) * HOUR_MS).toISOString();
}
