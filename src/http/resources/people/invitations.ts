/**
 * /api/invitations and /api/setup: links that make accounts.
 *
 * @module
 */
import type { Invitation as Invited, People, Rule } from "../../../people/mod.ts";
import { currentCaller } from "../../admission/caller.ts";
import { only } from "../../fields.ts";
import {
  createRoute,
  failures,
  findRoute,
  json,
  listRoute,
  removeRoute,
  router,
} from "../../router.ts";
import {
  Acceptance,
  Invitation,
  MadeInvitation,
  NewInvitation,
  SetupLink,
  SetupState,
  SignedIn,
} from "./bodies.ts";
import { body, bodyOf, byTime, fromOf, linkTo, pageOf, signedInBody } from "./common.ts";

const tags = ["people"];

export function invitations(people: People) {
  return router()
    .openapi(listRoute(Invitation, tags, "Invitations, the last made first"), async (c) =>
      c.json(
        await pageOf(c.req.valid("query"), people.invitations.list, {
          body: (it: Invited) => bodyOf(it),
          place: byTime,
        }),
        200,
      ))
    .openapi(
      createRoute({
        method: "post",
        path: "/",
        tags,
        summary: "Make a link by which somebody makes an account",
        request: { body: body(NewInvitation) },
        responses: { 201: json(MadeInvitation, "The invitation and its link"), ...failures },
      }),
      async (c) => {
        const { expires_in_hours: expiresInHours, shares, ...wanted } = c.req.valid("json");
        const { made, token } = await people.invitations.create(currentCaller(), {
          ...wanted,
          expiresInHours,
          shares: shares.map(ruleOf),
        });
        return c.json({ ...bodyOf(made), url: linkTo(c, "invitation", token) }, 201, {
          location: `/api/invitations/${made.id}`,
          "cache-control": "no-store",
        });
      },
    )
    .openapi(
      createRoute({
        method: "post",
        path: "/accept",
        tags,
        summary: "Make an account by an invitation, and sign in",
        request: { body: body(Acceptance) },
        responses: { 201: json(SignedIn, "The session of the new account"), ...failures },
      }),
      async (c) => {
        const { use, ...acceptance } = c.req.valid("json");
        const from = fromOf(c);
        const succeed = await people.tries.begin({ address: from.address });
        const signedIn = await people.invitations.accept(acceptance, from);
        await succeed();
        return c.json(signedInBody(c, signedIn, use), 201);
      },
    )
    .openapi(findRoute(Invitation, tags, "One invitation"), async (c) => {
      const found = await people.invitations.find(c.req.valid("param").id);
      return c.json(only(c.req.valid("query").fields)(bodyOf(found)), 200);
    })
    .openapi(
      removeRoute(
        tags,
        "Revoke an invitation; the accounts that it has made stay",
        "It is good no more",
      ),
      async (c) => {
        await people.invitations.revoke(currentCaller(), c.req.valid("param").id);
        return c.body(null, 204);
      },
    );
}

export function setup(people: People) {
  return router()
    .openapi(
      createRoute({
        method: "get",
        path: "/",
        tags,
        summary: "Whether the owner's account is still to be made",
        responses: { 200: json(SetupState, "The state"), ...failures },
      }),
      async (c) => c.json({ needed: !await people.accounts.hasOwner() }, 200),
    )
    .openapi(
      createRoute({
        method: "post",
        path: "/",
        tags,
        summary: "Make the owner's account by the set-up link, and sign in",
        request: { body: body(Acceptance) },
        responses: { 201: json(SignedIn, "The owner's session"), ...failures },
      }),
      async (c) => {
        const { use, ...acceptance } = c.req.valid("json");
        const from = fromOf(c);
        const succeed = await people.tries.begin({ address: from.address });
        const signedIn = await people.invitations.setUp(acceptance, from);
        await succeed();
        return c.json(signedInBody(c, signedIn, use), 201);
      },
    )
    .openapi(
      createRoute({
        method: "post",
        path: "/links",
        tags,
        summary: "A new set-up link; the one before is good no more",
        responses: { 201: json(SetupLink, "Good once, for a day"), ...failures },
      }),
      async (c) => {
        const { token, expiresAt } = await people.invitations.createSetup(currentCaller());
        const answer = { url: linkTo(c, "setup", token), "expires_at": expiresAt };
        return c.json(answer, 201, { "cache-control": "no-store" });
      },
    );
}

/** A rule in the program's words. */
export function ruleOf<Rest extends object>(
  { expires_at: expiresAt, ...rest }: Rest & { "expires_at"?: string | undefined },
): Omit<Rest, "expires_at"> & Pick<Rule, "expiresAt"> {
  return { ...rest, ...expiresAt !== undefined && { expiresAt } };
}
