/**
 * Who is at the other end, and whether it is alive.
 *
 * @module
 */
import type { EdgePayloads } from "../messages.ts";
import type { Answer, HandlerContext } from "./mod.ts";

/** The edge knows our extensions. */
export function greet(
  hello: EdgePayloads["hello"],
  { greeted, streams }: HandlerContext,
): never[] {
  streams.greeted(hello);
  greeted(hello);
  return [];
}

export function pong(_ping: EdgePayloads["ping"]): Answer<"ping"> {
  return [{ case: "ping", value: {} }];
}
