/**
 * /api/duplicates: files that are one film, and what is done with the others.
 *
 * @module
 */
import { yieldToOthers } from "../../../../base/event_loop.ts";
import type { OpenAPIHono } from "@hono/zod-openapi";
import { InvalidError } from "../../../../base/errors.ts";
import type {
  BulkReport,
  BulkRequest as Bulk,
  Group,
  GroupDetail,
  GroupFilter,
  GroupKind as Kind,
  How,
  LookReport,
  Resolved,
} from "../../../../items/mod.ts";
import { expectedVersion } from "../../../conditional.ts";
import { FieldsQuery, only } from "../../../fields.ts";
import {
  createRoute,
  failures,
  IdParam,
  json,
  pageOf,
  PageQuery,
  router,
  z,
} from "../../../router.ts";
import { body, IfMatch, tell, UserQuery } from "../by.ts";
import { pageWith, placeOf } from "../cursors.ts";
import {
  bulkBody,
  BulkRequest,
  BulkResult,
  detailBody,
  DuplicateDetail,
  DuplicateGroup,
  groupBody,
  GroupEdit,
  GroupKind,
  GroupState,
  lookBody,
  LookRequest,
  LookResult,
  Resolution,
  resolvedBody,
  ResolveRequest,
} from "./bodies.ts";

export interface DuplicatesPort {
  list(filter: GroupFilter): Group[];
  find(id: string): GroupDetail;
  setState(id: string, state: "open" | "dismissed", expected?: number): GroupDetail;
  look(
    options: { signal: AbortSignal; full?: boolean; kinds?: readonly Kind[] | undefined },
  ): Promise<LookReport>;
  resolve(id: string, request: {
    keep: string;
    remove: readonly string[];
    how: How;
    user: string;
    signal: AbortSignal;
    expected?: number | undefined;
  }): Promise<Resolved>;
  resolveAll(request: Bulk): Promise<BulkReport>;
}

const tags = ["duplicates"];

export function duplicatesResource(port: DuplicatesPort): OpenAPIHono {
  const routes = router();
  addReading(routes, port);
  addLooking(routes, port);
  addResolving(routes, port);
  return routes;
}

function addReading(routes: OpenAPIHono, port: DuplicatesPort): void {
  const query = PageQuery.extend({ kind: GroupKind.optional(), state: GroupState.optional() })
    .extend(FieldsQuery.shape);
  routes.openapi(
    createRoute({
      method: "get",
      path: "/",
      tags,
      summary: "Groups of duplicates, those that hold the most first",
      request: { query },
      responses: { 200: pageOf(DuplicateGroup, "A page of groups"), ...failures },
    }),
    (c) => {
      const { limit, cursor, kind, state, fields } = c.req.valid("query");
      const [bytes, id] = placeOf(cursor, ["", ""]);
      const after = bytes === "" ? undefined : { reclaimableBytes: wholeOf(bytes), id };
      const found = port.list({ kind, state, after, limit: limit + 1 });
      const place = (it: Group): [string, string] => [String(it.reclaimableBytes), it.id];
      const pick = only(fields);
      return c.json(pageWith(found, limit, { body: (it) => pick(groupBody(it)), place }), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "get",
      path: "/{id}",
      tags,
      summary: "One group: its files, which to keep, and why",
      request: { params: IdParam, query: FieldsQuery },
      responses: { 200: json(DuplicateDetail, "The group"), ...failures },
    }),
    (c) => {
      const group = port.find(c.req.valid("param").id);
      tell(c, group);
      return c.json(only(c.req.valid("query").fields)(detailBody(group)), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "patch",
      path: "/{id}",
      tags,
      summary: "Dismiss a group, or open it again",
      request: { params: IdParam, headers: IfMatch, body: body(GroupEdit) },
      responses: { 200: json(DuplicateDetail, "The group as it is now"), ...failures },
    }),
    (c) => {
      const { state } = c.req.valid("json");
      const group = port.setState(c.req.valid("param").id, state, expectedVersion(c));
      tell(c, group);
      return c.json(detailBody(group), 200);
    },
  );
}

function addLooking(routes: OpenAPIHono, port: DuplicatesPort): void {
  routes.openapi(
    createRoute({
      method: "post",
      path: "/scan",
      tags,
      summary: "Look for duplicates now",
      description:
        "Answers 202 at once, and the job `duplicates` tells how far it is; with `wait`, " +
        "200 when it is done. 409 where somebody looks already.",
      request: { body: body(LookRequest) },
      responses: {
        200: json(LookResult, "What there is now"),
        202: json(z.object({ job_id: z.string() }), "The look has begun"),
        ...failures,
      },
    }),
    async (c) => {
      const { full, kinds, wait } = c.req.valid("json");
      if (wait) {
        return c.json(lookBody(await port.look({ signal: c.req.raw.signal, full, kinds })), 200);
      }
      const begun = port.look({ signal: new AbortController().signal, full, kinds });
      // What keeps it from beginning is known at once; how it ends is kept with the job.
      await Promise.race([begun, yieldToOthers()]);
      begun.catch(() => {});
      return c.json({ job_id: "duplicates" }, 202);
    },
  );
}

function addResolving(routes: OpenAPIHono, port: DuplicatesPort): void {
  routes.openapi(
    createRoute({
      method: "post",
      path: "/resolve",
      tags,
      summary: "Deal with many groups of the same bytes by the suggested keepers",
      description: "A dry run unless `dry_run` is false. Every file is looked at once more first.",
      request: { query: UserQuery, body: body(BulkRequest) },
      responses: { 200: json(BulkResult, "What was or would be done"), ...failures },
    }),
    async (c) => {
      const { group_ids: groupIds, how, dry_run: dryRun, limit } = c.req.valid("json");
      const { user } = c.req.valid("query");
      const { signal } = c.req.raw;
      const report = await port.resolveAll({ groupIds, how, dryRun, limit, user, signal });
      return c.json(bulkBody(report), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "post",
      path: "/{id}/resolve",
      tags,
      summary: "Keep one file of a group, and deal with others",
      description:
        "Keeper and others are looked at once more first: size, time, and of files with " +
        "the same bytes all of them. 409 says what is not as the group says; then nothing is touched.",
      request: { params: IdParam, query: UserQuery, headers: IfMatch, body: body(ResolveRequest) },
      responses: { 200: json(Resolution, "What became of each file"), ...failures },
    }),
    async (c) => {
      const { user } = c.req.valid("query");
      const own = { user, signal: c.req.raw.signal, expected: expectedVersion(c) };
      const request = { ...c.req.valid("json"), ...own };
      return c.json(resolvedBody(await port.resolve(c.req.valid("param").id, request)), 200);
    },
  );
}

function wholeOf(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  const message = 'Cannot read "cursor": take the one that the page before gave';
  throw new InvalidError(message, { field: "cursor" });
}
