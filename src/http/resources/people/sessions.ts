/**
 * /api/sessions: signing in and out, and where one is signed in.
 *
 * @module
 */
import { type People, type Session as SignIn, UnknownCallerError } from "../../../people/mod.ts";
import { currentCaller } from "../../admission/caller.ts";
import { cookieOf, dropCookies } from "../../admission/connection.ts";
import { createRoute, failures, json, removeRoute, router, z } from "../../router.ts";
import { Login, Refresh, Session, SignedIn } from "./bodies.ts";
import { body, bodyOf, fromOf, ownerOf, ownPage, ownRoute, signedInBody, whose } from "./common.ts";

export function sessions(people: People) {
  const tags = ["people"];
  return router()
    .openapi(
      createRoute({
        method: "post",
        path: "/",
        tags,
        summary: "Sign in with a password",
        description:
          "The access token is good for 15 minutes, the refresh token for its next pair. After " +
          "some wrong tries there are pauses: 429 with Retry-After.",
        request: { body: body(Login) },
        responses: { 201: json(SignedIn, "The session"), ...failures },
      }),
      async (c) => {
        const { use, ...login } = c.req.valid("json");
        return c.json(signedInBody(c, await people.signIn(login, fromOf(c)), use), 201);
      },
    )
    .openapi(
      createRoute({
        method: "post",
        path: "/refresh",
        tags,
        summary: "The next pair of tokens",
        description:
          "A refresh token is good once. One that is shown again was copied by somebody: the whole " +
          "session ends.",
        request: { body: body(Refresh, false) },
        responses: { 200: json(SignedIn, "The session"), ...failures },
      }),
      async (c) => {
        const { refresh_token: shown } = c.req.valid("json") ?? {};
        const token = shown ?? cookieOf(c, "refresh");
        try {
          if (token === undefined) throw new UnknownCallerError("Cannot go on: sign in");
          const next = await people.sessions.refresh(token, fromOf(c));
          return c.json(signedInBody(c, next, shown === undefined ? "cookie" : "bearer"), 200);
        } catch (error) {
          if (shown === undefined) dropCookies(c);
          throw error;
        }
      },
    )
    .openapi(
      createRoute({
        method: "post",
        path: "/sign-out",
        tags,
        summary: "Sign out: by the refresh token, also when the access token is over; else by that",
        request: { body: body(Refresh, false) },
        responses: { 204: { description: "This session is no more" }, ...failures },
      }),
      async (c) => {
        const { refresh_token: shown } = c.req.valid("json") ?? {};
        const token = shown ?? cookieOf(c, "refresh");
        const caller = currentCaller();
        if (token !== undefined) await people.sessions.signOut(token, fromOf(c));
        else if (caller.sessionId) await people.sessions.end(caller, caller.sessionId);
        dropCookies(c);
        return c.body(null, 204);
      },
    )
    .openapi(
      ownRoute(Session, "Where one is signed in, the last first", "Sessions that go on"),
      async (c) => {
        const { sessionId } = currentCaller();
        const toBody = (it: SignIn) => bodyOf({ ...it, isCurrent: it.id === sessionId });
        const things = { list: people.sessions.list, body: toBody };
        return c.json(await ownPage(c.req.valid("query"), people, things), 200);
      },
    )
    .openapi(
      removeRoute(tags, "End a session: one of one's own, or any for an owner", "It is ended"),
      async (c) => {
        const caller = currentCaller();
        await people.sessions.end(caller, c.req.valid("param").id, ownerOf(caller));
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: "delete",
        path: "/",
        tags,
        summary: "Sign out everywhere",
        request: {
          query: z.object({
            user_id: z.string().max(100).optional(),
            keep_current: z.enum(["true", "false"]).default("false"),
          }),
        },
        responses: {
          200: json(z.object({ ended: z.int() }).openapi("SessionsEnded"), "How many"),
          ...failures,
        },
      }),
      async (c) => {
        const { user_id, keep_current } = c.req.valid("query");
        const caller = currentCaller();
        const userId = await whose(people, user_id);
        const except = keep_current === "true" ? caller.sessionId : undefined;
        const ended = await people.sessions.endAll(caller, userId, "signed out", except);
        return c.json({ ended }, 200);
      },
    );
}
