/**
 * The catalogue over all peers, for those who ask: what the state keeps, and who is there now.
 *
 * @module
 */
import type { TagsByPeer } from "../tags/mod.ts";
import type { CatalogItem, Page, PageRequest, Peer } from "./catalog_item.ts";
import { fromCursor, toCursor } from "./cursor.ts";
import type { Session } from "./sessions.ts";
import type { EdgeStore, PeerRow, TitleRow } from "./store.ts";

export interface Catalogue {
  /** Every peer ever seen, by id. */
  peers(request: PageRequest): Promise<Page<Peer>>;
  findPeer(peerId: string): Promise<Peer | undefined>;
  /** Titles that peers have announced, by title; `query` is a part of the title. */
  catalog(request: PageRequest & { query?: string | undefined }): Promise<Page<CatalogItem>>;
  findTitle(catalogId: string): Promise<CatalogItem | undefined>;
  /** What those who have them now say of the tags of these titles; it is for rules, and not shown. */
  tagsOf(catalogIds: readonly string[]): Promise<ReadonlyMap<string, TagsByPeer>>;
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
  const titlesBy = async (
    { limit, cursor }: PageRequest,
    fetch: (after: { sortTitle: string; catalogId: string }, count: number) => Promise<TitleRow[]>,
  ) => {
    const [sortTitle = "", catalogId = ""] = fromCursor(cursor, 2);
    const from = (count: number) => fetch({ sortTitle, catalogId }, count);
    return await paged(limit, from, toItem, (it) => toCursor(it.sortTitle, it.catalogId));
  };
  return {
    async peers({ limit, cursor }) {
      const [after = ""] = fromCursor(cursor, 1);
      const fetch = (count: number) => store.peers(after, count);
      return await paged(limit, fetch, toPeer, (it) => toCursor(it.peerId));
    },
    async findPeer(peerId) {
      const row = await store.findPeer(peerId);
      return row && toPeer(row);
    },
    catalog: (request) =>
      titlesBy(request, (after, count) => store.titles(after, count, request.query)),
    async findTitle(catalogId) {
      const row = await store.findTitle(catalogId);
      return row && toItem(row);
    },
    tagsOf: (catalogIds) => store.tagsOf(catalogIds),
    lastCopies: (request) =>
      titlesBy(request, (after, count) => store.lastCopies(after, count, presence.onlinePeers())),
  };
}

/** One row more than asked for tells whether there is another page. */
async function paged<Row, Item>(
  limit: number,
  fetch: (count: number) => Promise<Row[]>,
  toItem: (row: Row) => Item,
  cursorOf: (row: Row) => string,
): Promise<Page<Item>> {
  const count = Math.min(Math.max(Math.trunc(limit), 1), MAX_PAGE);
  const rows = await fetch(count + 1);
  const last = rows[count - 1];
  return {
    items: rows.slice(0, count).map(toItem),
    ...(rows.length > count && last && { nextCursor: cursorOf(last) }),
  };
}
