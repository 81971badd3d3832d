/**
 * /api/sharing-rules and /api/audit: who may see and play what, and who did what.
 *
 * @module
 */
import type { AuditEntry as Entry, People, SharingRule as Shared } from "../../../people/mod.ts";
import { currentCaller } from "../../admission/caller.ts";
import { only } from "../../fields.ts";
import {
  createRoute,
  failures,
  findRoute,
  IdParam,
  json,
  pageOf as page,
  removeRoute,
  router,
  z,
} from "../../router.ts";
import { AuditEntry, MadeRule, NewRule, RuleEnd, SharingRule } from "./bodies.ts";
import { body, bodyOf, byTime, ListQuery, pageOf } from "./common.ts";
import { ruleOf } from "./invitations.ts";

const tags = ["people"];

export function sharingRules({ sharing }: People) {
  return router()
    .openapi(
      createRoute({
        method: "get",
        path: "/",
        tags,
        summary: "Who may see and play what: the rules, the last made first",
        description:
          "A member sees and plays all but what is denied, a guest nothing but what is allowed, an " +
          "owner everything. What is denied outweighs what is allowed.",
        request: {
          query: ListQuery.extend({
            user_id: z.string().max(100).optional().openapi({ description: "Those for one" }),
          }),
        },
        responses: { 200: page(SharingRule, "The rules"), ...failures },
      }),
      async (c) => {
        const { user_id: userId, ...asked } = c.req.valid("query");
        const read = (page: { before: string; limit: number }) => sharing.list({ userId, ...page });
        const toBody = (it: Shared) => bodyOf(it);
        return c.json(await pageOf(asked, read, { body: toBody, place: byTime }), 200);
      },
    )
    .openapi(
      createRoute({
        method: "post",
        path: "/",
        tags,
        summary: "Make a rule",
        description: "404 where there is no such account or peer. A tag or a title may come later.",
        request: { body: body(NewRule) },
        responses: { 201: json(MadeRule, "The rule"), ...failures },
      }),
      async (c) => {
        const { user_id: userId, ...rule } = c.req.valid("json");
        const made = await sharing.create(currentCaller(), { ...ruleOf(rule), userId });
        return c.json(bodyOf(made), 201, { location: `/api/sharing-rules/${made.id}` });
      },
    )
    .openapi(
      findRoute(SharingRule, tags, "One rule"),
      async (c) => {
        const found = await sharing.find(c.req.valid("param").id);
        return c.json(only(c.req.valid("query").fields)(bodyOf(found)), 200);
      },
    )
    .openapi(
      createRoute({
        method: "patch",
        path: "/{id}",
        tags,
        summary: "Until when a rule holds; null: until it is deleted",
        request: { params: IdParam, body: body(RuleEnd) },
        responses: { 200: json(SharingRule, "The rule"), ...failures },
      }),
      async (c) => {
        const { id } = c.req.valid("param");
        const { expires_at: end } = c.req.valid("json");
        return c.json(bodyOf(await sharing.setEnd(currentCaller(), id, end)), 200);
      },
    )
    .openapi(
      removeRoute(tags, "Revoke a rule: it holds no more from now on"),
      async (c) => {
        await sharing.delete(currentCaller(), c.req.valid("param").id);
        return c.body(null, 204);
      },
    );
}

export function audit(people: People) {
  return router().openapi(
    createRoute({
      method: "get",
      path: "/",
      tags,
      summary: "Who did what when, the last first; the newest 10,000 are kept",
      request: {
        query: ListQuery.extend({
          actor: z.string().max(100).optional().openapi({ description: "A user's id, or local" }),
          action: z.string().max(100).optional().openapi({ example: "session.refused" }),
        }),
      },
      responses: { 200: page(AuditEntry, "The audit log"), ...failures },
    }),
    async (c) => {
      const { actor, action, ...asked } = c.req.valid("query");
      const read = (page: { before: string; limit: number }) =>
        people.audit.list({ ...page, actor, action });
      const toBody = (it: Entry) => bodyOf(it);
      return c.json(await pageOf(asked, read, { body: toBody, place: ({ id }) => id }), 200);
    },
  );
}
