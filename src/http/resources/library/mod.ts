/**
 * What people say about media, in REST: one line per resource.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { absent } from "../../router.ts";

/** What each resource needs, by its name. */
// deno-lint-ignore no-empty-interface
export interface LibraryPort {}

/** Path below /api → its routes. */
const resources: Record<string, (port: LibraryPort) => OpenAPIHono> = {};

/** The resources, or for a program that has no library the reason in the place of each. */
export function libraryResources(port: LibraryPort | string): Record<string, OpenAPIHono> {
  return Object.fromEntries(
    Object.entries(resources).map(([path, make]) => [
      path,
      typeof port === "string" ? absent(port) : make(port),
    ]),
  );
}
