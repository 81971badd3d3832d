/**
 * /api/grants: the log of all plays, and the end of those that should not go on.
 *
 * @module
 */
import { NotFoundError } from "../../../base/errors.ts";
import type { GrantRow } from "../../../edge/mod.ts";
import { only } from "../../fields.ts";
import { createRoute, failures, IdParam, listRoute, router, z } from "../../router.ts";
import type { WatchingPort } from "./port.ts";

const Grant = z.object({
  session_id: z.string(),
  viewer: z.string().openapi({ description: "An account's id, or owner" }),
  catalog_id: z.string(),
  peer_id: z.string(),
  edge_id: z.string(),
  issued_at: z.string(),
  expires_at: z.string(),
  renewals: z.int(),
  state: z.enum(["playing", "ended", "refused", "expired", "revoked"]),
  reason: z.string().nullable(),
  ended_at: z.string().nullable(),
}).openapi("Grant", { description: "A play that was allowed, or refused" });

export function grants(port: WatchingPort) {
  const tags = ["streams"];
  return router()
    .openapi(
      listRoute(Grant, tags, "Plays, the newest first"),
      async (c) => {
        const { fields, ...page } = c.req.valid("query");
        const { items, nextCursor } = await port.grants(page);
        return c.json({
          items: items.map(grantBody).map(only(fields)),
          next_cursor: nextCursor ?? null,
        }, 200);
      },
    )
    .openapi(
      createRoute({
        method: "delete",
        path: "/{id}",
        tags,
        summary: "Revoke what plays, by its session id",
        description: "The peer closes the viewer's connection at once.",
        request: { params: IdParam },
        responses: { 204: { description: "It plays no more" }, ...failures },
      }),
      async (c) => {
        const { id } = c.req.valid("param");
        const ended = await port.revokeGrants({ sessionId: id }, "the owner has ended it");
        if (ended === 0) {
          throw new NotFoundError(`Cannot revoke "${id}": no such grant is in force`, { id });
        }
        return c.body(null, 204);
      },
    );
}

function grantBody(it: GrantRow): z.infer<typeof Grant> {
  return {
    session_id: it.sessionId,
    viewer: it.viewer,
    catalog_id: it.catalogId,
    peer_id: it.peerId,
    edge_id: it.edgeId,
    issued_at: it.issuedAt,
    expires_at: it.expiresAt,
    renewals: Number(it.renewals),
    state: it.state,
    reason: it.reason,
    ended_at: it.endedAt,
  };
}
