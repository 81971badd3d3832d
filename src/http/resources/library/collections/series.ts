/**
 * /api/collections/series: what the items say of their series, season and episode.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { NotFoundError } from "../../../../base/errors.ts";
import { FieldsQuery, only } from "../../../fields.ts";
import {
  createRoute,
  failures,
  fromCursor,
  pageOf,
  PageQuery,
  placeFrom,
  toCursor,
  toPage,
  z,
} from "../../../router.ts";
import type { Series } from "../../../../items/mod.ts";
import { EpisodeBody, SeriesBody } from "./bodies.ts";
import type { CollectionsPort } from "./collections.ts";

const tags = ["collections"];
/** What has no season or episode comes last. */
const NONE = 1e9;
const At = z.tuple([z.number(), z.number(), z.string()]);

export function addSeries(routes: OpenAPIHono, port: CollectionsPort): void {
  routes.openapi(
    createRoute({
      method: "get",
      path: "/series",
      tags,
      summary: "The series that the items tell of",
      request: { query: PageQuery.extend(FieldsQuery.shape) },
      responses: { 200: pageOf(SeriesBody, "A page of series"), ...failures },
    }),
    (c) => {
      const { limit, cursor, fields } = c.req.valid("query");
      const names: string[] = [];
      for (let after = fromCursor(cursor); names.length <= limit;) {
        const name = port.series.nextName(after);
        if (name === undefined) break;
        names.push(after = name);
      }
      const last = names.length > limit ? names[limit - 1] : undefined;
      return c.json({
        items: names.slice(0, limit).map((name) => seriesBody(port.series.summary(name)))
          .map(only(fields)),
        next_cursor: last === undefined ? null : toCursor(last),
      }, 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "get",
      path: "/series/{name}/episodes",
      tags,
      summary: "The items of a series in the order of seasons and episodes",
      request: {
        params: z.object({
          name: z.string().max(500).openapi({ param: { name: "name", in: "path" } }),
        }),
        query: PageQuery.extend(FieldsQuery.shape),
      },
      responses: { 200: pageOf(EpisodeBody, "A page of episodes"), ...failures },
    }),
    (c) => {
      const { limit, cursor, fields } = c.req.valid("query");
      const { name } = c.req.valid("param");
      if (port.series.summary(name).items === 0) {
        throw new NotFoundError(`Cannot find the series "${name}": see /api/collections/series/`);
      }
      const [season, episode, itemId] = cursor ? placeFrom(cursor, At) : [-1, -1, ""] as const;
      const found = port.series.episodes(name, { season, episode, itemId }, limit + 1);
      return c.json(
        toPage(found, limit, {
          body: (it) => ({
            item_id: it.itemId,
            title: it.title,
            season: it.season,
            episode: it.episode,
            year: it.year,
          }),
          place: (it) => JSON.stringify([it.season ?? NONE, it.episode ?? NONE, it.itemId]),
          fields,
        }),
        200,
      );
    },
  );
}

function seriesBody({ name, items, seasons, firstYear, lastYear }: Series) {
  return { name, items, seasons, first_year: firstYear, last_year: lastYear };
}
