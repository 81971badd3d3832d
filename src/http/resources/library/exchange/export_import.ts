/**
 * /api/export and /api/import: the whole library as JSON Lines, out and in.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { InvalidError } from "../../../../base/errors.ts";
import type { Exchange, ImportReport } from "../../../../items/mod.ts";
import { createRoute, failures, json, router, z } from "../../../router.ts";
import { UserQuery } from "../by.ts";

export type ExchangePort = Pick<Exchange, "exportLibrary" | "importLibrary">;

const tags = ["exchange"];
/** As a plain string: to the router a type with "json" in it is an object. */
const LINES: string = "application/jsonl";

const ReportBody = z.object({
  lines: z.int().openapi({ description: "The header is one of them" }),
  dry_run: z.boolean(),
  by_type: z.record(
    z.string(),
    z.object({
      lines: z.int(),
      changed: z.int(),
      unchanged: z.int(),
      waiting: z.int().openapi({ description: "About films that are not here: a scan takes them" }),
    }),
  ).openapi({ example: { item: { lines: 3, changed: 2, unchanged: 0, waiting: 1 } } }),
  errors: z.int(),
  problems: z.array(z.object({ line: z.int(), problem: z.string() })).openapi({
    description: "The first of the lines that were left out, and why",
  }),
  resumed_after: z.int().openapi({ description: "Lines that an earlier, cut off run had taken" }),
  batch: z.string().openapi({ description: "To undo all of it by POST /api/changes/{batch}/undo" }),
}).openapi("ImportReport");

export function exportResource(port: ExchangePort): OpenAPIHono {
  const routes = router();
  routes.openapi(
    createRoute({
      method: "get",
      path: "/",
      tags,
      summary: "The whole library as JSON Lines, as it is read",
      description: "The first line is a header with the version of the form.",
      responses: {
        200: { description: "One object a line", content: { [LINES]: {} } },
        ...failures,
      },
    }),
    () => {
      const left = new AbortController();
      const pages = port.exportLibrary(left.signal);
      const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
        async pull(controller) {
          const { value, done } = await pages.next();
          if (done) controller.close();
          else controller.enqueue(new TextEncoder().encode(value));
        },
        async cancel() {
          left.abort();
          await pages.return(undefined);
        },
      }, { highWaterMark: 0 });
      const headers = {
        "content-type": LINES,
        "content-disposition": 'attachment; filename="library.jsonl"',
      };
      return Promise.resolve(new Response(stream, { headers }));
    },
  );
  return routes;
}

export function importResource(port: ExchangePort): OpenAPIHono {
  const routes = router();
  routes.openapi(
    createRoute({
      method: "post",
      path: "/",
      tags,
      summary: "Take an export in, as it comes: into an empty library or another one",
      description: "The body is JSON Lines of any length. Taken twice it changes nothing the " +
        "second time; one that was cut off goes on where it was when it is sent again.",
      request: {
        query: UserQuery.extend({
          policy: z.enum(["keep", "overwrite"]).default("keep").openapi({
            description: "What holds where both say something else",
          }),
          dry_run: z.enum(["true", "false"]).default("false").openapi({
            description: "Only count",
          }),
        }),
      },
      responses: { 200: json(ReportBody, "What was in it"), ...failures },
    }),
    async (c) => {
      const { user, policy, dry_run } = c.req.valid("query");
      const { body, signal } = c.req.raw;
      if (!body) throw new InvalidError("Cannot import nothing: send an export as the body");
      const report = await port.importLibrary(body, {
        user,
        policy,
        dryRun: dry_run === "true",
        signal,
      });
      return c.json(importBody(report), 200);
    },
  );
  return routes;
}

export function importBody(it: ImportReport): z.infer<typeof ReportBody> {
  return {
    lines: it.lines,
    dry_run: it.dryRun,
    by_type: it.byType,
    errors: it.errors,
    problems: it.problems,
    resumed_after: it.resumedAfter,
    batch: it.batch,
  };
}
