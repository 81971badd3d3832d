/**
 * /api/search: the items that fit a query, and what can be asked for.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Search, SearchPage } from "../../../../items/mod.ts";
import { FieldsQuery, only } from "../../../fields.ts";
import { createRoute, failures, fromCursor, json, router, toCursor, z } from "../../../router.ts";
import { UserQuery } from "../by.ts";
import { HelpBody, SearchBody } from "./bodies.ts";
import { itemBody } from "../items/bodies.ts";

export type SearchPort = Pick<Search, "search" | "help">;

const tags = ["search"];

/** How a result is shown: also that of a saved search. */
export const ResultQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(8000).optional(),
  facets: z.string().max(200).optional().openapi({
    description: "What to count in the result: names with commas, or all",
    example: "tag,decade,codec",
  }),
}).extend(UserQuery.shape).extend(FieldsQuery.shape);

const SortQuery = z.object({
  sort: z.string().max(40).optional().openapi({
    description: "relevance, title, -added, year, rating, duration, size or random:SEED",
    example: "-year",
  }),
});

const SearchQuery = ResultQuery.extend(SortQuery.shape).extend({
  q: z.string().max(1000).default("").openapi({
    description: "Words, phrases and filters; see /api/search/help",
    example: "blade runner codec:hevc year:1980..1999",
  }),
  typing: z.enum(["true", "false"]).optional().openapi({
    description: "The last word is not written to its end: what begins so is found too",
  }),
});

export function searchResource(port: SearchPort): OpenAPIHono {
  return router()
    .openapi(
      createRoute({
        method: "get",
        path: "/",
        tags,
        summary: "The items that fit a query",
        request: { query: SearchQuery },
        responses: { 200: json(SearchBody, "A page of them"), ...failures },
      }),
      async (c) => {
        const { q, sort, typing, ...shown } = c.req.valid("query");
        const isTyping = typing === "true";
        return c.json(await runSearch(port, { q, sort, isTyping, ...shown }, c), 200);
      },
    )
    .openapi(
      createRoute({
        method: "get",
        path: "/help",
        tags,
        summary: "What can be asked for: filters, orders, facets",
        responses: { 200: json(HelpBody, "All of them, with examples"), ...failures },
      }),
      (c) => c.json(port.help(), 200),
    );
}

type Shown = z.infer<typeof ResultQuery> & {
  q: string;
  sort?: string | undefined;
  isTyping?: boolean;
};

/** A page of a result as its body; it is given up when the caller goes. */
export async function runSearch(
  { search }: Pick<SearchPort, "search">,
  { q, cursor, fields, ...shown }: Shown,
  c: Context,
): Promise<z.infer<typeof SearchBody>> {
  const page = await search({
    ...shown,
    query: q,
    cursor: cursor === undefined ? undefined : fromCursor(cursor),
    signal: c.req.raw.signal,
  });
  return pageBody(page, fields);
}

/** A page of results in REST's words. */
export function pageBody(page: SearchPage, fields?: string): z.infer<typeof SearchBody> {
  const { hits, total, isTitlesOnly, nextCursor, facets, indexing } = page;
  const pick = only(fields);
  return {
    items: hits.map(({ item, highlights }) => pick({ ...itemBody(item), highlights })),
    next_cursor: nextCursor === undefined ? null : toCursor(nextCursor),
    total: { value: total.value, relation: total.isExact ? "exactly" : "more than" },
    searched: isTitlesOnly ? "beginnings of titles" : "everything",
    ...facets && {
      facets: {
        counted: facets.counted,
        relation: facets.isExact ? "all" : "the newest",
        values: facets.facets,
      },
    },
    indexing,
  };
}
