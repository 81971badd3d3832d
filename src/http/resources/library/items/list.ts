/**
 * GET /api/items: pages of items in any order, with filters.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { InvalidError, NotFoundError } from "../../../../base/errors.ts";
import {
  type ItemPage,
  kinds,
  type ListQuery,
  type Order,
  orders,
  type Place,
} from "../../../../items/mod.ts";
import { FieldsQuery, only } from "../../../fields.ts";
import {
  createRoute,
  failures,
  pageOf,
  PageQuery,
  placeFrom,
  toCursor,
  z,
} from "../../../router.ts";
import { UserQuery } from "../by.ts";
import { ItemBody, itemBody } from "./bodies.ts";

export interface ItemListPort {
  list(query: ListQuery): ItemPage;
}

/** By what a list is filtered. */
export interface TagBranches {
  /** The ids of a tag and of all below it, by its path; none where there is no such tag. */
  branch(path: string): string[];
}

const YesNo = z.enum(["true", "false"]).transform((it) => it === "true").optional();

const ItemsQuery = PageQuery.extend(UserQuery.shape).extend(FieldsQuery.shape).extend({
  sort: z.enum(orders.flatMap((it) => [it, `-${it}`] as const)).default("title").openapi({
    description:
      "With - before it: the last first. What has no year or rating comes last, both ways",
    example: "-added",
  }),
  kind: z.enum(kinds).optional(),
  series: z.string().min(1).max(300).optional(),
  favorite: YesNo,
  watched: YesNo,
  tag: z.string().min(1).max(1000).optional().openapi({
    description: "Path of a tag: items with it, or with one below it",
    example: "genre/film-noir",
  }),
});

export function addItemList(
  routes: OpenAPIHono,
  port: ItemListPort,
  branches: TagBranches,
): OpenAPIHono {
  return routes.openapi(
    createRoute({
      method: "get",
      path: "/",
      tags: ["items"],
      summary: "Items, page by page",
      description:
        "Where a filter leaves few of many, a page may have fewer than `limit` items and " +
        "still have a next one: only `next_cursor` tells the end.",
      request: { query: ItemsQuery },
      responses: { 200: pageOf(ItemBody, "A page of items"), ...failures },
    }),
    (c) => {
      const { limit, cursor, fields, sort, tag, ...filters } = c.req.valid("query");
      const pick = only(fields);
      const order = sort.replace("-", "") as Order;
      const { items, next } = port.list({
        ...filters,
        sort: order,
        descending: sort.startsWith("-"),
        limit,
        after: cursor === undefined ? undefined : toPlace(cursor, order),
        ...tag !== undefined && { tags: branchOf(tag, branches) },
      });
      return c.json({
        items: items.map((it) => pick(itemBody(it))),
        next_cursor: next ? toCursor(JSON.stringify([order, next.key, next.tie])) : null,
      }, 200);
    },
  );
}

function branchOf(path: string, tags: TagBranches): string[] {
  const ids = tags.branch(path);
  if (ids.length === 0) throw new NotFoundError(`Cannot find the tag "${path}"`, { field: "tag" });
  return ids;
}

const Cursor = z.union([
  z.tuple([z.literal("title"), z.string(), z.int()]),
  z.tuple([z.enum(["added", "year"]), z.int(), z.int()]),
  z.tuple([z.literal("rating"), z.int(), z.string()]),
]);

function toPlace(cursor: string, order: Order): Place {
  const [of, key, tie] = placeFrom(cursor, Cursor);
  if (of === order) return { key, tie };
  throw new InvalidError(
    'Cannot read "cursor": take the one that the page before gave, with the same sort',
    { field: "cursor" },
  );
}
