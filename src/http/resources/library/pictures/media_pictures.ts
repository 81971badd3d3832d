/**
 * /api/media/{id}/…: the pictures of a file. They are made when they are asked for, if they are not
 * there; the first time of a long film that takes some seconds.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { InvalidError, NotFoundError } from "../../../../base/errors.ts";
import type { PosterKind, Screenshot, Shown, Wanted } from "../../../../media/mod.ts";
import { createRoute, failures, IdParam, pageOf, router, z } from "../../../router.ts";
import { show } from "./show.ts";

export interface PicturesPort {
  screenshots(mediaId: string, count: number, signal: AbortSignal): Promise<Screenshot[]>;
  screenshot(mediaId: string, index: number, signal: AbortSignal): Promise<Shown>;
  spriteVtt(mediaId: string, signal: AbortSignal): Promise<Shown>;
  sprite(mediaId: string, sheet: number, signal: AbortSignal): Promise<Shown>;
  poster(kind: PosterKind, mediaId: string, wanted: Wanted): Promise<Shown>;
}

const tags = ["media"];

const ScreenshotBody = z.object({
  index: z.int().openapi({ description: "Its place among all of the film" }),
  time_ms: z.int().openapi({ description: "In the film", example: 180_040 }),
  width: z.int().openapi({ example: 1280 }),
  height: z.int().openapi({ example: 720 }),
  size_bytes: z.int(),
  mime_type: z.string().openapi({ example: "image/jpeg" }),
  url: z.string().openapi({ example: "/api/media/4f…/screenshots/3?v=9b2c…" }),
}).openapi("Screenshot");

const CountQuery = z.object({
  count: z.coerce.number().int().min(1).max(10).optional().openapi({
    description: "1 to 10; 3 unless said",
    example: 5,
  }),
  quantity: z.coerce.number().int().min(1).max(10).optional().openapi({
    description: "The same, as older Giggityflix programs call it",
  }),
});

const PictureQuery = z.object({
  width: z.coerce.number().int().min(1).max(10_000).optional().openapi({
    description:
      "In pixels; the next of 160, 320, 640 and 1280 is given, but no more than there is",
    example: 320,
  }),
  v: z.string().max(100).optional().openapi({
    description: "The ETag of the picture: then it may be kept for ever",
  }),
});

const picture = (description: string, ...types: string[]) => ({
  200: { description, content: Object.fromEntries(types.map((type) => [type, {}])) },
  304: { description: "The caller has it" },
  ...failures,
});

export function mediaPictures(port: PicturesPort): OpenAPIHono {
  const routes = router();
  routes.openapi(
    createRoute({
      method: "get",
      path: "/{id}/screenshots",
      tags,
      summary: "Screenshots spread over a film; fewer where it has fewer key frames",
      request: { params: IdParam, query: CountQuery },
      responses: { 200: pageOf(ScreenshotBody, "In the order of time"), ...failures },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const { count, quantity } = c.req.valid("query");
      const shots = await port.screenshots(id, count ?? quantity ?? 3, c.req.raw.signal);
      return c.json(
        { items: shots.map((shot) => screenshotBody(id, shot)), next_cursor: null },
        200,
      );
    },
  );
  routes.openapi(
    createRoute({
      method: "get",
      path: "/{id}/screenshots/{index}",
      tags,
      summary: "One screenshot",
      request: {
        params: IdParam.extend({
          index: z.coerce.number().int().min(0).max(1000).openapi({
            param: { name: "index", in: "path", required: true },
          }),
        }),
        query: PictureQuery.pick({ v: true }),
      },
      responses: picture("The picture", "image/jpeg"),
    }),
    async (c) => {
      const { id, index } = c.req.valid("param");
      return await show(c, await port.screenshot(id, index, c.req.raw.signal));
    },
  );
  routes.openapi(
    createRoute({
      method: "get",
      path: "/{id}/sprite.vtt",
      tags,
      summary: "The pictures of the seek bar: WebVTT that leads to parts of the sheets",
      request: { params: IdParam, query: PictureQuery.pick({ v: true }) },
      responses: picture("WebVTT; addresses are relative to its own", "text/vtt"),
    }),
    async (c) => await show(c, await port.spriteVtt(c.req.valid("param").id, c.req.raw.signal)),
  );
  addPosters(routes, port);
  addSheets(routes, port);
  return routes;
}

const kinds: PosterKind[] = ["poster", "thumbnail"];

/** `poster` by `Accept`, `poster.webp` by its name. The router knows no half segments: a pattern. */
function addPosters(routes: OpenAPIHono, port: PicturesPort): void {
  const summaries = {
    poster: "The poster: given by a person, beside the file, in it, or a good picture of the film",
    thumbnail: "A picture of the film itself; of a song its cover",
  };
  for (const kind of kinds) {
    for (const path of [`/{id}/${kind}`, `/{id}/${kind}.{extension}`]) {
      const hasExtension = path.endsWith("}");
      const Extension = z.object({ extension: z.enum(["webp", "avif", "jpg"]) });
      routes.openAPIRegistry.registerPath({
        method: "get",
        path,
        tags,
        summary: summaries[kind],
        request: {
          params: hasExtension ? IdParam.extend(Extension.shape) : IdParam,
          query: PictureQuery,
        },
        responses: picture("The picture", "image/webp", "image/avif", "image/jpeg"),
      });
    }
    routes.get(`/:id/:name{${kind}(\\.[a-z]+)?}`, async (c) => {
      const query = PictureQuery.safeParse(c.req.query());
      if (!query.success) {
        throw new InvalidError('Cannot read "width": expected 1 to 10000', { field: "width" });
      }
      const [, extension] = c.req.param("name").split(".");
      return await show(
        c,
        await port.poster(kind, c.req.param("id"), {
          width: query.data.width,
          extension,
          accept: c.req.header("accept"),
        }),
      );
    });
  }
}

