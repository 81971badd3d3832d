/**
 * /api/ice: the ways through the internet for a viewer that has no stream yet.
 *
 * @module
 */
import { createRoute, failures, json, router, z } from "../../router.ts";
import { IceServer } from "../../schemas.ts";
import { iceServerBody, type ViewersPort, watcher } from "./port.ts";

const Body = z.object({ ice_servers: z.array(IceServer) }).openapi("IceServers");

export function ice(port: ViewersPort) {
  return router().openapi(
    createRoute({
      method: "get",
      path: "/",
      tags: ["streams"],
      summary: "STUN and TURN servers for this viewer",
      description: "The credentials are good for 12 hours. An empty list: only the local network.",
      responses: { 200: json(Body, "The servers"), ...failures },
    }),
    (c) => {
      c.header("cache-control", "no-store");
      return c.json({ ice_servers: port.iceServers(watcher().viewer).map(iceServerBody) }, 200);
    },
  );
}
