/**
 * /api/users: accounts, and who one is.
 *
 * @module
 */
import type { People, User as Account } from "../../../people/mod.ts";
import { currentCaller } from "../../admission/caller.ts";
import { only } from "../../fields.ts";
import {
  createRoute,
  failures,
  findRoute,
  IdParam,
  json,
  listRoute,
  removeRoute,
  router,
} from "../../router.ts";
import { Me, NewUser, User, UserChange } from "./bodies.ts";
import { body, bodyOf, fromOf, pageOf } from "./common.ts";

export function users({ accounts, tries }: People) {
  const tags = ["people"];
  return router()
    .openapi(
      createRoute({
        method: "get",
        path: "/me",
        tags,
        summary: "Who asks, and what they may do",
        responses: { 200: json(Me, "Who asks"), ...failures },
      }),
      (c) => {
        const { address: _, libraryUser: __, scopes, ...me } = currentCaller();
        return c.json({ ...bodyOf(me), scopes: [...scopes] }, 200);
      },
    )
    .openapi(listRoute(User, tags, "The accounts by name"), async (c) => {
      const read = ({ before: after, limit }: { before: string; limit: number }) =>
        accounts.list({ after, limit });
      const place = ({ key }: { key: string }) => key;
      const toBody = ({ key: _, ...user }: Account & { key: string }) => bodyOf(user);
      return c.json(await pageOf(c.req.valid("query"), read, { body: toBody, place }), 200);
    })
    .openapi(
      createRoute({
        method: "post",
        path: "/",
        tags,
        summary: "Make an account",
        request: { body: body(NewUser) },
        responses: { 201: json(User, "The account"), ...failures },
      }),
      async (c) => {
        const user = await accounts.create(currentCaller(), c.req.valid("json"));
        return c.json(bodyOf(user), 201, { location: `/api/users/${user.id}` });
      },
    )
    .openapi(findRoute(User, tags, "One account"), async (c) => {
      const user = await accounts.find(c.req.valid("param").id);
      return c.json(only(c.req.valid("query").fields)(bodyOf(user)), 200);
    })
    .openapi(
      createRoute({
        method: "patch",
        path: "/{id}",
        tags,
        summary: "Change an account: an owner any, everybody their own name and password",
        description: "A new password, role or state ends the sessions of the account.",
        request: { params: IdParam, body: body(UserChange) },
        responses: { 200: json(User, "The account"), ...failures },
      }),
      async (c) => {
        const { id } = c.req.valid("param");
        const { is_disabled: isDisabled, current_password: currentPassword, ...change } = c.req
          .valid("json");
        // The present password must not be found by trying here, either.
        const succeed = currentPassword === undefined
          ? () => Promise.resolve()
          : await tries.begin({ address: fromOf(c).address, account: `change ${id}` });
        const changed = await accounts.change(currentCaller(), id, {
          ...change,
          isDisabled,
          currentPassword,
        });
        await succeed();
        return c.json(bodyOf(changed), 200);
      },
    )
    .openapi(
      removeRoute(tags, "Delete an account, with its sessions, tokens, passkeys and rules"),
      async (c) => {
        await accounts.delete(currentCaller(), c.req.valid("param").id);
        return c.body(null, 204);
      },
    );
}
