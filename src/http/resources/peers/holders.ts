/**
 * /api/peers/catalog/{id}: who can give a title now, and by which edge they are reached; in the words
 * in which the seeds' screenshot service asks their registry.
 *
 * @module
 */
import { createRoute, failures, IdParam, json, router, z } from "../../router.ts";
import type { CatalogItem } from "../../schemas.ts";

export interface HoldersPort {
  findTitle(catalogId: string): Promise<CatalogItem>;
  /** The edge that a peer is connected to; undefined of one that is away. */
  edgeOf(peerId: string): string | undefined;
}

const Holder = z.object({
  peer_id: z.string(),
  edge_id: z.string(),
  catalog_ids: z.array(z.string()).openapi({ description: "The one that was asked for" }),
}).openapi("Holder");

export function holders({ findTitle, edgeOf }: HoldersPort) {
  return router().openapi(
    createRoute({
      method: "get",
      path: "/catalog/{id}",
      tags: ["edge"],
      summary: "Connected peers that hold a title, each once",
      request: { params: IdParam },
      responses: { 200: json(z.array(Holder), "The peers, by id"), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const { replicas } = await findTitle(id);
      const peerIds = new Set(replicas.filter((it) => it.online).map((it) => it.peer_id));
      const found = [...peerIds].sort().flatMap((peerId) => {
        const edgeId = edgeOf(peerId);
        return edgeId === undefined
          ? []
          : [{ "peer_id": peerId, "edge_id": edgeId, "catalog_ids": [id] }];
      });
      return c.json(found, 200);
    },
  );
}
