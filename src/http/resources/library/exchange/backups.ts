/**
 * /api/backups: the whole library in one file, made while it is used.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Backup, Backups } from "../../../../items/mod.ts";
import { FieldsQuery } from "../../../fields.ts";
import {
  createRoute,
  failures,
  fromCursor,
  json,
  pageOf,
  PageQuery,
  router,
  toPage,
  z,
} from "../../../router.ts";

export type BackupsPort = Pick<Backups, "list" | "create" | "open" | "remove">;

const tags = ["backups"];

const BackupBody = z.object({
  name: z.string().openapi({ example: "library-2026-11-21T20-17-03-123Z.db" }),
  size_bytes: z.int(),
  created_at: z.string(),
}).openapi("Backup");

const NameParam = z.object({
  name: z.string().max(100).openapi({ param: { name: "name", in: "path" } }),
});

export function backupsResource(port: BackupsPort): OpenAPIHono {
  const routes = router();
  routes.openapi(
    createRoute({
      method: "get",
      path: "/",
      tags,
      summary: "The backups in the data folder, the newest first",
      request: { query: PageQuery.extend(FieldsQuery.shape) },
      responses: { 200: pageOf(BackupBody, "A page of backups"), ...failures },
    }),
    async (c) => {
      const { limit, cursor, fields } = c.req.valid("query");
      const before = fromCursor(cursor);
      const found = (await port.list()).filter(({ name }) => before === "" || name < before);
      const place = ({ name }: { name: string }) => name;
      return c.json(toPage(found, limit, { body: backupBody, place, fields }), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "post",
      path: "/",
      tags,
      summary: "Make a backup; then the oldest beyond BACKUP_KEEP go",
      responses: { 201: json(BackupBody, "The backup"), ...failures },
    }),
    async (c) => c.json(backupBody(await port.create(c.req.raw.signal)), 201),
  );
  routes.openapi(
    createRoute({
      method: "get",
      path: "/{name}",
      tags,
      summary: "The bytes of a backup",
      request: { params: NameParam },
      responses: {
        200: { description: "A SQLite database", content: { "application/vnd.sqlite3": {} } },
        ...failures,
      },
    }),
    async (c) => {
      const { name } = c.req.valid("param");
      const { file, sizeBytes } = await port.open(name);
      return new Response(file.readable, {
        headers: {
          "content-type": "application/vnd.sqlite3",
          "content-length": String(sizeBytes),
          "content-disposition": `attachment; filename="${name}"`,
        },
      });
    },
  );
  routes.openapi(
    createRoute({
      method: "delete",
      path: "/{name}",
      tags,
      summary: "Delete a backup",
      request: { params: NameParam },
      responses: { 204: { description: "It is gone" }, ...failures },
    }),
    async (c) => {
      await port.remove(c.req.valid("param").name);
      return c.body(null, 204);
    },
  );
  return routes;
}

export function backupBody(it: Backup): z.infer<typeof BackupBody> {
  return { name: it.name, size_bytes: it.sizeBytes, created_at: it.createdAt };
}
