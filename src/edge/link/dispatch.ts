/**
 * A message of the edge to its handler, and the handler's answers back under the same request id.
 *
 * @module
 */
import { type Handler, type HandlerContext, handlers } from "../handlers/mod.ts";
import type { Case, EdgeMessage, EdgePayloads, PeerMessage } from "../messages.ts";

/** What to answer; nothing for a message without a payload that we know. */
export async function dispatch(
  { requestId, payload }: EdgeMessage,
  context: HandlerContext,
  signal: AbortSignal,
): Promise<PeerMessage[]> {
  if (!payload) return [];
  try {
    const answers = await answer(payload, context, signal);
    return answers.map((payload) => ({ requestId, payload }));
  } catch (error) {
    // The stream ended in the middle, or a handler has a bug: neither may break the next link.
    if (!signal.aborted) {
      context.log.error("Cannot answer the edge", { request: payload.case, requestId, error });
    }
    return [];
  }
}

function answer<Name extends keyof EdgePayloads>(
  { case: name, value }: Case<EdgePayloads> & { case: Name },
  context: HandlerContext,
  signal: AbortSignal,
) {
  return (handlers[name] as Handler<Name>)(value as EdgePayloads[Name], context, signal);
}
