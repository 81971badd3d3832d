/**
 * THE MAP: what is waited for, and what is in danger, by the name in its address.
 *
 * @module
 */
import { only } from "../../fields.ts";
import { absent, listRoute, router } from "../../router.ts";
import { CatalogItem } from "../../schemas.ts";
import { subscriptions, type SubscriptionsPort } from "./subscriptions.ts";

export interface CataloguePort extends SubscriptionsPort {
  lastCopies(
    page: { limit: number; cursor?: string | undefined },
  ): Promise<{ items: CatalogItem[]; nextCursor?: string | undefined }>;
}

/** The edge's resources, or why this program has none. */
export function catalogueResources(port: CataloguePort | string) {
  if (typeof port === "string") {
    return { "subscriptions": absent(port), "last-copies": absent(port) };
  }
  return { "subscriptions": subscriptions(port), "last-copies": lastCopies(port) };
}

function lastCopies(port: CataloguePort) {
  const summary = "Titles of which one copy can be reached, or all are on failing drives";
  return router().openapi(listRoute(CatalogItem, ["edge"], summary), async (c) => {
    const { fields, ...page } = c.req.valid("query");
    const { items, nextCursor } = await port.lastCopies(page);
    return c.json({ items: items.map(only(fields)), next_cursor: nextCursor ?? null }, 200);
  });
}
