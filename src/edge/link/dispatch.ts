/**
 * A message of the edge to its handler, and the handler's answers back under the same request id:
 * those to commands by way of the outbox.
 *
 * @module
 */
import { reasonOf } from "../../base/errors.ts";
import {
  answered,
  commands,
  type Handler,
  type HandlerContext,
  handlers,
} from "../handlers/mod.ts";
import type { Case, EdgeMessage, EdgePayloads, PeerMessage, PeerPayloads } from "../messages.ts";
import type { Command, Commands } from "./outbox/commands.ts";

export interface DispatchDeps {
  context: Omit<HandlerContext, "command" | "requestId">;
  commands: Commands;
  /** What the edge is called: its request ids are its own. Known once it has said who it is. */
  edges(): Promise<readonly [string, ...string[]]>;
  /** Ends with the stream. */
  signal: AbortSignal;
  /** Ends with the link. */
  lasting: AbortSignal;
  send(message: PeerMessage): Promise<void>;
}

/** Sends the answers; none for a message without a payload that we know. */
export async function dispatch(message: EdgeMessage, deps: DispatchDeps): Promise<void> {
  const { requestId, payload } = message;
  if (!payload) return;
  const { context, signal, lasting, send } = deps;
  const until = commands[payload.case];
  const end = until === "link" ? lasting : signal;
  const work = (command: Command) => answer(payload, { ...context, requestId, command }, end);
  try {
    if (until) {
      const isAnswered = answered.includes(payload.case);
      await deps.commands.run(message, await deps.edges(), work, isAnswered);
    } else {
      for (const it of await work(noCommand)) await send({ requestId, payload: it });
    }
  } catch (error) {
    // The stream ended in the middle, or a handler has a bug: neither may break the next link.
    const level = end.aborted || signal.aborted ? "debug" : "error";
    const reason = level === "debug" ? { reason: reasonOf(error) } : { error };
    context.log[level]("Cannot answer the edge", { request: payload.case, requestId, ...reason });
  }
}

/** What is no command is done as often as it comes. */
const noCommand: Command = {
  again: false,
  given: [],
  give: () => {},
  decided: () => {},
  isFirst: () => true,
};

async function answer<Name extends keyof EdgePayloads>(
  { case: name, value }: Case<EdgePayloads> & { case: Name },
  context: HandlerContext,
  signal: AbortSignal,
): Promise<Case<PeerPayloads>[]> {
  const handle = handlers[name] as Handler<Name>;
  return await handle(value as EdgePayloads[Name], context, signal) as Case<PeerPayloads>[];
}
