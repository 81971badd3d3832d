/**
 * /api/passkeys: making them, and signing in with them.
 *
 * @module
 */
import type { Passkey as Key, People } from "../../../people/mod.ts";
import { currentCaller } from "../../admission/caller.ts";
import { siteOf } from "../../admission/connection.ts";
import { createRoute, failures, IdParam, json, removeRoute, router } from "../../router.ts";
import { NewPasskey, Passkey, PasskeyChallenge, PasskeyLogin, SignedIn } from "./bodies.ts";
import {
  body,
  bodyOf,
  fromOf,
  ownerOf,
  ownPage,
  ownRoute,
  person,
  signedInBody,
  whose,
} from "./common.ts";

export function passkeys(people: People) {
  const tags = ["people"];
  return router()
    .openapi(
      ownRoute(Passkey, "One's passkeys, the last made first", "The passkeys"),
      async (c) => {
        const things = { list: people.passkeys.list, body: (it: Key) => bodyOf(it) };
        return c.json(await ownPage(c.req.valid("query"), people, things), 200);
      },
    )
    .openapi(
      createRoute({
        method: "post",
        path: "/registration",
        tags,
        summary: "Begin to make a passkey of one's own",
        responses: { 200: json(PasskeyChallenge, "What the browser is asked"), ...failures },
      }),
      async (c) => {
        person("make a passkey");
        const user = await people.accounts.find(await whose(people, undefined));
        const { challengeId, options } = await people.passkeys.beginRegistration(user, siteOf(c));
        return c.json(challengeBody(challengeId, options), 200);
      },
    )
    .openapi(
      createRoute({
        method: "post",
        path: "/",
        tags,
        summary: "Keep the passkey that the browser has made",
        request: { body: body(NewPasskey) },
        responses: { 201: json(Passkey, "The passkey"), ...failures },
      }),
      async (c) => {
        const { challenge_id: challengeId, credential, name } = c.req.valid("json");
        const by = person("make a passkey");
        const userId = await whose(people, undefined);
        const answer = { challengeId, credential, name };
        return c.json(bodyOf(await people.passkeys.register(by, userId, answer, siteOf(c))), 201);
      },
    )
    .openapi(
      removeRoute(tags, "Delete a passkey", "It is good no more"),
      async (c) => {
        const caller = currentCaller();
        await people.passkeys.delete(caller, c.req.valid("param").id, ownerOf(caller));
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: "post",
        path: "/authentication",
        tags,
        summary: "Begin to sign in with a passkey",
        responses: { 200: json(PasskeyChallenge, "What the browser is asked"), ...failures },
      }),
      async (c) => {
        const asked = await people.passkeys.beginAuthentication(siteOf(c), fromOf(c));
        const { challengeId, options } = asked;
        return c.json(challengeBody(challengeId, options), 200);
      },
    )
    .openapi(
      createRoute({
        method: "post",
        path: "/authentication/{id}",
        tags,
        summary: "Sign in with a passkey's answer to that challenge",
        request: { params: IdParam, body: body(PasskeyLogin) },
        responses: { 201: json(SignedIn, "The session"), ...failures },
      }),
      async (c) => {
        const { id: challengeId } = c.req.valid("param");
        const { credential, use } = c.req.valid("json");
        const from = fromOf(c);
        const succeed = await people.tries.begin({ address: from.address });
        const answer = { challengeId, credential };
        const signedIn = await people.passkeys.signIn(answer, siteOf(c), from);
        await succeed();
        return c.json(signedInBody(c, signedIn, use), 201);
      },
    );
}

/** The options in the browser's own words, which are camelCase. */
function challengeBody(challengeId: string, options: object) {
  const own: Record<string, unknown> = { ...options };
  return { challenge_id: challengeId, options: own };
}
