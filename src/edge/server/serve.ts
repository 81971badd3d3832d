/**
 * PeerEdgeService on a port: lets peers in, gives each message to the inbox, and ends what is
 * silent, wrong or over.
 *
 * @module
 */
import type { Socket } from "node:net";
import { isSameHost } from "../../base/address.ts";
import { pause, type Service } from "../../base/service.ts";
import { isUndecodable } from "../codec.ts";
import {
  type Door,
  Gate,
  type GateLimits,
  listen,
  type Listener,
  type Refusals,
  type Signed,
  type TlsFiles,
  visitorOf,
} from "../identity/mod.ts";
import {
  type EdgeStream,
  type Grpc,
  openGrpc,
  type Server,
  type UnaryCall,
  type UnaryReply,
} from "../proto.ts";
import type { InboxContext } from "./inbox.ts";
import type { Session, Sessions } from "./sessions.ts";
import { answerWebRTC, type Streams } from "./signalling/mod.ts";
import { endWith, type Rooms, Visit } from "./visit.ts";

export interface ServeContext extends InboxContext {
  edgeId: string;
  sessions: Sessions;
  streams: Streams;
  /** Milliseconds without a message after which a peer counts as gone. */
  peerTimeoutMs: number;
  joined(session: Session): void | Promise<void>;
  left(session: Session, reason: string): void | Promise<void>;
  /** Whether the peer may come in, as far as other edges are concerned. */
  claim(session: Session): Promise<boolean>;
  door: Door;
  refusals: Refusals;
  /** What sessions have proved at the door. */
  signed: WeakMap<Session, Signed>;
  /** How long a peer's former session has to show that it lives, when the peer comes again. */
  probeMs: number;
  tls?: TlsFiles | undefined;
  limits?: Partial<GateLimits> | undefined;
}

/** PERMISSION_DENIED, also where the gRPC library is not at hand. */
const REVOKED_STATUS = 7;

/** How long a stop waits for calls to end by themselves. */
const GRACE_MS = 1000;
/** Between looks at who is silent, revoked or without use. */
const WATCH_MS = 5000;

type Injector = ReturnType<Server["createConnectionInjector"]>;

/** Serves `address` (host:port) until aborted; `listening` is told the port that it got. */
export function serveGrpc(
  address: string,
  context: ServeContext,
  listening: (port: number, innerPort?: number) => void,
): Service {
  const { refusals, log, tls } = context;
  return async (signal) => {
    const grpc = await openGrpc();
    // No keepalive: each ping leaves 0.4 KiB behind for as long as the connection lasts, half a megabyte
    // a day for each peer. A peer whose network has gone is silent, and `watch` sees to those.
    // What nobody asks for: some KiB for each connection.
    const server = new grpc.lib.Server({ "grpc.enable_channelz": 0 });
    const gate = new Gate(context.limits ?? {}, refusals);
    const rooms = { ...context, grpc, gate };
    /** Streams on their way in. */
    const entering = new Set<EdgeStream>();
    server.addService(grpc.service, {
      asyncOperations(stream: EdgeStream) {
        // A peer may be quicker to come back than the port is to close.
        if (signal.aborted) return sendAway(grpc, stream);
        entering.add(stream);
        void new Visit(stream, rooms).enter().finally(() => entering.delete(stream));
      },
      webrtcOperations: (call: UnaryCall, reply: UnaryReply) => answer(call, reply, rooms),
    });
    const insecure = grpc.lib.ServerCredentials.createInsecure();
    const injector = server.createConnectionInjector(insecure);
    const accept = (socket: Socket) => gate.accept(socket);
    const take = (socket: Socket) => injector.injectConnection(socket);
    await using listeners = new AsyncDisposableStack();
    const listener = listeners.use(await listen({ address, tls, accept, take, refusals, log }));
    // The peer in this same process needs no certificates to speak with itself.
    const inner = tls && listeners.use(
      await listen({ address: "127.0.0.1:0", accept, take, refusals, log }),
    );
    listening(listener.port, inner?.port);
    try {
      await watch(rooms, listener, signal);
    } finally {
      // Nobody comes in any more; those who are here go before the ports do.
      const closing = listeners.disposeAsync();
      const inside = context.sessions.all().map(({ stream }) => stream);
      await sayGoodbye(grpc, new Set([...entering, ...inside]), { injector, gate });
      server.forceShutdown();
      gate.clear();
      await closing;
    }
  };
}

