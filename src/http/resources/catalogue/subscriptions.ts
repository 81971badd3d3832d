/**
 * /api/subscriptions: waiting for a title that nobody can give now.
 *
 * @module
 */
import { MAX_TTL_HOURS, type NewSubscription, type Subscription } from "../../../edge/mod.ts";
import { only } from "../../fields.ts";
import {
  createRoute,
  failures,
  findRoute,
  IdParam,
  json,
  listRoute,
  removeRoute,
  router,
  z,
} from "../../router.ts";

export interface SubscriptionsPort {
  subscriptions: {
    create(it: NewSubscription): Promise<Subscription>;
    find(id: string): Promise<Subscription>;
    page(
      request: { limit: number; cursor?: string | undefined },
    ): Promise<{ items: Subscription[]; nextCursor?: string }>;
    prolong(id: string, ttlHours: number): Promise<Subscription>;
    remove(id: string): Promise<void>;
  };
}

const SubscriptionBody = z.object({
  id: z.string(),
  service_id: z.string().openapi({ description: "Who asked, in their own words" }),
  catalog_id: z.string().nullable(),
  query: z.string().nullable().openapi({ description: "A part of the title, in small letters" }),
  status: z.literal("active"),
  created_at: z.string(),
  expires_at: z.string(),
  matched_at: z.string().nullable().openapi({ description: "When it last found something" }),
}).openapi("Subscription");

const ttl = z.number().positive().max(MAX_TTL_HOURS).openapi({
  description: "Hours until it ends",
});

const NewBody = z.strictObject({
  service_id: z.string().max(200).default(""),
  catalog_id: z.string().min(1).max(200).optional(),
  query: z.string().min(1).max(200).optional(),
  ttl_hours: ttl.optional(),
}).openapi("NewSubscription", {
  description: "Either catalog_id or query",
  example: { query: "heat", ttl_hours: 24 },
});

const Change = z.strictObject({ ttl_hours: ttl })
  .openapi("SubscriptionChange", { example: { ttl_hours: 48 } });

export function subscriptions({ subscriptions: port }: SubscriptionsPort) {
  const tags = ["edge"];
  return router()
    .openapi(
      listRoute(SubscriptionBody, tags, "What is waited for"),
      async (c) => {
        const { fields, ...page } = c.req.valid("query");
        const { items, nextCursor } = await port.page(page);
        return c.json({
          items: items.map(toBody).map(only(fields)),
          next_cursor: nextCursor ?? null,
        }, 200);
      },
    )
    .openapi(
      findRoute(SubscriptionBody, tags, "One subscription"),
      async (c) => {
        const found = toBody(await port.find(c.req.valid("param").id));
        return c.json(only(c.req.valid("query").fields)(found), 200);
      },
    )
    .openapi(
      createRoute({
        method: "post",
        path: "/",
        tags,
        summary: "Wait for a title, or for any title with these words",
        description: "Each peer that has it then makes one event: subscription.matched.",
        request: { body: { required: true, content: { "application/json": { schema: NewBody } } } },
        responses: { 201: json(SubscriptionBody, "The subscription"), ...failures },
      }),
      async (c) => {
        const it = c.req.valid("json");
        const made = await port.create({
          owner: it.service_id,
          catalogId: it.catalog_id,
          query: it.query,
          ttlHours: it.ttl_hours,
        });
        return c.json(toBody(made), 201, { location: `/api/subscriptions/${made.id}` });
      },
    )
    .openapi(
      createRoute({
        method: "patch",
        path: "/{id}",
        tags,
        summary: "Let it end later, or earlier",
        request: {
          params: IdParam,
          body: { required: true, content: { "application/json": { schema: Change } } },
        },
        responses: { 200: json(SubscriptionBody, "As it is now"), ...failures },
      }),
      async (c) => {
        const { ttl_hours: hours } = c.req.valid("json");
        return c.json(toBody(await port.prolong(c.req.valid("param").id, hours)), 200);
      },
    )
    .openapi(
      removeRoute(tags, "Wait no longer"),
      async (c) => {
        await port.remove(c.req.valid("param").id);
        return c.body(null, 204);
      },
    );
}

function toBody(it: Subscription): z.infer<typeof SubscriptionBody> {
  return {
    id: it.id,
    service_id: it.owner,
    catalog_id: it.catalogId ?? null,
    query: it.query ?? null,
    status: "active",
    created_at: it.createdAt,
    expires_at: it.expiresAt,
    matched_at: it.matchedAt ?? null,
  };
}
