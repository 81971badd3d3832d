/**
 * /api/screenshot/{catalog_id}: where peers bring their pictures, with a one-time token. Its answers
 * are those of the published screenshot service, which the edge makes; problems are not told here.
 *
 * @module
 */
import { createRoute, router, z } from "../../router.ts";
import type { ScreenshotsPort } from "./mod.ts";

const said = (description: string) => ({
  description,
  content: { "application/json": { schema: z.record(z.string(), z.unknown()) } },
});

export function screenshotUpload({ screenshots }: Pick<ScreenshotsPort, "screenshots">) {
  const routes = router();
  const route = createRoute({
    method: "post",
    path: "/{catalog_id}",
    tags: ["edge"],
    summary: "What a peer brings: parts named files, with the token that it was given",
    request: {
      params: z.object({
        catalog_id: z.string().openapi({ param: { name: "catalog_id", in: "path" } }),
      }),
    },
    responses: {
      200: said("They are stored"),
      400: said("The token is for another title"),
      401: said("The token is none, or has expired"),
      403: said("The token was used, or another peer was faster"),
      413: said("It is too large"),
      422: said("The header or the files are missing, or a file is no picture"),
      503: said("Not now; nothing was stored"),
    },
  });
  routes.openAPIRegistry.registerPath(route);
  routes.post("/:id", async (c) => {
    const { status, body, headers } = await screenshots.upload({
      catalogId: c.req.param("id"),
      header: (name) => c.req.header(name),
      body: c.req.raw.body,
    }, c.req.raw.signal);
    return new Response(JSON.stringify(body), {
      status,
      headers: { "content-type": "application/json", ...headers },
    });
  });
  return routes;
}
