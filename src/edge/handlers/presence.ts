/**
 * Who is at the other end, and whether it is alive.
 *
 * @module
 */
import type { EdgePayloads } from "../messages.ts";
import type { Answer, HandlerContext } from "./mod.ts";

/** The edge knows our extensions: it may be told what is in the files. */
export function greet(
  hello: EdgePayloads["hello"],
  { library, greeted, describe }: HandlerContext,
): never[] {
  greeted(hello);
  describe(library.catalogIds());
  return [];
}

export function pong(_ping: EdgePayloads["ping"]): Answer<"ping"> {
  return [{ case: "ping", value: {} }];
}
