/**
 * The edge as one person may see it: titles and replicas by the sharing rules, and streams from the
 * peers that are shared with them. The owner sees all of it. Whose stream is whose the edge knows.
 *
 * @module
 */
import { DeniedError, NotFoundError } from "../../../base/errors.ts";
import type { Sees } from "../../../edge/mod.ts";
import type { Caller, People, Title, Verdict } from "../../../people/mod.ts";
import { currentCaller } from "../../admission/caller.ts";
import type { CatalogItem } from "../../schemas.ts";
import type { EdgePort } from "../edge.ts";

/** Pages that are looked through for one page; what is shown of a large catalogue may be little. */
const MAX_ROUNDS = 20;

export function sharedEdge(port: EdgePort, { sharing }: People): EdgePort {
  const judged = async (caller: Caller, items: readonly CatalogItem[]) => {
    const sight = await sharing.sightOf(caller);
    const tags = await port.tagsOf(items.map((it) => it.catalog_id));
    return items.map((item) => ({ item, verdict: sight.judge(titleOf(item, tags)) }));
  };
  /** By the same rules, of each title the peers whose copies they may see. */
  const seesOf = (caller: Caller): Sees => async (titles) => {
    const sight = await sharing.sightOf(caller);
    const tags = await port.tagsOf(titles.map(({ catalogId }) => catalogId));
    return new Map(titles.map(({ catalogId, peerIds }) => {
      const of = { catalogId, tags: tags.get(catalogId) ?? new Map() };
      return [catalogId, peerIds.filter((it) => sight.visible({ ...of, peerIds: [it] }))];
    }));
  };
  const seesPeer = async (caller: Caller) => {
    const sight = await sharing.sightOf(caller);
    // Rules for tags are for titles.
    const tags = (id: string) => new Map([[id, { paths: [], isComplete: true }]]);
    return (id: string) => sight.visible({ catalogId: "", peerIds: [id], tags: tags(id) });
  };
  /** @throws {NotFoundError} in the words of one that is not there */
  const assertPeer = async (id: string) => {
    const caller = currentCaller();
    if (caller.role === "owner" || (await seesPeer(caller))(id)) return;
    throw new NotFoundError(`Cannot find peer "${id}"`, { id });
  };
  const findSeen = async (id: string): Promise<{ item: CatalogItem; verdict?: Verdict }> => {
    const caller = currentCaller();
    if (caller.role === "owner") return { item: await port.findTitle(id) };
    const item = await port.findTitle(id, seesOf(caller));
    const [found] = await judged(caller, [item]);
    // In the words of one that is not there: that there is one is not told, either.
    if (!found?.verdict.see) throw new NotFoundError(`Cannot find title "${id}"`, { id });
    return { item: narrowed(found), verdict: found.verdict };
  };

  return {
    ...port,
    async catalog({ limit, cursor, ...filter }) {
      const caller = currentCaller();
      if (caller.role === "owner") return await port.catalog({ ...filter, limit, cursor });
      const sees = seesOf(caller);
      const { items, nextCursor } = await port.catalog({ ...filter, limit, cursor, sees });
      const found = await judged(caller, items);
      return { items: found.filter(({ verdict }) => verdict.see).map(narrowed), nextCursor };
    },

    findTitle: async (id) => (await findSeen(id)).item,

    async peers(request) {
      const caller = currentCaller();
      if (caller.role === "owner") return await port.peers(request);
      const sees = await seesPeer(caller);
      return await filled(request, async (page) => {
        const { items, nextCursor } = await port.peers(page);
        return { items: items.filter((it) => sees(it.peer_id)), nextCursor };
      });
    },

    async findPeer(id) {
      await assertPeer(id);
      return await port.findPeer(id);
    },

    async findIdentity(id) {
      await assertPeer(id);
      return await port.findIdentity(id);
    },

    async openStream(request, signal) {
      if (currentCaller().role === "owner") return await port.openStream(request, signal);
      const { item: { title }, verdict } = await findSeen(request.catalogId);
      if (!verdict?.play) {
        throw new DeniedError("Cannot play this title: it is shown to you, and no more");
      }
      return await port.openStream({ ...request, peerIds: verdict.peerIds, title }, signal);
    },
  };
}

type Asked = { limit: number; cursor?: string | undefined };

/** A page out of as many pages as it takes, of which `read` leaves what may be seen. */
async function filled<Item>(
  { limit, cursor }: Asked,
  read: (page: Asked) => Promise<{ items: Item[]; nextCursor?: string | undefined }>,
) {
  const items: Item[] = [];
  let next = cursor;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const page = await read({ limit: limit - items.length, cursor: next });
    items.push(...page.items);
    next = page.nextCursor;
    if (next === undefined || items.length >= limit) break;
  }
  return { items, nextCursor: next };
}

function titleOf(item: CatalogItem, tags: ReadonlyMap<string, Title["tags"]>): Title {
  return {
    catalogId: item.catalog_id,
    peerIds: [...new Set(item.replicas.map(({ peer_id }) => peer_id))],
    tags: tags.get(item.catalog_id) ?? new Map(),
  };
}

/** Only the replicas that they may play. */
function narrowed({ item, verdict }: { item: CatalogItem; verdict: Verdict }): CatalogItem {
  const replicas = item.replicas.filter(({ peer_id }) => verdict.peerIds.includes(peer_id));
  const available = new Set(replicas.filter((it) => it.online).map(({ peer_id }) => peer_id));
  return {
    ...item,
    replicas,
    online: available.size > 0,
    available_peer_count: available.size,
  };
}
