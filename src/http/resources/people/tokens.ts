/**
 * /api/tokens: tokens for programs.
 *
 * @module
 */
import type { ApiToken as Token, People } from "../../../people/mod.ts";
import { currentCaller } from "../../admission/caller.ts";
import { createRoute, failures, json, pageOf as page, removeRoute, router } from "../../router.ts";
import { ApiToken, MadeToken, NewToken } from "./bodies.ts";
import { body, bodyOf, byTime, ownerOf, OwnQuery, pageOf, person, whose } from "./common.ts";

export function tokens(people: People) {
  const tags = ["people"];
  return router()
    .openapi(
      createRoute({
        method: "get",
        path: "/",
        tags,
        summary: "One's API tokens, the last made first",
        request: { query: OwnQuery },
        responses: { 200: page(ApiToken, "Without the tokens themselves"), ...failures },
      }),
      async (c) => {
        const { user_id, ...asked } = c.req.valid("query");
        const userId = await whose(people, user_id);
        const read = (page: { before: string; limit: number }) => people.tokens.list(userId, page);
        const toBody = (it: Token) => bodyOf(it);
        return c.json(await pageOf(asked, read, { body: toBody, place: byTime }), 200);
      },
    )
    .openapi(
      createRoute({
        method: "post",
        path: "/",
        tags,
        summary: "Make an API token, for no more than one may do",
        request: { body: body(NewToken) },
        responses: { 201: json(MadeToken, "The token, shown this once"), ...failures },
      }),
      async (c) => {
        const { expires_in_days: expiresInDays, ...wanted } = c.req.valid("json");
        const caller = person("make a token");
        const userId = await whose(people, undefined);
        const { made, token } = await people.tokens.create(caller, userId, {
          ...wanted,
          expiresInDays,
        });
        return c.json({ ...bodyOf(made), token }, 201, { "cache-control": "no-store" });
      },
    )
    .openapi(
      removeRoute(tags, "Delete an API token: it is good no more"),
      async (c) => {
        const caller = currentCaller();
        await people.tokens.delete(caller, c.req.valid("param").id, ownerOf(caller));
        return c.body(null, 204);
      },
    );
}
