/**
 * /api/assets: pictures and texts that belong to items. People upload pictures of their own, which
 * go before those that are made here.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { InvalidError } from "../../../../base/errors.ts";
import type { Asset, AssetFilter, NewAsset } from "../../../../items/mod.ts";
import type { Shown } from "../../../../media/mod.ts";
import { expectedVersion } from "../../../conditional.ts";
import { FieldsQuery, only } from "../../../fields.ts";
import {
  createRoute,
  failures,
  fromCursor,
  IdParam,
  json,
  pageOf,
  PageQuery,
  router,
  toPage,
  z,
} from "../../../router.ts";
import { body, IfMatch, tell } from "../by.ts";
import { show } from "./show.ts";

export interface AssetsPort {
  find(id: string): Asset;
  list(filter: AssetFilter, after: string, limit: number): Asset[];
  create(itemId: string, name: NewAsset, bytes: Uint8Array<ArrayBuffer>): Promise<Asset>;
  edit(id: string, changes: Partial<NewAsset>, expected?: number): Asset;
  replace(id: string, bytes: Uint8Array<ArrayBuffer>, expected?: number): Promise<Asset>;
  remove(id: string, expected?: number): Promise<void>;
  show(id: string, signal: AbortSignal): Promise<Shown>;
}

const tags = ["assets"];

const AssetBody = z.object({
  id: z.string(),
  item_id: z.string(),
  kind: z.string().openapi({ example: "poster" }),
  label: z.string().openapi({
    description: "Tells several of one kind apart",
    example: "320w.webp",
  }),
  origin: z.enum(["cache", "file", "embedded", "upload"]).openapi({
    description: "Made here, beside the film, in it, or given by a person",
  }),
  mime_type: z.string().openapi({ example: "image/webp" }),
  width: z.int().nullable().openapi({ example: 320 }),
  height: z.int().nullable(),
  size_bytes: z.int().nullable().openapi({
    description: "Null of a file beside a film that no scan has seen yet",
    example: 20_480,
  }),
  details: z.record(z.string(), z.unknown()).openapi({ example: { time_ms: 180_040 } }),
  url: z.string().openapi({ example: "/api/assets/9d…/file" }),
  version: z.int(),
  generated_at: z.string().nullable(),
  used_at: z.string().nullable(),
}).openapi("Asset");

const slug = z.string().regex(/^[a-z][a-z0-9_-]{0,39}$/, "expected a word such as poster");
const label = z.string().max(100).regex(/^[^/\\\p{Cc}]*$/u, "expected text without slashes");

const ListQuery = PageQuery.extend(FieldsQuery.shape).extend({
  item: z.string().max(300).optional().openapi({ description: "Only of this item" }),
  kind: slug.optional().openapi({ example: "poster" }),
  origin: z.enum(["cache", "file", "embedded", "upload"]).optional(),
});

const NewQuery = z.object({ kind: slug.default("poster"), label: label.default("") });
const AssetEdit = z.strictObject({ kind: slug.optional(), label: label.optional() })
  .openapi("AssetEdit", { example: { label: "French" } });

const upload = {
  description: "The bytes of a JPEG, PNG, WebP, GIF or AVIF, up to 20 MiB",
  required: true,
  content: { "image/*": { schema: z.string().openapi({ format: "binary" }) } },
};

export function assets(port: AssetsPort): OpenAPIHono {
  const routes = router();
  addReading(routes, port);
  addEditing(routes, port);
  return routes;
}

/** /api/items/{id}/assets: those of one item. */
export function itemAssets(port: AssetsPort): OpenAPIHono {
  const routes = router();
  routes.openapi(
    createRoute({
      method: "get",
      path: "/{id}/assets",
      tags,
      summary: "The assets of an item, with the subtitles and the NFO file beside its film",
      request: { params: IdParam, query: ListQuery.omit({ item: true }) },
      responses: { 200: pageOf(AssetBody, "A page of assets"), ...failures },
    }),
    (c) => c.json(page(port, { ...c.req.valid("query"), item: c.req.valid("param").id }), 200),
  );
  routes.openapi(
    createRoute({
      method: "post",
      path: "/{id}/assets",
      tags,
      summary: "Upload a picture of an item; a poster goes before all others",
      request: { params: IdParam, query: NewQuery, body: upload },
      responses: { 201: json(AssetBody, "The asset"), ...failures },
    }),
    async (c) => {
      const bytes = await bytesOf(c);
      const asset = await port.create(c.req.valid("param").id, c.req.valid("query"), bytes);
      tell(c, asset);
      return c.json(assetBody(asset), 201);
    },
  );
  return routes;
}

