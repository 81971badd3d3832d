/**
 * PeerEdgeService on a port: lets peers in, gives each message to the inbox, and ends what is
 * silent, wrong or over.
 *
 * @module
 */
import type { Socket } from "node:net";
import { reasonOf } from "../../base/errors.ts";
import { pause, type Service } from "../../base/service.ts";
import { isUndecodable } from "../codec.ts";
import { readEach } from "../conversation.ts";
import {
  type Door,
  Entrance,
  Gate,
  type GateLimits,
  isAlive,
  listen,
  type Listener,
  refusalOf,
  type Refusals,
  type Signed,
  type TlsFiles,
  visitorOf,
} from "../identity/mod.ts";
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
import { answerWebRTC, type Streams } from "./signalling/mod.ts";

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

/** The published words for: full, or here already, or not what it should be. */
const REFUSED = "Peer validation failed";
/** PERMISSION_DENIED, also where the gRPC library is not at hand. */
const REVOKED_STATUS = 7;
/** ABORTED. */
const REPLACED_STATUS = 10;

/** Longest peer id that is let in. */
const MAX_PEER_ID = 200;
/** How long a stop waits for calls to end by themselves. */
const GRACE_MS = 1000;
/** Between looks at who is silent, revoked or without use. */
const WATCH_MS = 5000;

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
    const server = new grpc.lib.Server();
    const gate = new Gate(context.limits ?? {}, refusals);
    const rooms = { ...context, grpc, gate };
    server.addService(grpc.service, {
      asyncOperations(stream: EdgeStream) {
        // A peer may be quicker to come back than the port is to close.
        if (signal.aborted) sendAway(grpc, stream);
        else void admit(stream, rooms);
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
      await shutDown(grpc, server, context);
      gate.clear();
      await closing;
    }
  };
}

type Rooms = ServeContext & { grpc: Grpc; gate: Gate };

/** From the opening of a stream until the peer is in, or away. */
async function admit(stream: EdgeStream, rooms: Rooms): Promise<void> {
  const { grpc, gate, door, sessions, edgeId, refusals } = rooms;
  const { status } = grpc.lib;
  const visitor = visitorOf(stream);
  const { peerId, address } = visitor;
  const gone = new AbortController();
  const entered = Promise.withResolvers<Session | undefined>();
  using held = new DisposableStack();
  held.defer(() => entered.resolve(undefined));
  let session: Session | undefined;
  let inside: Session | undefined;
  // Without listeners of signals, for there are thousands of peers.
  const uses: Disposable[] = [];
  const leave = (reason: string) => {
    gone.abort();
    for (const use of uses.splice(0)) use[Symbol.dispose]();
    session?.over();
    if (session && sessions.remove(session)) void rooms.left(session, reason);
  };
  stream.once("error", (error) => leave(reasonOf(error)));
  stream.once("cancelled", () => leave("connection lost"));
  stream.once("end", () => {
    leave("goodbye");
    stream.end();
  });
  const refuse = (code: number, details: string, error?: unknown) => {
    refusals.note("Peer refused", {
      peerId,
      address,
      reason: details,
      ...error !== undefined && { error },
    });
    if (!gone.signal.aborted) end(stream, code, details);
  };

  if (!peerId) return refuse(status.UNAUTHENTICATED, "Missing peer_id");
  if (peerId.length > MAX_PEER_ID) return refuse(status.PERMISSION_DENIED, REFUSED);
  const tooMany = gate.call(address) ?? gate.open(address);
  if (typeof tooMany === "string") return refuse(status.RESOURCE_EXHAUSTED, tooMany);
  uses.push(tooMany);

  const entrance = new Entrance(visitor);
  const onTheWayIn = async (message: PeerMessage) => {
    const wasForTheDoor = entrance.hear(message);
    if (wasForTheDoor && message.payload?.case !== "proof") return;
    const session = await entered.promise;
    if (wasForTheDoor || !session || session.signal.aborted) return;
    await receive(message, session, rooms);
  };
  readEach<PeerMessage>(stream, (message) => {
    if (isUndecodable(message)) {
      refusals.note("Message refused", { peerId, address, reason: message.undecodable });
      return void end(stream, status.INVALID_ARGUMENT, message.undecodable);
    }
    if (!inside) return onTheWayIn(message);
    // What was on its way when the session ended is not heard.
    return inside.signal.aborted ? undefined : receive(message, inside, rooms);
  }, { limit: 1, fail: (error) => end(stream, status.INTERNAL, reasonOf(error)) });

  try {
    const signal = gone.signal;
    const admitted = await entrance.pass(grpc, door, { stream, edgeId, signal });
    if (admitted.hasJoined) {
      admitted.welcome();
      return void stream.end();
    }
    const coming = new Session(peerId, edgeId, stream);
    if (!await findRoom(coming, rooms)) return refuse(status.PERMISSION_DENIED, REFUSED);
    // From here on `leave` takes it out again.
    session = coming;
    if (gone.signal.aborted) return leave("connection lost");
    rooms.signed.set(session, admitted);
    uses.push(gate.admitted(address));
    admitted.welcome();
    await rooms.joined(session);
    if (admitted.hello) await receive(admitted.hello, session, rooms);
    inside = session;
    entered.resolve(session);
  } catch (error) {
    if (gone.signal.aborted) return;
    const refusal = refusalOf(grpc, error);
    refuse(refusal.code, refusal.details, refusal.error);
  }
}

