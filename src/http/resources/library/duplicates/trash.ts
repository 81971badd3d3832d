/**
 * /api/trash: what was thrown away, and how to have it back.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { TrashEntry } from "../../../../media/mod.ts";
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
import { body } from "../by.ts";
import { pageWith, placeOf } from "../cursors.ts";

export interface TrashPort {
  list(after: { trashedAt: string; id: string }, limit: number): TrashEntry[];
  find(id: string): TrashEntry;
  restore(id: string, options: { rename?: boolean }): Promise<TrashEntry & { path: string }>;
  empty(
    options: { ids?: readonly string[]; before?: string; signal: AbortSignal },
  ): Promise<{ files: number; bytes: number; failed: { id: string; problem: string }[] }>;
}

const tags = ["trash"];

const Entry = z.object({
  id: z.string().openapi({ example: "4f7d1b52-8a5b-4c1b-9c0e-55c1a1e0b7aa" }),
  media_id: z.string().nullable(),
  root: z.string().openapi({ example: "/mnt/films" }),
  relative_path: z.string().openapi({ example: "Heat (1995)/heat.mkv" }),
  trash_path: z.string().openapi({
    example: ".giggityflix-trash/2026-11-21/Heat (1995)/heat.mkv",
    description: "Where it is, from `root` on",
  }),
  size_bytes: z.int(),
  why: z.string(),
  trashed_at: z.string(),
}).openapi("TrashEntry");

const Restore = z.strictObject({
  rename: z.boolean().default(false).openapi({
    description: "Where another file has its name now, it comes back beside that",
  }),
}).openapi("RestoreFromTrash", { example: { rename: false } });

const Restored = Entry.extend({
  path: z.string().openapi({ example: "/mnt/films/Heat (1995)/heat.mkv" }),
}).openapi("Restored");

const Empty = z.strictObject({
  ids: z.array(z.string().max(300)).min(1).max(1000).optional().openapi({
    description: "All of it unless said",
  }),
  before: z.iso.datetime().optional().openapi({ description: "Only what was there by then" }),
}).openapi("EmptyTrash", { example: { before: "2026-10-21T00:00:00Z" } });

const Emptied = z.object({
  files: z.int(),
  bytes: z.int(),
  failed: z.array(z.object({ id: z.string(), problem: z.string() })),
}).openapi("Emptied");

export type TrashEntryBody = z.infer<typeof Entry>;
export type Restored = z.infer<typeof Restored>;
export type Emptied = z.infer<typeof Emptied>;

export function trashResource(port: TrashPort): OpenAPIHono {
  const routes = router();
  routes.openapi(
    createRoute({
      method: "get",
      path: "/",
      tags,
      summary: "What was thrown away, the longest there first",
      request: { query: PageQuery.extend(FieldsQuery.shape) },
      responses: { 200: pageOf(Entry, "A page of the trash"), ...failures },
    }),
    (c) => {
      const { limit, cursor, fields } = c.req.valid("query");
      const [trashedAt, id] = placeOf(cursor, ["", ""]);
      const place = (it: TrashEntry): [string, string] => [it.trashedAt, it.id];
      const pick = only(fields);
      const found = port.list({ trashedAt, id }, limit + 1);
      return c.json(pageWith(found, limit, { body: (it) => pick(trashBody(it)), place }), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "post",
      path: "/{id}/restore",
      tags,
      summary: "Move a file back to where it was",
      request: { params: IdParam, body: body(Restore) },
      responses: { 200: json(Restored, "Where it is now"), ...failures },
    }),
    async (c) => {
      const { path, ...entry } = await port.restore(c.req.valid("param").id, c.req.valid("json"));
      return c.json({ ...trashBody(entry), path }, 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "post",
      path: "/empty",
      tags,
      summary: "Delete what is in the trash, for good",
      request: { body: body(Empty) },
      responses: { 200: json(Emptied, "What was deleted, and what could not be"), ...failures },
    }),
    async (c) => {
      const { ids, before } = c.req.valid("json");
      const emptied = await port.empty({
        ...ids && { ids },
        ...before !== undefined && { before },
        signal: c.req.raw.signal,
      });
      return c.json(emptied, 200);
    },
  );
  return routes;
}

export function trashBody(it: TrashEntry): z.infer<typeof Entry> {
  return {
    id: it.id,
    media_id: it.mediaId,
    root: it.root,
    relative_path: it.relativePath,
    trash_path: it.trashPath,
    size_bytes: it.sizeBytes,
    why: it.why,
    trashed_at: it.trashedAt,
  };
}
