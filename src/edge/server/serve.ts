/**
 * PeerEdgeService on a port: lets peers in, gives each message to the inbox, and ends what is
 * silent, wrong or over.
 *
 * @module
 */
import { FatalError, reasonOf } from "../../base/errors.ts";
import { pause, type Service } from "../../base/service.ts";
import { isUndecodable } from "../codec.ts";
import { readEach } from "../conversation.ts";
import type { PeerMessage } from "../messages.ts";
import {
  type EdgeStream,
  type Grpc,
  openGrpc,
  type Server,
  type UnaryCall,
  type UnaryReply,
} from "../proto.ts";
import { type InboxContext, receive } from "./inbox.ts";
import { Session, type Sessions } from "./sessions.ts";
import { answerWebRTC } from "./webrtc.ts";

export interface ServeContext extends InboxContext {
  edgeId: string;
  sessions: Sessions;
  /** Milliseconds without a message after which a peer counts as gone. */
  peerTimeoutMs: number;
  joined(session: Session): void;
  left(session: Session, reason: string): void;
}

/** Longest peer id that is let in. */
const MAX_PEER_ID = 200;
/** How long a stop waits for calls to end by themselves. */
const GRACE_MS = 1000;

/** Serves `address` (host:port) until aborted; `listening` is told the port that it got. */
export function serveGrpc(
  address: string,
  context: ServeContext,
  listening: (port: number) => void,
): Service {
  return async (signal) => {
    const grpc = await openGrpc();
    const server = new grpc.lib.Server({
      // A peer whose network has gone is noticed by this; a silent program by `watch`.
      "grpc.keepalive_time_ms": 60_000,
      "grpc.keepalive_timeout_ms": 20_000,
    });
    server.addService(grpc.service, {
      asyncOperations(stream: EdgeStream) {
        // A peer may be quicker to come back than the port is to close.
        if (signal.aborted) sendAway(grpc, stream);
        else admit(grpc, stream, context);
      },
      webrtcOperations: (call: UnaryCall, reply: UnaryReply) => answer(grpc, call, reply, context),
    });
    listening(await bind(grpc, server, address));
    try {
      await watch(grpc, context, signal);
    } finally {
      await shutDown(grpc, server, context);
    }
  };
}

function bind({ lib }: Grpc, server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) =>
    server.bindAsync(address, lib.ServerCredentials.createInsecure(), (cause, port) => {
      if (!cause) return resolve(port);
      const [, said = cause.message] = /errors: \[(.*)\]/.exec(cause.message) ?? [];
      const state = /EADDRINUSE|in use/i.test(said)
        ? "address in use. Stop the other program or set GRPC_SERVER_ADDRESS"
        : `${said}. Set GRPC_SERVER_ADDRESS to host:port of this machine`;
      reject(new FatalError(`Cannot listen on "${address}": ${state}`, { address }, { cause }));
    })
  );
}

function admit({ lib }: Grpc, stream: EdgeStream, context: ServeContext): void {
  const { status } = lib;
  const peerId = stream.metadata.get("peer_id")[0]?.toString() ?? "";
  if (!peerId) return end(stream, status.UNAUTHENTICATED, "Missing peer_id");
  const session = new Session(peerId, context.edgeId, stream);
  if (peerId.length > MAX_PEER_ID || !context.sessions.add(session)) {
    return end(stream, status.PERMISSION_DENIED, "Peer validation failed");
  }

  const leave = (reason: string) => {
    session.over();
    if (context.sessions.remove(session)) context.left(session, reason);
  };
  stream.once("error", (error) => leave(reasonOf(error)));
  stream.once("cancelled", () => leave("connection lost"));
  stream.once("end", () => {
    leave("goodbye");
    stream.end();
  });
  // The original sends no headers until the end; so its peers cannot see that they are connected.
  stream.sendMetadata(new lib.Metadata());
  context.joined(session);

  readEach<PeerMessage>(stream, async (message) => {
    if (isUndecodable(message)) return end(stream, status.INVALID_ARGUMENT, message.undecodable);
    // What was on its way when the session ended is not heard.
    if (!session.signal.aborted) await receive(message, session, context);
  }, { limit: 1, fail: (error) => end(stream, status.INTERNAL, reasonOf(error)) });
}

/** Ends a stream with a status. That is what "error" means to the server side of the library. */
function end(stream: EdgeStream, code: number, details: string): void {
  stream.emit("error", Object.assign(new Error(details), { code, details }));
}

function sendAway({ lib }: Grpc, stream: EdgeStream): void {
  end(stream, lib.status.UNAVAILABLE, "Cancelling all calls");
}

function answer({ lib }: Grpc, call: UnaryCall, reply: UnaryReply, context: ServeContext): void {
  const { status } = lib;
  const peerId = call.metadata.get("peer_id")[0]?.toString() ?? "";
  if (!peerId) return reply({ code: status.UNAUTHENTICATED, details: "Missing peer_id" });
  const session = context.sessions.find(peerId);
  if (!session) return reply({ code: status.FAILED_PRECONDITION, details: "Peer not connected" });
  if (isUndecodable(call.request)) {
    return reply({ code: status.INVALID_ARGUMENT, details: call.request.undecodable });
  }
  reply(null, answerWebRTC(call.request, session, context.store));
}

/** Ends the streams of peers that fell silent: a zombie would believe that it is connected. */
async function watch(
  { lib }: Grpc,
  { sessions, peerTimeoutMs }: ServeContext,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await pause(Math.min(peerTimeoutMs / 4, 30_000), signal);
    for (const { stream, lastSeen } of sessions.all()) {
      if (Date.now() - lastSeen <= peerTimeoutMs) continue;
      end(stream, lib.status.DEADLINE_EXCEEDED, `No message for ${peerTimeoutMs / 1000} s`);
    }
  }
}

async function shutDown(grpc: Grpc, server: Server, context: ServeContext): Promise<void> {
  for (const { stream } of context.sessions.all()) sendAway(grpc, stream);
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, GRACE_MS);
  server.tryShutdown(() => resolve());
  await promise;
  clearTimeout(timer);
  server.forceShutdown();
}
