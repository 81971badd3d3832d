/**
 * The catalogue over all peers, for those who ask: what the state keeps, and who is there now.
 *
 * @module
 */
import type { Shared } from "../../people/mod.ts";
import { asSeen, createSeal, seenPage, type Sees } from "../sight/mod.ts";
import { hasTag, type TagsByPeer } from "../tags/mod.ts";
import type { CatalogItem, Page, PageRequest, Peer } from "./catalog_item.ts";
import type { Session } from "./sessions.ts";
import type { EdgeStore, PeerRow, TitleRow } from "./store.ts";

export interface Catalogue {
  /** Every peer ever seen, by id. */
  peers(request: PageRequest): Promise<Page<Peer>>;
  findPeer(peerId: string): Promise<Peer | undefined>;
  /**
   * Titles that peers have announced, by title, those with all words of `query` in it: parts of
   * words, in any order, whatever capitals and accents. Where `sees` says whose copies count, they
   * are called, sorted and found as those call them. Of very many a page may be short, and not the
   * last one.
   */
  catalog(
    request: PageRequest & { query?: string | undefined; sees?: Sees | undefined },
  ): Promise<Page<CatalogItem>>;
  findTitle(catalogId: string, sees?: Sees): Promise<CatalogItem | undefined>;
  /** What those who have them now say of the tags of these titles; it is for rules, and not shown. */
  tagsOf(catalogIds: readonly string[]): Promise<ReadonlyMap<string, TagsByPeer>>;
  /** Whether it has ever heard of what a rule speaks of; of a tag, whether something has it now. */
  knows(it: Shared): Promise<boolean>;
  /** Titles of which one copy can be reached, or all copies are on drives that are failing. */
  lastCopies(request: PageRequest): Promise<Page<CatalogItem>>;
}

export interface Presence {
  /** The session of a peer of this edge. */
  session(peerId: string): Session | undefined;
  /** Whether a peer is connected, to whichever edge. */
  isOnline(peerId: string): boolean;
  onlinePeers(): string[];
}

const MAX_PAGE = 1000;

export function openCatalogue(store: EdgeStore, presence: Presence): Catalogue {
  const toPeer = (row: PeerRow): Peer => {
    const session = presence.session(row.peerId);
    if (!session) return { ...row, online: presence.isOnline(row.peerId) };
    const { lastSeen, extensions } = session;
    return { ...row, lastSeenAt: new Date(lastSeen).toISOString(), extensions, online: true };
  };
  const toItem = ({ sortTitle: _, replicas, ...row }: TitleRow): CatalogItem => {
    const known = replicas.map(({ peerId, relativePath, atRisk }) => ({
      peerId,
      relativePath,
      online: presence.isOnline(peerId),
      ...atRisk && { atRisk },
    }));
    const available = new Set(known.filter(({ online }) => online).map(({ peerId }) => peerId));
    const online = available.size > 0;
    return { ...row, online, availablePeerCount: available.size, replicas: known };
  };
  const seal = createSeal(store.state);
  const titlesBy = async (
    { limit, cursor }: PageRequest,
    fetch: (after: { sortTitle: string; catalogId: string }, count: number) => Promise<TitleRow[]>,
  ) => {
    const [sortTitle = "", catalogId = ""] = await seal.open(cursor, 2);
    const from = (count: number) => fetch({ sortTitle, catalogId }, count);
    return await paged(limit, from, toItem, (it) => seal.close(it.sortTitle, it.catalogId));
  };
  const titlesWith = async (words: string[], { limit, cursor }: PageRequest) => {
    const [sortTitle = "", catalogId = ""] = await seal.open(cursor, 2);
    const count = within(limit);
    const found = await store.search({ sortTitle, catalogId }, count + 1, words);
    const at = found.rows.length > count ? found.rows[count - 1] : found.next;
    return {
      items: found.rows.slice(0, count).map(toItem),
      ...at && { nextCursor: await seal.close(at.sortTitle, at.catalogId) },
    };
  };
  const titlesSeen = async (words: string[], { limit, cursor }: PageRequest, sees: Sees) => {
    const [sortTitle = "", catalogId = "", peerId = "", relativePath = ""] = await seal.open(
      cursor,
      4,
    );
    const after = { sortTitle, catalogId, peerId, relativePath };
    const { found, next: at } = await seenPage(store, { after, count: within(limit), words }, sees);
    return {
      items: found.map(toItem),
      ...at && {
        nextCursor: await seal.close(at.sortTitle, at.catalogId, at.peerId, at.relativePath),
      },
    };
  };
  return {
    async peers({ limit, cursor }) {
      const [after = ""] = await seal.open(cursor, 1);
      const fetch = (count: number) => store.peers(after, count);
      return await paged(limit, fetch, toPeer, (it) => seal.close(it.peerId));
    },
    async findPeer(peerId) {
      const row = await store.findPeer(peerId);
      return row && toPeer(row);
    },
    async catalog({ sees, query = "", ...request }) {
      const words = query.split(/\s+/).filter(Boolean);
      if (sees) return await titlesSeen(words, request, sees);
      if (words.length > 0) return await titlesWith(words, request);
      return await titlesBy(request, (after, count) => store.titles(after, count));
    },
    async findTitle(catalogId, sees) {
      const row = await store.findTitle(catalogId);
      if (!row || !sees) return row && toItem(row);
      const seen = (await asSeen([row], sees)).get(catalogId);
      // Without a copy that they see, nobody they know has given it a name.
      return toItem(seen?.title ?? { ...row, title: catalogId });
    },
    tagsOf: (catalogIds) => store.tagsOf(catalogIds),
    async knows({ kind, value }) {
      const looks = {
        all: () => true,
        peer: () => store.findPeer(value),
        title: () => store.findTitle(value),
        tag: () => hasTag(store.state, value),
      };
      return Boolean(await looks[kind]());
    },
    lastCopies: (request) =>
      titlesBy(request, (after, count) => store.lastCopies(after, count, presence.onlinePeers())),
  };
}

/** One row more than asked for tells whether there is another page. */
async function paged<Row, Item>(
  limit: number,
  fetch: (count: number) => Promise<Row[]>,
  toItem: (row: Row) => Item,
  cursorOf: (row: Row) => Promise<string>,
): Promise<Page<Item>> {
  const count = within(limit);
  const rows = await fetch(count + 1);
  const last = rows[count - 1];
  return {
    items: rows.slice(0, count).map(toItem),
    ...(rows.length > count && last && { nextCursor: await cursorOf(last) }),
  };
}

function within(limit: number): number {
  return Math.min(Math.max(Math.trunc(limit), 1), MAX_PAGE);
}
