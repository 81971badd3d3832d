/**
 * /api/items/{id}/nfo: what is known of an item, written beside its film for other programs.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Nfos } from "../../../../items/mod.ts";
import { createRoute, failures, IdParam, json, router, z } from "../../../router.ts";
import { UserQuery } from "../by.ts";

export type NfosPort = Pick<Nfos, "write">;

const NfoBody = z.object({
  path: z.string().openapi({ example: "/films/Heat (1995).nfo" }),
  kept: z.string().nullable().openapi({ description: "Where the former one is, of somebody else" }),
}).openapi("NfoFile");

export function itemNfo(port: NfosPort): OpenAPIHono {
  return router().openapi(
    createRoute({
      method: "post",
      path: "/{id}/nfo",
      tags: ["items"],
      summary: "Write an NFO file as Kodi reads it beside the film",
      description:
        "One that we have not written, or that somebody has edited since, stays (409), " +
        "unless `overwrite` is true: then it is kept as .bak.",
      request: {
        params: IdParam,
        query: UserQuery.extend({ overwrite: z.enum(["true", "false"]).default("false") }),
      },
      responses: { 200: json(NfoBody, "It is written"), ...failures },
    }),
    async (c) => {
      const { user, overwrite } = c.req.valid("query");
      const { id } = c.req.valid("param");
      const { path, kept = null } = await port.write(id, { user, overwrite: overwrite === "true" });
      return c.json({ path, kept }, 200);
    },
  );
}
