/**
 * /api/peers and /api/catalog: the edge's view of all peers.
 *
 * @module
 */
import type { Sees } from "../../edge/mod.ts";
import type { Title } from "../../people/mod.ts";
import { FieldsQuery, only } from "../fields.ts";
import {
  createRoute,
  failures,
  findRoute,
  listRoute,
  pageOf,
  PageQuery,
  router,
  z,
} from "../router.ts";
import { CatalogItem, Peer } from "../schemas.ts";
import type { CataloguePort } from "./catalogue/mod.ts";
import type { CommandsPort } from "./commands/mod.ts";
import type { HoldersPort } from "./peers/holders.ts";
import type { IdentitiesPort } from "./peers/identities.ts";
import type { ScreenshotsPort } from "./screenshots/mod.ts";
import type { WatchingPort } from "./watching/mod.ts";

type PageRequest = { limit: number; cursor?: string | undefined };
type PageOf<Item> = { items: Item[]; nextCursor?: string | undefined };

/** What these resources need; `src/edge` provides it, the agent translates. */
export interface EdgePort
  extends WatchingPort, IdentitiesPort, CataloguePort, ScreenshotsPort, CommandsPort, HoldersPort {
  peers(page: PageRequest): Promise<PageOf<z.infer<typeof Peer>>>;
  findPeer(id: string): Promise<z.infer<typeof Peer>>;
  /** With `sees`, only what it lets somebody see, as those call it whose copies they see. */
  catalog(
    page: PageRequest & { query?: string | undefined; sees?: Sees | undefined },
  ): Promise<PageOf<CatalogItem>>;
  findTitle(catalogId: string, sees?: Sees): Promise<CatalogItem>;
  /** What peers say of the tags of titles, by catalogue id and peer: for rules, and never shown. */
  tagsOf(catalogIds: readonly string[]): Promise<ReadonlyMap<string, Title["tags"]>>;
}

const CatalogQuery = PageQuery.extend({
  q: z.string().max(200).optional().openapi({
    description: "Words that are in the title, whole or in part, in any order",
    example: "alien 1979",
  }),
}).extend(FieldsQuery.shape);

const body = <Item extends object>({ items, nextCursor }: PageOf<Item>, fields?: string) => ({
  items: items.map(only(fields)),
  next_cursor: nextCursor ?? null,
});

const one = <Item extends object>({ fields }: { fields?: string | undefined }, item: Item): Item =>
  only(fields)(item);

export function peers(port: EdgePort) {
  const tags = ["edge"];
  return router()
    .openapi(
      listRoute(Peer, tags, "The peers that this edge knows"),
      async (c) =>
        c.json(body(await port.peers(c.req.valid("query")), c.req.valid("query").fields), 200),
    )
    .openapi(
      findRoute(Peer, tags, "One peer"),
      async (c) =>
        c.json(one(c.req.valid("query"), await port.findPeer(c.req.valid("param").id)), 200),
    );
}

export function catalog(port: EdgePort) {
  const tags = ["edge"];
  return router()
    .openapi(
      createRoute({
        method: "get",
        path: "/",
        tags,
        summary: "What all peers have to play, by title",
        description: "Of a search in very many titles a page may be short, and not the last one.",
        request: { query: CatalogQuery },
        responses: { 200: pageOf(CatalogItem, "The titles"), ...failures },
      }),
      async (c) => {
        const { q: query, fields, ...page } = c.req.valid("query");
        return c.json(body(await port.catalog({ ...page, query }), fields), 200);
      },
    )
    .openapi(
      findRoute(CatalogItem, tags, "One title"),
      async (c) =>
        c.json(one(c.req.valid("query"), await port.findTitle(c.req.valid("param").id)), 200),
    );
}
