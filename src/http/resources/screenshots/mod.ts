/**
 * /api/catalog/{id}/screenshots: pictures of a title, which a peer that holds it takes and brings.
 * Whoever sees a title sees its pictures.
 *
 * @module
 */
import type { Context } from "hono";
import { InvalidError, NotFoundError } from "../../../base/errors.ts";
import {
  LINK_S,
  type PictureRow,
  type ScreenshotRequest,
  type Screenshots,
} from "../../../edge/mod.ts";
import { currentCaller } from "../../admission/caller.ts";
import { FieldsQuery, only } from "../../fields.ts";
import { createRoute, failures, json, pageOf, PageQuery, router, z } from "../../router.ts";
import type { CatalogItem } from "../../schemas.ts";

export interface ScreenshotsPort {
  screenshots: Screenshots;
  /** The origin that viewers are sent to for pictures, where that is not here. */
  picturesAt?: string | undefined;
  /** Pictures that one request may ask for. */
  maxScreenshots(): number;
  /** As who asks may see it. @throws {NotFoundError} not at all */
  findTitle(catalogId: string): Promise<CatalogItem>;
}

const Picture = z.object({
  url: z.string().openapi({ example: "/api/catalog/7f…/screenshots/9b2c….jpg" }),
  width: z.int(),
  height: z.int(),
  size_bytes: z.int(),
  request_id: z.string(),
  created_at: z.string(),
}).openapi("CatalogScreenshot");

const Request = z.object({
  request_id: z.string(),
  catalog_id: z.string(),
  quantity: z.int(),
  requester_service: z.string(),
  status: z.enum(["pending", "completed", "failed"]),
  reason: z.string().nullable().openapi({
    description: "Why the last attempt came to nothing; for owners",
  }),
  attempts: z.int().openapi({ description: "Peers that were asked so far" }),
  created_at: z.string(),
  expires_at: z.string().openapi({ description: "Until then it waits for a peer" }),
  screenshot_urls: z.array(z.string()),
}).openapi("ScreenshotRequest");

const Wish = z.strictObject({
  quantity: z.int().openapi({ description: "1 to MAX_SCREENSHOTS_PER_REQUEST", example: 3 }),
  requester_service: z.string().max(200).optional().openapi({
    description: "Who asks, in the owner's words; the account that asks unless said",
  }),
}).openapi("ScreenshotWish", { example: { quantity: 3 } });

const tags = ["edge"];
const catalogId = z.string().max(300).openapi({ param: { name: "catalog_id", in: "path" } });
const OfTitle = z.object({ catalog_id: catalogId });
const named = (name: string) => z.string().max(100).openapi({ param: { name, in: "path" } });
const OfRequest = OfTitle.extend({ request_id: named("request_id") });
const OfPicture = OfTitle.extend({ name: named("name") });

