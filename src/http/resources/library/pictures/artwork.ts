/**
 * /api/artwork: what the cache of pictures takes, and making pictures before anybody asks.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, failures, json, router, z } from "../../../router.ts";

export interface ArtworkPort {
  hasFfmpeg(): Promise<boolean>;
  usage(): { bytes: number; limitBytes: number };
  /** Of these files, or of all that have none; it goes on when the caller leaves. */
  begin(mediaIds: readonly string[] | undefined): void;
}

const tags = ["media"];

const Usage = z.object({
  ffmpeg: z.boolean().openapi({ description: "Whether pictures can be made of films here" }),
  cache_bytes: z.int().openapi({ example: 310_482_113 }),
  cache_limit_bytes: z.int().openapi({ example: 1_024_000_000 }),
}).openapi("Artwork");

export type ArtworkUsage = z.infer<typeof Usage>;

/** What the pictures take, in REST's words. */
export async function usageBody(
  { usage, hasFfmpeg }: Pick<ArtworkPort, "usage" | "hasFfmpeg">,
): Promise<ArtworkUsage> {
  const { bytes, limitBytes } = usage();
  return { ffmpeg: await hasFfmpeg(), cache_bytes: bytes, cache_limit_bytes: limitBytes };
}

export function artwork(port: ArtworkPort): OpenAPIHono {
  const routes = router();
  routes.openapi(
    createRoute({
      method: "get",
      path: "/",
      tags,
      summary: "What the cache of pictures takes",
      responses: { 200: json(Usage, "The cache"), ...failures },
    }),
    async (c) => c.json(await usageBody(port), 200),
  );
  routes.openapi(
    createRoute({
      method: "post",
      path: "/",
      tags,
      summary:
        "Make the pictures of these files, or of all that have none; see the jobs `artwork:…`",
      request: {
        body: {
          content: {
            "application/json": {
              schema: z.strictObject({
                media_ids: z.array(z.string().max(300)).max(1000).optional(),
              }).openapi({ example: { media_ids: ["4f1c0c1e-0000-4000-8000-000000000000"] } }),
            },
          },
        },
      },
      responses: { 202: json(Usage, "It has begun"), ...failures },
    }),
    async (c) => {
      port.begin(c.req.valid("json").media_ids);
      return c.json(await usageBody(port), 202);
    },
  );
  return routes;
}