function sendAway({ lib }: Grpc, stream: EdgeStream): void {
  endWith(stream, lib.status.UNAVAILABLE, "Cancelling all calls");
}

function answer(call: UnaryCall, reply: UnaryReply, rooms: Rooms): void {
  const { grpc, gate, sessions, signed, refusals } = rooms;
  const { status } = grpc.lib;
  const { peerId, address } = visitorOf(call);
  if (!peerId) return reply({ code: status.UNAUTHENTICATED, details: "Missing peer_id" });
  const tooMany = gate.call(address);
  if (tooMany) return reply({ code: status.RESOURCE_EXHAUSTED, details: tooMany });
  const session = sessions.find(peerId);
  if (!session || !isOf(session, address, signed)) {
    const reason = "the call comes from elsewhere than the stream of this peer";
    if (session) refusals.note("Call refused", { peerId, address, reason });
    // Who is connected is nobody else's business.
    return reply({ code: status.FAILED_PRECONDITION, details: "Peer not connected" });
  }
  if (isUndecodable(call.request)) {
    return reply({ code: status.INVALID_ARGUMENT, details: call.request.undecodable });
  }
  const { streams, store, log } = rooms;
  const holds = (peerId: string, catalogId: string) => store.holds(peerId, catalogId);
  void answerWebRTC(call.request, session, { streams, holds, log })
    .then((message) => reply(null, message));
}

/** Whether a call from `address` is of the peer whose session this is. */
function isOf(session: Session, address: string, signed: ServeContext["signed"]): boolean {
  const admitted = session.stream.getPeer();
  // Whoever has proved a key speaks by the connection that it was proved on; an original may open
  // another one, from the machine that the door has let in.
  return signed.get(session)?.key ? admitted === address : isSameHost(admitted, address);
}

/** Ends the streams of peers that fell silent: a zombie would believe that it is connected. */
async function watch(rooms: Rooms, listener: Listener, signal: AbortSignal): Promise<void> {
  const { grpc, gate, sessions, peerTimeoutMs, door, log } = rooms;
  while (!signal.aborted) {
    await pause(Math.min(peerTimeoutMs / 4, WATCH_MS), signal);
    for (const { stream, lastSeen } of sessions.all()) {
      if (Date.now() - lastSeen <= peerTimeoutMs) continue;
      const { DEADLINE_EXCEEDED } = grpc.lib.status;
      endWith(stream, DEADLINE_EXCEEDED, `No message for ${peerTimeoutMs / 1000} s`);
    }
    gate.sweep();
    await listener.reload();
    try {
      // Revoked at another edge.
      for (const peerId of await door.recentlyRevoked()) endRevoked(rooms, peerId);
    } catch (error) {
      log.warn("Cannot look for revoked peers now", { error });
    }
  }
}

/** Ends the peer's stream: it may not be here any more. */
export function endRevoked({ sessions }: Pick<ServeContext, "sessions">, peerId: string): void {
  const session = sessions.find(peerId);
  if (session) endWith(session.stream, REVOKED_STATUS, "This peer was revoked");
}

/** Who is here, or at the door, hears of it; then connections end as they fall quiet. */
async function sayGoodbye(
  grpc: Grpc,
  streams: Set<EdgeStream>,
  { injector, gate }: { injector: Injector; gate: Gate },
): Promise<void> {
  for (const stream of streams) sendAway(grpc, stream);
  // The library's own shutdown knows nothing of connections that it was given.
  injector.drain(GRACE_MS);
  await gate.emptied(GRACE_MS);
}
