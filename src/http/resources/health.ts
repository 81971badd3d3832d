/**
 * /api/health: whether this program works, and each of its parts.
 *
 * @module
 */
import type { z } from "@hono/zod-openapi";
import { VERSION } from "../../base/version.ts";
import { currentCaller } from "../admission/caller.ts";
import { createRoute, failures, json, router } from "../router.ts";
import { Health } from "../schemas.ts";

export type Parts = z.infer<typeof Health>["parts"];

export interface HealthPort {
  parts(): Parts | Promise<Parts>;
}

export function health(port: HealthPort) {
  const route = createRoute({
    method: "get",
    path: "/",
    tags: ["health"],
    summary: "Whether this program works",
    responses: { 200: json(Health, "It answers; its parts say how they are"), ...failures },
  });
  return router().openapi(route, async (c) => {
    const parts = await port.parts();
    const degraded = Object.values(parts).some((part) => part.status === "degraded");
    return c.json({
      status: degraded ? "degraded" as const : "healthy" as const,
      service: "giggityflix",
      version: VERSION,
      timestamp: new Date().toISOString(),
      parts: currentCaller().role === "owner" ? parts : statusesOf(parts),
    }, 200);
  });
}

/** Where things are on this machine is its owner's business. */
function statusesOf(parts: Parts): Parts {
  return Object.fromEntries(
    Object.entries(parts).map(([name, { status }]) => [name, { status }]),
  );
}
