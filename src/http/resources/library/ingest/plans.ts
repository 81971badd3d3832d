/**
 * /api/ingest/plans: what shall come into the library, and what became of it.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Ingest, IngestMode, IngestPlan } from "../../../../items/mod.ts";
import { isLocal } from "../../../auth.ts";
import { expectedVersion } from "../../../conditional.ts";
import { FieldsQuery, only } from "../../../fields.ts";
import {
  createRoute,
  failures,
  fromCursor,
  IdParam,
  json,
  pageOf,
  PageQuery,
  placeFrom,
  router,
  toPage,
  z,
} from "../../../router.ts";
import { body, IfMatch, tell, UserQuery } from "../by.ts";
import {
  ExecuteBody,
  ingestReportBody,
  NewPlan,
  PlanBody,
  planBody,
  ReportBody,
  StepBody,
  stepBody,
  StepEditBody,
} from "./bodies.ts";

/** What this resource needs; `src/items/ingest` provides it. */
export type IngestPort = Pick<
  Ingest,
  | "plan"
  | "list"
  | "get"
  | "steps"
  | "edit"
  | "begin"
  | "cancel"
  | "remove"
  | "undo"
  | "report"
>;

const tags = ["ingest"];
const answer = (text: string) => ({ 200: json(PlanBody, text), ...failures });

const StepParam = IdParam.extend({
  seq: z.coerce.number().int().min(0).openapi({
    param: { name: "seq", in: "path", required: true },
  }),
});

export function ingestResource(port: IngestPort): OpenAPIHono {
  const routes = router();
  addPlans(routes, port);
  addSteps(routes, port);
  addExecution(routes, port);
  return routes;
}

const told = (c: Context, plan: IngestPlan) => {
  tell(c, plan);
  return planBody(plan);
};

function addPlans(routes: OpenAPIHono, port: IngestPort): void {
  routes.openapi(
    createRoute({
      method: "get",
      path: "/",
      tags,
      summary: "Ingest plans, the newest first",
      request: { query: PageQuery.extend(FieldsQuery.shape) },
      responses: { 200: pageOf(PlanBody, "A page of plans"), ...failures },
    }),
    (c) => {
      const { limit, cursor, fields } = c.req.valid("query");
      const plans = port.list({ before: fromCursor(cursor), limit: limit + 1 });
      return c.json(toPage(plans, limit, { body: planBody, place: ({ id }) => id, fields }), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "post",
      path: "/",
      tags,
      summary: "Plan what would move where, and why; no file changes",
      request: { query: UserQuery, body: body(NewPlan) },
      responses: { 201: json(PlanBody, "The plan; its steps are in /steps"), ...failures },
    }),
    async (c) => {
      const { sources, target, policy, mode, on_clash, sidecars } = c.req.valid("json");
      const plan = await port.plan({
        sources,
        target,
        policy: policy as IngestPlan["policy"] | undefined,
        mode: mode as IngestMode | undefined,
        options: { onClash: on_clash, sidecars },
      }, { user: c.req.valid("query").user, isLocal: isLocal(c), signal: c.req.raw.signal });
      return c.json(told(c, plan), 201);
    },
  );
  routes.openapi(
    createRoute({
      method: "get",
      path: "/{id}",
      tags,
      summary: "One plan",
      request: { params: IdParam, query: FieldsQuery },
      responses: answer("The plan"),
    }),
    (c) => {
      const plan = port.get(c.req.valid("param").id);
      return c.json(only(c.req.valid("query").fields)(told(c, plan)), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "delete",
      path: "/{id}",
      tags,
      summary: "Forget a plan and its report; no file changes",
      request: { params: IdParam, headers: IfMatch },
      responses: { 204: { description: "It is gone" }, ...failures },
    }),
    async (c) => {
      await port.remove(c.req.valid("param").id, expectedVersion(c));
      return c.body(null, 204);
    },
  );
}

function addSteps(routes: OpenAPIHono, port: IngestPort): void {
  routes.openapi(
    createRoute({
      method: "get",
      path: "/{id}/steps",
      tags,
      summary: "The steps of a plan: each file, where it goes and why, and what became of it",
      request: { params: IdParam, query: PageQuery.extend(FieldsQuery.shape) },
      responses: { 200: pageOf(StepBody, "A page of steps"), ...failures },
    }),
    (c) => {
      const { id } = c.req.valid("param");
      const { limit, cursor, fields } = c.req.valid("query");
      const plan = port.get(id);
      const after = cursor === undefined ? -1 : placeFrom(cursor, z.int());
      const steps = port.steps(id, { after, limit: limit + 1 });
      tell(c, plan);
      return c.json(
        toPage(steps, limit, {
          body: (it) => stepBody(it, plan.mode),
          place: ({ seq }) => String(seq),
          fields,
        }),
        200,
      );
    },
  );
  routes.openapi(
    createRoute({
      method: "patch",
      path: "/{id}/steps/{seq}",
      tags,
      summary: "Drop a step of a plan, take it up again, or have it go elsewhere",
      request: { params: StepParam, headers: IfMatch, body: body(StepEditBody) },
      responses: answer("The plan, with its new version"),
    }),
    async (c) => {
      const { id, seq } = c.req.valid("param");
      const plan = await port.edit(id, seq, c.req.valid("json"), expectedVersion(c));
      return c.json(told(c, plan), 200);
    },
  );
}

function addExecution(routes: OpenAPIHono, port: IngestPort): void {
  routes.openapi(
    createRoute({
      method: "post",
      path: "/{id}/execute",
      tags,
      summary: "Execute a plan, or go on with one that has stopped; what failed is tried again",
      request: {
        params: IdParam,
        headers: IfMatch,
        body: { ...body(ExecuteBody), required: false },
      },
      responses: { 202: json(PlanBody, "It has begun: see the job ingest:<id>"), ...failures },
    }),
    (c) => {
      // A request without a body has none that could be checked.
      const { force = false } = (c.req.valid("json") ?? {}) as { force?: boolean };
      const plan = port.begin(c.req.valid("param").id, { expected: expectedVersion(c), force });
      return c.json(told(c, plan), 202);
    },
  );
  routes.openapi(
    createRoute({
      method: "post",
      path: "/{id}/cancel",
      tags,
      summary: "Do no more of a plan; what is done stays, and nothing is left half done",
      request: { params: IdParam },
      responses: answer("The plan"),
    }),
    async (c) => c.json(told(c, await port.cancel(c.req.valid("param").id, c.req.raw.signal)), 200),
  );
  routes.openapi(
    createRoute({
      method: "post",
      path: "/{id}/undo",
      tags,
      summary: "Plan to move back what a plan has moved",
      request: { params: IdParam, query: UserQuery },
      responses: { 201: json(PlanBody, "The new plan"), ...failures },
    }),
    async (c) => {
      const plan = await port.undo(c.req.valid("param").id, c.req.valid("query").user);
      return c.json(told(c, plan), 201);
    },
  );
  routes.openapi(
    createRoute({
      method: "get",
      path: "/{id}/report",
      tags,
      summary: "What became of a plan, counted; file by file in its steps",
      request: { params: IdParam, query: FieldsQuery },
      responses: { 200: json(ReportBody, "The report"), ...failures },
    }),
    (c) => {
      const pick = only(c.req.valid("query").fields);
      return c.json(pick(ingestReportBody(port.report(c.req.valid("param").id))), 200);
    },
  );
}