function addReading(routes: OpenAPIHono, port: AssetsPort): void {
  routes.openapi(
    createRoute({
      method: "get",
      path: "/",
      tags,
      summary: "Assets, of one item, kind or origin where asked",
      request: { query: ListQuery },
      responses: { 200: pageOf(AssetBody, "A page of assets"), ...failures },
    }),
    (c) => c.json(page(port, c.req.valid("query")), 200),
  );
  routes.openapi(
    createRoute({
      method: "get",
      path: "/{id}",
      tags,
      summary: "One asset",
      request: { params: IdParam, query: FieldsQuery },
      responses: { 200: json(AssetBody, "The asset"), ...failures },
    }),
    (c) => {
      const asset = port.find(c.req.valid("param").id);
      tell(c, asset);
      return c.json(only(c.req.valid("query").fields)(assetBody(asset)), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "get",
      path: "/{id}/file",
      tags,
      summary: "The bytes of an asset",
      request: { params: IdParam },
      responses: {
        200: { description: "The bytes", content: { "application/octet-stream": {} } },
        304: { description: "The caller has them" },
        ...failures,
      },
    }),
    async (c) => await show(c, await port.show(c.req.valid("param").id, c.req.raw.signal)),
  );
}

function addEditing(routes: OpenAPIHono, port: AssetsPort): void {
  routes.openapi(
    createRoute({
      method: "put",
      path: "/{id}/file",
      tags,
      summary: "Another picture in the place of one that a person gave",
      request: { params: IdParam, headers: IfMatch, body: upload },
      responses: { 200: json(AssetBody, "The asset as it is now"), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const asset = await port.replace(id, await bytesOf(c), expectedVersion(c));
      tell(c, asset);
      return c.json(assetBody(asset), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "patch",
      path: "/{id}",
      tags,
      summary: "Change the kind or the label of one that a person gave",
      request: { params: IdParam, headers: IfMatch, body: body(AssetEdit) },
      responses: { 200: json(AssetBody, "The asset as it is now"), ...failures },
    }),
    (c) => {
      const asset = port.edit(
        c.req.valid("param").id,
        given(c.req.valid("json")),
        expectedVersion(c),
      );
      tell(c, asset);
      return c.json(assetBody(asset), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "delete",
      path: "/{id}",
      tags,
      summary: "Delete an asset and its file; what was made here is made again when it is wanted",
      request: { params: IdParam, headers: IfMatch },
      responses: { 204: { description: "It is deleted" }, ...failures },
    }),
    async (c) => {
      await port.remove(c.req.valid("param").id, expectedVersion(c));
      return c.body(null, 204);
    },
  );
}

function page(port: AssetsPort, query: z.infer<typeof ListQuery>) {
  const { limit, cursor, item, kind, origin, fields } = query;
  const found = port.list({ itemId: item, kind, origin }, fromCursor(cursor), limit + 1);
  return toPage(found, limit, { body: assetBody, place: ({ id }) => id, fields });
}

async function bytesOf(c: Context): Promise<Uint8Array<ArrayBuffer>> {
  const type = c.req.header("content-type") ?? "";
  if (!type.startsWith("image/")) {
    throw new InvalidError('Cannot take the picture: send its bytes with "content-type: image/…"');
  }
  return new Uint8Array(await c.req.arrayBuffer());
}

/** What was sent, without what was not. */
function given({ kind, label }: z.infer<typeof AssetEdit>): Partial<NewAsset> {
  return { ...kind !== undefined && { kind }, ...label !== undefined && { label } };
}

/** An asset in REST's words. */
export function assetBody(it: Asset): z.infer<typeof AssetBody> {
  return {
    id: it.id,
    item_id: it.itemId,
    kind: it.kind,
    label: it.label,
    origin: it.origin,
    mime_type: it.mimeType,
    width: it.width,
    height: it.height,
    size_bytes: it.sizeBytes,
    details: it.details,
    url: `/api/assets/${encodeURIComponent(it.id)}/file`,
    version: it.version,
    generated_at: it.generatedAt || null,
    used_at: it.usedAt || null,
  };
}
