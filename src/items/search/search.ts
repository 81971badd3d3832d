/**
 * Searching the library: the query is read, the index is asked in another thread, and a page of items
 * comes back with how many there are, where the words stand, and what the result is made of.
 *
 * @module
 */
import type { Database, Readers } from "../../db/mod.ts";
import type { Item } from "../items/row.ts";
import { countFacets, type Facets, readFacets } from "./facets/facets.ts";
import { conditionOf, isFilter } from "./filters/mod.ts";
import { createFilterStore } from "./filters/store.ts";
import { fold } from "./index/words.ts";
import { parseQuery } from "./query/parse.ts";
import { type Plan, planQuery } from "./query/plan.ts";
import { type Highlight, highlight } from "./results/highlight.ts";
import { createListings, type Total } from "./results/listing.ts";
import { readSort, type Sort } from "./results/orders.ts";
import { createResultStore } from "./results/store.ts";
import { createTexts } from "./results/texts.ts";
import type { SearchStore } from "./store.ts";

export interface SearchRequest {
  query: string;
  user: string;
  sort?: string | undefined;
  limit: number;
  cursor?: string | undefined;
  /** Facets to count: "all", or names with commas. */
  facets?: string | undefined;
  /** The last word is perhaps not at its end yet. */
  isTyping?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

export interface Hit {
  item: Item;
  highlights: Highlight[];
}

export interface SearchPage {
  hits: Hit[];
  total: Total;
  /** Words of one or two letters at their beginning are looked for in the titles' beginnings alone. */
  isTitlesOnly: boolean;
  nextCursor?: string | undefined;
  facets?: Facets | undefined;
  /** Items that the index does not know yet, or not as they are now. */
  indexing: number;
}

export interface SearcherDeps {
  db: Database;
  readers: Readers;
  store: SearchStore;
  indexing(): number;
}

export function createSearcher({ db, readers, store, indexing }: SearcherDeps) {
  const names = createFilterStore(db);
  const results = createResultStore(readers);
  const list = createListings(results);
  const texts = createTexts(readers);

  /** @throws {InvalidError} the query or the order cannot be read */
  function read({ query, sort, user, isTyping }: Omit<SearchRequest, "limit">): {
    plan: Plan;
    order: Sort;
  } {
    const context = { user, now: new Date(), store: names };
    const tree = parseQuery(query, { isTyping, isFilter });
    const plan = planQuery(tree, (node) => conditionOf(node, context));
    return { plan, order: readSort(sort, plan.words.length > 0) };
  }

  return {
    /** @throws {InvalidError} as above */
    check: (request: Omit<SearchRequest, "limit">): void => void read(request),

    async search(request: SearchRequest): Promise<SearchPage> {
      const { query, sort = "", user, limit, cursor, signal } = request;
      const { plan, order } = read(request);
      const wanted = request.facets ? readFacets(request.facets) : undefined;
      const name = await nameOf([query, sort, user, String(request.isTyping ?? false)]);
      const listed = await list({ name, plan, sort: order, user, limit, cursor, signal });
      const items = new Map(store.items(listed.seqs, user).map((it) => [it.seq, it]));
      const found = listed.seqs.map((seq) => items.get(seq)).filter((it) => it !== undefined);
      if (plan.words.length > 0) texts.prepare(listed.next);
      return {
        hits: await withHighlights(found, { words: plan.words, page: listed.seqs, signal }),
        total: listed.total,
        isTitlesOnly: plan.titles !== undefined,
        nextCursor: listed.nextCursor,
        facets: wanted && await facetsOf(wanted, plan, { user, signal }),
        indexing: indexing(),
      };
    },

    /** The ids of all that fit, at most `limit`; in the order that is asked for, or the newest first. */
    async resolveIds(
      query: string,
      user: string,
      limit: number,
      { sort, signal }: { sort?: string; signal?: AbortSignal } = {},
    ): Promise<string[]> {
      const { plan, order } = read({ query, sort: sort ?? "-added", user });
      const name = await nameOf([query, sort ?? "", user, "ids"]);
      const seqs: number[] = [];
      let cursor: string | undefined;
      while (seqs.length < limit) {
        const some = Math.min(limit - seqs.length, 5000);
        const listed = await list({ name, plan, sort: order, user, limit: some, cursor, signal });
        seqs.push(...listed.seqs);
        cursor = listed.nextCursor;
        if (cursor === undefined) break;
      }
      const ids = new Map(store.ids(seqs).map(({ seq, id }) => [seq, id]));
      return seqs.map((seq) => ids.get(seq)).filter((id) => id !== undefined);
    },
  };

  async function facetsOf(
    wanted: ReturnType<typeof readFacets>,
    plan: Plan,
    { user, signal }: { user: string; signal?: AbortSignal | undefined },
  ): Promise<Facets> {
    const { seqs, more } = await results.newest(plan, signal);
    return await countFacets(readers, wanted, { seqs, isExact: more === undefined, user, signal });
  }

  /** The texts beside an item's own are read only where its own do not say why it was found. */
  async function withHighlights(
    items: Item[],
    { words, page, signal }: {
      words: readonly string[];
      page: readonly number[];
      signal?: AbortSignal | undefined;
    },
  ): Promise<Hit[]> {
    const hits = items.map((item) => ({ item, ...ownHighlights(item, words) }));
    const asked = hits.filter(({ isExplained }) => !isExplained).map(({ item }) => item.seq);
    const known = await texts.of(asked, page, signal);
    return hits.map(({ item, highlights }) => {
      const { people, tags, notes } = known.get(item.seq) ?? {};
      return { item, highlights: [...highlights, ...inTexts({ people, tags, notes }, words)] };
    });
  }
}

function ownHighlights(item: Item, words: readonly string[]) {
  const { title, originalTitle, series, media } = item;
  const highlights = inTexts({ title, originalTitle, series, path: media?.relativePath }, words);
  const places = highlights.flatMap(({ text, ranges }) =>
    ranges.map(([from, to]) => fold(text.slice(from, to)))
  );
  return {
    highlights,
    isExplained: words.every((word) => places.some((it) => it.startsWith(word))),
  };
}

function inTexts(
  fields: Record<string, string | null | undefined>,
  words: readonly string[],
): Highlight[] {
  if (words.length === 0) return [];
  return Object.entries(fields).map(([field, text]) =>
    text ? highlight(field, text, words) : undefined
  ).filter((it) => it !== undefined);
}

/** Short, and another one for each search. */
async function nameOf(parts: string[]): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(parts));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return digest.slice(0, 9).toBase64({ alphabet: "base64url" });
}
