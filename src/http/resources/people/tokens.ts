/**
 * /api/tokens: tokens for programs.
 *
 * @module
 */
import type { ApiToken as Token, People } from "../../../people/mod.ts";
import { currentCaller } from "../../admission/caller.ts";
import { createRoute, failures, json, removeRoute, router } from "../../router.ts";
import { ApiToken, MadeToken, NewToken } from "./bodies.ts";
import { body, bodyOf, ownerOf, ownPage, ownRoute, person, whose } from "./common.ts";

export function tokens(people: People) {
  const tags = ["people"];
  return router()
    .openapi(
      ownRoute(ApiToken, "One's API tokens, the last made first", "Without the tokens themselves"),
      async (c) => {
        const things = { list: people.tokens.list, body: (it: Token) => bodyOf(it) };
        return c.json(await ownPage(c.req.valid("query"), people, things), 200);
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