/** Of the sheets that ffmpeg makes here: one of them, the same for all sheets of a film. */
const sheetTypes: Record<string, string> = { webp: "image/webp", jpg: "image/jpeg" };

function addSheets(routes: OpenAPIHono, port: PicturesPort): void {
  routes.openAPIRegistry.registerPath({
    method: "get",
    path: "/{id}/sprite-{sheet}.{extension}",
    tags,
    summary: "A sheet of tiles, as sprite.vtt names it",
    request: {
      params: IdParam.extend({ sheet: z.int(), extension: z.enum(Object.keys(sheetTypes)) }),
      query: PictureQuery.pick({ v: true }),
    },
    responses: picture("The sheet", "image/webp", "image/jpeg"),
  });
  routes.get("/:id/:sheet{sprite-\\d+\\.[a-z]+}", async (c) => {
    const name = c.req.param("sheet");
    const [, sheet, extension] = /(\d+)\.(.*)/.exec(name)!;
    const wanted = sheetTypes[extension!];
    const found = wanted &&
      await port.sprite(c.req.param("id"), Number(sheet), c.req.raw.signal);
    if (found && found.mimeType === wanted) return await show(c, found);
    throw new NotFoundError(
      `Cannot find the sheet "${name}": take the names that sprite.vtt gives, which end with ` +
        Object.keys(sheetTypes).map((it) => `.${it}`).join(" or "),
      { name },
    );
  });
}

/** A screenshot in REST's words. */
export function screenshotBody(id: string, it: Screenshot): z.infer<typeof ScreenshotBody> {
  return {
    index: it.index,
    time_ms: Math.round(it.timeS * 1000),
    width: it.width,
    height: it.height,
    size_bytes: it.sizeBytes,
    mime_type: it.mimeType,
    url: `/api/media/${encodeURIComponent(id)}/screenshots/${it.index}?v=${it.etag}`,
  };
}