export function screenshots(port: ScreenshotsPort) {
  const { screenshots: it } = port;
  return router()
    .openapi(
      createRoute({
        method: "post",
        path: "/{catalog_id}/screenshots",
        tags,
        summary: "Have pictures taken of a title, by a peer that holds it, as soon as one is there",
        request: {
          params: OfTitle,
          body: { required: true, content: { "application/json": { schema: Wish } } },
        },
        responses: { 202: json(Request, "The request, at its address in Location"), ...failures },
      }),
      async (c) => {
        const { quantity, requester_service: service } = c.req.valid("json");
        const max = port.maxScreenshots();
        if (quantity < 1 || quantity > max) {
          const message = `Cannot take ${quantity} screenshots: ask for 1 to ${max}`;
          throw new InvalidError(message, { field: "quantity", max });
        }
        const title = await port.findTitle(c.req.valid("param").catalog_id);
        const { role, userId, name } = currentCaller();
        const own = userId ?? name;
        const requester = role === "owner" ? service ?? own : own;
        const made = await it.request({ catalogId: title.catalog_id, quantity, requester });
        const at = encodeURIComponent(made.catalogId);
        return c.json(toRequest(made, it), 202, {
          location: `/api/catalog/${at}/screenshot-requests/${made.requestId}`,
        });
      },
    )
    .openapi(
      createRoute({
        method: "get",
        path: "/{catalog_id}/screenshot-requests/{request_id}",
        tags,
        summary: "What has become of a request for screenshots: of one's own, or any for an owner",
        request: { params: OfRequest },
        responses: { 200: json(Request, "The request"), ...failures },
      }),
      async (c) => {
        const { catalog_id: catalogId, request_id: id } = c.req.valid("param");
        const title = await port.findTitle(catalogId);
        const found = await it.findRequest(id);
        const { role, userId } = currentCaller();
        const isTheirs = role === "owner" || found.requester === userId;
        if (isTheirs && found.catalogId === title.catalog_id) {
          return c.json(toRequest(found, it), 200);
        }
        throw new NotFoundError(`Cannot find request "${id}"`, { id });
      },
    )
    .openapi(
      createRoute({
        method: "get",
        path: "/{catalog_id}/screenshots",
        tags,
        summary: "The pictures of a title, the newest first",
        request: { params: OfTitle, query: PageQuery.extend(FieldsQuery.shape) },
        responses: { 200: pageOf(Picture, "The newest first"), ...failures },
      }),
      async (c) => {
        const title = await port.findTitle(c.req.valid("param").catalog_id);
        const { fields, ...page } = c.req.valid("query");
        const { items, nextCursor } = await it.list(title.catalog_id, page);
        const bodies = items.map((row) => toPicture(row, it)).map(only(fields));
        return c.json({ items: bodies, next_cursor: nextCursor ?? null }, 200);
      },
    )
    .openapi(
      createRoute({
        method: "get",
        path: "/{catalog_id}/screenshots/{name}",
        tags,
        summary: "One picture; its address names its bytes, so it may be kept for ever",
        request: { params: OfPicture },
        responses: {
          200: { description: "The picture", content: { "image/jpeg": {}, "image/png": {} } },
          302: { description: "It is in S3, at an address that is good for some minutes" },
          304: { description: "The caller has it" },
          ...failures,
        },
      }),
      async (c) => {
        const { catalog_id: catalogId, name } = c.req.valid("param");
        const title = await port.findTitle(catalogId);
        return await show(c, await it.find(title.catalog_id, name), it);
      },
    );
}

async function show(
  c: Context,
  row: PictureRow | undefined,
  port: Screenshots,
): Promise<Response> {
  const etag = `"${row?.hash}"`;
  const headers = new Headers({
    etag,
    "cache-control": "private, max-age=31536000, immutable",
    // What a peer brings is shown, and never run.
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
  });
  const held = c.req.header("if-none-match")?.split(",").map((it) => it.trim().replace(/^W\//, ""));
  if (row && held?.includes(etag)) return new Response(null, { status: 304, headers });
  const link = row && await port.linkTo(row);
  if (link) {
    // Kept for a shorter time than it is good for, and told to nobody.
    headers.set("cache-control", `private, max-age=${LINK_S / 2}`);
    headers.set("referrer-policy", "no-referrer");
    headers.set("location", link);
    headers.delete("etag");
    return new Response(null, { status: 302, headers });
  }
  const file = row && await port.read(row);
  if (!file) throw new NotFoundError("Cannot find this screenshot: it made room for newer ones");
  headers.set("content-type", file.mimeType);
  headers.set("content-length", String(file.bytes.length));
  return new Response(file.bytes, { headers });
}

function toRequest(it: ScreenshotRequest, port: Screenshots): z.infer<typeof Request> {
  return {
    request_id: it.requestId,
    catalog_id: it.catalogId,
    quantity: it.quantity,
    requester_service: it.requester,
    status: it.state,
    // It names the peer, which may be kept from them.
    reason: currentCaller().role === "owner" ? it.reason : null,
    attempts: it.attempts,
    created_at: it.createdAt,
    expires_at: new Date(it.expiresAt).toISOString(),
    screenshot_urls: it.pictures.map(port.urlOf),
  };
}

function toPicture(it: PictureRow, port: Screenshots): z.infer<typeof Picture> {
  return {
    url: port.urlOf(it),
    width: it.width,
    height: it.height,
    size_bytes: Number(it.sizeBytes),
    request_id: it.requestId,
    created_at: it.createdAt,
  };
}
