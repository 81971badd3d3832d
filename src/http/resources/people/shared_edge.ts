/**
 * The edge as one person may see it: titles and replicas by the sharing rules, and streams from the
 * peers that are shared with them. The owner sees all of it. Whose stream is whose the edge knows.
 *
 * @module
 */
import { DeniedError, NotFoundError } from "../../../base/errors.ts";
import type { Caller, People, Title, Verdict } from "../../../people/mod.ts";
import { currentCaller } from "../../admission/caller.ts";
import type { CatalogItem } from "../../schemas.ts";
import type { EdgePort } from "../edge.ts";

/** Paths of the tags of titles, as far as they are known here; by catalogue id. */
export type TagsOf = (catalogIds: readonly string[]) => Promise<ReadonlyMap<string, string[]>>;

/** Pages that are looked through for one page; what is shown of a large catalogue may be little. */
const MAX_ROUNDS = 20;

export function sharedEdge(port: EdgePort, { sharing }: People, tagsOf: TagsOf): EdgePort {
  const judged = async (caller: Caller, items: readonly CatalogItem[]) => {
    const sight = await sharing.sightOf(caller);
    const tags = await tagsOf(items.map((it) => it.catalog_id));
    return items.map((item) => ({ item, verdict: sight.judge(titleOf(item, tags)) }));
  };
  const findSeen = async (id: string): Promise<{ item: CatalogItem; verdict?: Verdict }> => {
    const caller = currentCaller();
    const item = await port.findTitle(id);
    if (caller.role === "owner") return { item };
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
      const items: CatalogItem[] = [];
      let next = cursor;
      for (let round = 0; round < MAX_ROUNDS; round++) {
        const asked = { ...filter, limit: limit - items.length, cursor: next };
        const page = await port.catalog(asked);
        const found = await judged(caller, page.items);
        items.push(...found.filter(({ verdict }) => verdict.see).map(narrowed));
        next = page.nextCursor;
        if (next === undefined || items.length >= limit) break;
      }
      return { items, nextCursor: next };
    },

    findTitle: async (id) => (await findSeen(id)).item,

    async openStream(request, signal) {
      if (currentCaller().role === "owner") return await port.openStream(request, signal);
      const { verdict } = await findSeen(request.catalogId);
      if (!verdict?.play) {
        throw new DeniedError("Cannot play this title: it is shown to you, and no more");
      }
      return await port.openStream({ ...request, peerIds: verdict.peerIds }, signal);
    },
  };
}

function titleOf(item: CatalogItem, tags: ReadonlyMap<string, string[]>): Title {
  return {
    catalogId: item.catalog_id,
    peerIds: [...new Set(item.replicas.map(({ peer_id }) => peer_id))],
    tags: tags.get(item.catalog_id) ?? [],
  };
}

/** Only the replicas that they may play. */
function narrowed({ item, verdict }: { item: CatalogItem; verdict: Verdict }): CatalogItem {
  const replicas = item.replicas.filter(({ peer_id }) => verdict.peerIds.includes(peer_id));
  const available = new Set(replicas.filter((it) => it.online).map(({ peer_id }) => peer_id));
  return { ...item, replicas, online: available.size > 0, available_peer_count: available.size };
}
