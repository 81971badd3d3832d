/**
 * /api/watch: what each person has seen, how far, and likes most.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { EditBy, Item, Watch, WatchUpdate } from "../../../../items/mod.ts";
import { expectedVersion } from "../../../conditional.ts";
import { FieldsQuery, only } from "../../../fields.ts";
import {
  createRoute,
  failures,
  IdParam,
  json,
  pageOf,
  PageQuery,
  router,
  z,
} from "../../../router.ts";
import { body, byOf, IfMatch, tell, UserQuery } from "../by.ts";
import { LAST, pageWith, placeOf } from "../cursors.ts";
import { ItemBody, itemBody } from "../items/bodies.ts";

interface Begun {
  item: Item;
  lastPlayedAt: string;
  key: string;
}

export interface WatchPort {
  find(itemId: string, user: string): Watch;
  update(itemId: string, update: WatchUpdate, by: EditBy): Watch;
  begun(user: string, before: { lastPlayedAt: string; key: string }, limit: number): Begun[];
}

const tags = ["watch"];
/** Longer than any film. */
const MAX_MS = 1000 * 60 * 60 * 24 * 100;

const WatchBody = z.object({
  item_id: z.string(),
  user: z.string(),
  position_ms: z.int().openapi({ description: "Where to go on; 0: from the beginning" }),
  plays: z.int().openapi({ description: "How often it was seen to its end" }),
  watched: z.boolean(),
  favorite: z.boolean(),
  last_played_at: z.string().nullable(),
  version: z.int(),
}).openapi("Watch");

const WatchEdit = z.strictObject({
  position_ms: z.int().min(0).max(MAX_MS).optional().openapi({
    description: "Where the player is. From 90 % on, or from the credits, it counts as watched",
  }),
  duration_ms: z.int().min(1).max(MAX_MS).optional().openapi({
    description: "Of the film, where its file does not tell",
  }),
  session_id: z.string().min(1).max(100).optional().openapi({
    description: "Names one playing: it is counted as a play once",
  }),
  at: z.iso.datetime({ offset: true }).optional().openapi({
    description: "When the player was there, now unless said: of several the last one holds",
  }),
  watched: z.boolean().optional().openapi({ description: "As a person marks it" }),
  favorite: z.boolean().optional(),
}).openapi("WatchEdit", { example: { position_ms: 1_830_000, session_id: "tv-17" } });

export function watch(port: WatchPort): OpenAPIHono {
  const routes = router();
  routes.openapi(
    createRoute({
      method: "get",
      path: "/continue",
      tags,
      summary: "What a user has begun and not ended, the last first",
      description: "Favourites are at /api/items/?favorite=true",
      request: { query: PageQuery.extend(UserQuery.shape).extend(FieldsQuery.shape) },
      responses: { 200: pageOf(ItemBody, "A page of items; `mine` says how far"), ...failures },
    }),
    (c) => {
      const { limit, cursor, user, fields } = c.req.valid("query");
      const pick = only(fields);
      const [lastPlayedAt, key] = placeOf(cursor, [LAST, LAST]);
      const found = port.begun(user, { lastPlayedAt, key }, limit + 1);
      const place = (it: Begun): [string, string] => [it.lastPlayedAt, it.key];
      return c.json(
        pageWith(found, limit, { body: ({ item }) => pick(itemBody(item)), place }),
        200,
      );
    },
  );
  routes.openapi(
    createRoute({
      method: "get",
      path: "/items/{id}",
      tags,
      summary: "How far a user has seen an item",
      request: { params: IdParam, query: UserQuery.extend(FieldsQuery.shape) },
      responses: { 200: json(WatchBody, "The watch state"), ...failures },
    }),
    (c) => {
      const { user, fields } = c.req.valid("query");
      const state = port.find(c.req.valid("param").id, user);
      tell(c, state);
      return c.json(only(fields)(watchBody(state)), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "put",
      path: "/items/{id}",
      tags,
      summary: "What a player reports, or a person marks; what is not given stays",
      request: { params: IdParam, query: UserQuery, headers: IfMatch, body: body(WatchEdit) },
      responses: { 200: json(WatchBody, "The watch state as it is now"), ...failures },
    }),
    (c) => {
      const { position_ms, duration_ms, session_id, ...rest } = c.req.valid("json");
      const by = { ...byOf(c.req.valid("query")), expected: expectedVersion(c) };
      const update = {
        ...rest,
        positionMs: position_ms,
        durationMs: duration_ms,
        sessionId: session_id,
      };
      const state = port.update(c.req.valid("param").id, update, by);
      tell(c, state);
      return c.json(watchBody(state), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "delete",
      path: "/items/{id}",
      tags,
      summary: "Forget that a user has seen an item, and where; a favourite stays one",
      request: { params: IdParam, query: UserQuery, headers: IfMatch },
      responses: { 204: { description: "It is unseen" }, ...failures },
    }),
    (c) => {
      const by = { ...byOf(c.req.valid("query")), expected: expectedVersion(c) };
      port.update(c.req.valid("param").id, { watched: false, forget: true }, by);
      return c.body(null, 204);
    },
  );
  return routes;
}

function watchBody(it: Watch): z.infer<typeof WatchBody> {
  return {
    item_id: it.itemId,
    user: it.user,
    position_ms: it.positionMs,
    plays: it.plays,
    watched: it.watched,
    favorite: it.favorite,
    last_played_at: it.lastPlayedAt,
    version: it.version,
  };
}