/** Puts the session in; one of the same peer that does not answer any more makes room for it. */
async function findRoom(session: Session, rooms: Rooms): Promise<boolean> {
  const { sessions, probeMs, claim } = rooms;
  if (!sessions.add(session)) {
    const former = sessions.find(session.peerId);
    if (!former || await isAlive(former, probeMs)) return false;
    endReplaced(former, "This peer has connected anew");
    if (!sessions.add(session)) return false;
  }
  if (await claim(session)) return true;
  sessions.remove(session);
  return false;
}

/** Ends the stream of a peer that speaks by another one now. */
export function endReplaced({ stream }: Session, reason: string): void {
  end(stream, REPLACED_STATUS, reason);
}

/** Ends a stream with a status. That is what "error" means to the server side of the library. */
function end(stream: EdgeStream, code: number, details: string): void {
  stream.emit("error", Object.assign(new Error(details), { code, details }));
}

function sendAway({ lib }: Grpc, stream: EdgeStream): void {
  end(stream, lib.status.UNAVAILABLE, "Cancelling all calls");
}

function answer(call: UnaryCall, reply: UnaryReply, rooms: Rooms): void {
  const { grpc, gate, sessions, signed } = rooms;
  const { status } = grpc.lib;
  const { peerId, address } = visitorOf(call);
  if (!peerId) return reply({ code: status.UNAUTHENTICATED, details: "Missing peer_id" });
  const tooMany = gate.call(address);
  if (tooMany) return reply({ code: status.RESOURCE_EXHAUSTED, details: tooMany });
  const session = sessions.find(peerId);
  // Whoever has proved a key speaks by the connection that it was proved on.
  const isTheirs = session && (!signed.get(session)?.key || session.stream.getPeer() === address);
  if (!isTheirs) return reply({ code: status.FAILED_PRECONDITION, details: "Peer not connected" });
  if (isUndecodable(call.request)) {
    return reply({ code: status.INVALID_ARGUMENT, details: call.request.undecodable });
  }
  const { streams, store, log } = rooms;
  const holds = (peerId: string, catalogId: string) => store.holds(peerId, catalogId);
  void answerWebRTC(call.request, session, { streams, holds, log })
    .then((message) => reply(null, message));
}

/** Ends the streams of peers that fell silent: a zombie would believe that it is connected. */
async function watch(rooms: Rooms, listener: Listener, signal: AbortSignal): Promise<void> {
  const { grpc, gate, sessions, peerTimeoutMs, door, log } = rooms;
  while (!signal.aborted) {
    await pause(Math.min(peerTimeoutMs / 4, WATCH_MS), signal);
    for (const { stream, lastSeen } of sessions.all()) {
      if (Date.now() - lastSeen <= peerTimeoutMs) continue;
      const { DEADLINE_EXCEEDED } = grpc.lib.status;
      end(stream, DEADLINE_EXCEEDED, `No message for ${peerTimeoutMs / 1000} s`);
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
  if (session) end(session.stream, REVOKED_STATUS, "This peer was revoked");
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
