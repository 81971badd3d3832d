/**
 * /api/peers, /api/catalog and /api/streams: the edge's view of all peers, and the way to a film.
 *
 * @module
 */
import { InvalidError } from "../../base/errors.ts";
import { only } from "../fields.ts";
import {
  createRoute,
  failures,
  findRoute,
  IdParam,
  json,
  listRoute,
  PageQuery,
  router,
  z,
} from "../router.ts";
import { CatalogItem, NewStream, Peer, Stream } from "../schemas.ts";

type PageQuery = { limit: number; cursor?: string | undefined };
type PageOf<Item> = { items: Item[]; nextCursor?: string | undefined };

/** What these resources need; `src/edge` provides it, the agent translates. */
export interface EdgePort {
  peers(page: PageQuery): Promise<PageOf<z.infer<typeof Peer>>>;
  findPeer(id: string): Promise<z.infer<typeof Peer>>;
  catalog(page: PageQuery): Promise<PageOf<CatalogItem>>;
  findTitle(catalogId: string): Promise<CatalogItem>;
  streams(): Omit<Stream, "sdp">[];
  openStream(offer: z.infer<typeof NewStream>, signal: AbortSignal): Promise<Stream>;
  closeStream(id: string): void;
}

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
      listRoute(CatalogItem, tags, "What all peers have to play"),
      async (c) =>
        c.json(body(await port.catalog(c.req.valid("query")), c.req.valid("query").fields), 200),
    )
    .openapi(
      findRoute(CatalogItem, tags, "One title"),
      async (c) =>
        c.json(one(c.req.valid("query"), await port.findTitle(c.req.valid("param").id)), 200),
    );
}

/** The edge gives up earlier, and says why. */
const OPEN_MS = 30_000;

export function streams(port: EdgePort) {
  const tags = ["streams"];
  return router()
    .openapi(
      listRoute(Stream.omit({ sdp: true }), tags, "Streams that this edge has arranged"),
      (c) => {
        const { limit, cursor, fields } = c.req.valid("query");
        const from = Number(cursor ?? 0);
        if (!Number.isSafeInteger(from) || from < 0) {
          const message = 'Cannot read "cursor": take the one that the page before gave';
          throw new InvalidError(message, { field: "cursor" });
        }
        const all = port.streams();
        const next = from + limit < all.length ? String(from + limit) : null;
        const items = all.slice(from, from + limit).map(only(fields));
        return c.json({ items, next_cursor: next }, 200);
      },
    )
    .openapi(
      createRoute({
        method: "post",
        path: "/",
        tags,
        summary: "Open a stream: the browser's offer in, the peer's answer out",
        description: "The film's bytes then flow over WebRTC, straight from the peer.",
        request: {
          body: { required: true, content: { "application/json": { schema: NewStream } } },
        },
        responses: { 201: json(Stream, "The stream"), ...failures },
      }),
      async (c) => {
        const stream = await port.openStream(c.req.valid("json"), AbortSignal.timeout(OPEN_MS));
        return c.json(stream, 201, { location: `/api/streams/${stream.id}` });
      },
    )
    .openapi(
      createRoute({
        method: "delete",
        path: "/{id}",
        tags,
        summary: "Close a stream",
        request: { params: IdParam },
        responses: { 204: { description: "It is closed" }, ...failures },
      }),
      (c) => {
        port.closeStream(c.req.valid("param").id);
        return c.body(null, 204);
      },
    );
}
