/**
 * What the router has nothing for: no such path, or another method of one that is there.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { NotFoundError } from "../base/errors.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/**
 * Answers OPTIONS for every path, and refuses all else: 405 says in Allow what may be done there.
 *
 * @throws {NotFoundError} nothing may
 */
export function unrouted(api: OpenAPIHono) {
  return (c: Context): Response => {
    const { method, path } = c.req;
    const allow = methodsAt(api, path).join(", ");
    if (allow === "") {
      throw new NotFoundError(`Cannot find "${path}": see /api/schema/swagger-ui/`);
    }
    const headers = { allow };
    if (method === "OPTIONS") return c.body(null, 204, headers);
    const message = `Cannot ${method} here: there are ${allow}`;
    throw new HTTPException(405, { message, res: new Response(null, { headers }) });
  };
}

/** Those of the routes that fit a path; what stands for all methods is no such route. */
function methodsAt({ router }: OpenAPIHono, path: string): string[] {
  const found = METHODS.filter((method) =>
    router.match(method, path)[0].some(([[, route]]) => route.method === method)
  );
  if (found.length === 0) return [];
  return ["OPTIONS", ...found.flatMap((it) => it === "GET" ? ["GET", "HEAD"] : [it])];
}
