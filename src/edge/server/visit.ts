/**
 * One stream of a peer: from its opening until the peer is in, and then until it has gone.
 *
 * @module
 */
import { DeniedError, reasonOf } from "../../base/errors.ts";
import { isUndecodable, type Undecodable } from "../codec.ts";
import { readEach } from "../conversation.ts";
import { Entrance, type Gate, type Guest, isAlive, refusalOf, visitorOf } from "../identity/mod.ts";
import type { PeerMessage } from "../messages.ts";
import { type EdgeStream, type Grpc, isClosedByPeer, refusalOfLibrary } from "../proto.ts";
import { receive } from "./inbox.ts";
import type { ServeContext } from "./serve.ts";
import { Session } from "./sessions.ts";

export type Rooms = ServeContext & { grpc: Grpc; gate: Gate };

/** The published words for: full, or here already, or not what it should be. */
const REFUSED = "Peer validation failed";
/** Longest peer id that is let in. */
const MAX_PEER_ID = 200;
/** ABORTED. */
const REPLACED_STATUS = 10;

/** What is needed until the peer is in, and not kept for thousands who are. */
interface WayIn {
  entrance: Entrance;
  entered: PromiseWithResolvers<Session | undefined>;
  gone: AbortController;
}

export class Visit {
  readonly #stream: EdgeStream;
  readonly #rooms: Rooms;
  readonly #peerId: string;
  readonly #address: string;
  #way: WayIn | undefined;
  /** Among the sessions; `leave` takes it out again. */
  #session: Session | undefined;
  #isCounted = false;
  #guest: Guest | undefined;

  constructor(stream: EdgeStream, rooms: Rooms) {
    const visitor = visitorOf(stream);
    this.#stream = stream;
    this.#rooms = rooms;
    this.#peerId = visitor.peerId;
    this.#address = visitor.address;
    this.#way = {
      entrance: new Entrance(visitor),
      entered: Promise.withResolvers(),
      gone: new AbortController(),
    };
    stream.on("error", (error) => this.#leave(reasonOf(error)));
    stream.on("cancelled", () => this.#cut());
    stream.on("end", () => {
      this.#leave(isClosedByPeer(stream) ? "goodbye" : "connection lost");
      stream.end();
    });
  }

  /** Resolves when the peer is in, or away. */
  async enter(): Promise<void> {
    const { grpc: { lib: { status } }, gate } = this.#rooms;
    const [peerId, address] = [this.#peerId, this.#address];
    if (!peerId) return this.#refuse(status.UNAUTHENTICATED, "Missing peer_id");
    if (peerId.length > MAX_PEER_ID) return this.#refuseAsPublished("its name is too long");
    const tooMany = gate.call(address) ?? gate.open(address);
    if (tooMany) return this.#refuse(status.RESOURCE_EXHAUSTED, tooMany);
    this.#isCounted = true;
    const stream = this.#stream;
    const fail = (error: unknown) => endWith(stream, status.INTERNAL, reasonOf(error));
    readEach<PeerMessage>(stream, (message) => this.#hear(message), { limit: 1, fail });
    const way = this.#way!;
    try {
      if (await this.#passDoor(way)) this.#way = undefined;
    } catch (error) {
      // Who goes away at the challenge has cost as much; a store that fails is nobody's fault here.
      if (way.entrance.isAsked || error instanceof DeniedError) gate.failed(address);
      if (way.gone.signal.aborted) return;
      const refusal = refusalOf(this.#rooms.grpc, error);
      this.#refuse(refusal.code, refusal.details, refusal.error);
    } finally {
      way.entered.resolve(undefined);
    }
  }

  /** Whether the peer is in. */
  async #passDoor({ entrance, entered, gone: { signal } }: WayIn): Promise<boolean> {
    const rooms = this.#rooms;
    const { grpc, gate, door, edgeId } = rooms;
    const stream = this.#stream;
    const admitted = await entrance.pass(grpc, door, { stream, edgeId, signal });
    const { key, vouch, hasJoined, hello } = admitted;
    if (hasJoined) {
      admitted.welcome();
      stream.end();
      return false;
    }
    const session = new Session(this.#peerId, edgeId, stream);
    session.isBelieved = await door.believes(this.#peerId, this.#address);
    const obstacle = await findRoom(session, rooms);
    if (obstacle !== undefined) {
      gate.failed(this.#address);
      this.#refuseAsPublished(obstacle);
      return false;
    }
    this.#session = session;
    if (signal.aborted) {
      this.#leave("connection lost");
      return false;
    }
    if (key) rooms.signed.set(session, { key, ...vouch && { vouch } });
    this.#guest = gate.admitted(this.#address);
    admitted.welcome();
    await rooms.joined(session);
    if (hello) await receive(hello, session, rooms);
    entered.resolve(session);
    return true;
  }

  #hear(message: PeerMessage | Undecodable): Promise<unknown> | undefined {
    if (isUndecodable(message)) {
      const { grpc, refusals } = this.#rooms;
      const [peerId, address] = [this.#peerId, this.#address];
      refusals.note("Message refused", { peerId, address, reason: message.undecodable });
      endWith(this.#stream, grpc.lib.status.INVALID_ARGUMENT, message.undecodable);
      return undefined;
    }
    if (this.#way) return this.#hearEarly(message, this.#way);
    const session = this.#session!;
    // What was on its way when the session ended is not heard.
    return session.signal.aborted ? undefined : receive(message, session, this.#rooms);
  }

  async #hearEarly(message: PeerMessage, { entrance, entered }: WayIn): Promise<void> {
    const wasForTheDoor = entrance.hear(message);
    if (wasForTheDoor && message.payload?.case !== "proof") return;
    const session = await entered.promise;
    if (wasForTheDoor || !session || session.signal.aborted) return;
    await receive(message, session, this.#rooms);
  }

  /** In words that say all or nothing; the log says which. */
  #refuseAsPublished(reason: string): void {
    this.#refuse(this.#rooms.grpc.lib.status.PERMISSION_DENIED, REFUSED, undefined, reason);
  }

  #refuse(code: number, details: string, error?: unknown, reason = details): void {
    this.#rooms.refusals.note("Peer refused", {
      peerId: this.#peerId,
      address: this.#address,
      reason,
      ...error !== undefined && { error },
    });
    if (!this.#way?.gone.signal.aborted) endWith(this.#stream, code, details);
  }

  /** The connection has gone, or the library has ended the stream by itself. */
  #cut(): void {
    const reason = refusalOfLibrary(this.#stream);
    const { signal } = this.#session ?? this.#way?.gone ?? {};
    if (reason && !signal?.aborted) {
      const [peerId, address] = [this.#peerId, this.#address];
      this.#rooms.refusals.note("Message refused", { peerId, address, reason });
    }
    this.#leave(reason ?? "connection lost");
  }

  #leave(reason: string): void {
    const { gate, sessions } = this.#rooms;
    this.#way?.gone.abort();
    if (this.#isCounted) gate.close(this.#address);
    this.#isCounted = false;
    gate.left(this.#guest);
    this.#guest = undefined;
    const session = this.#session;
    session?.over();
    if (session && sessions.remove(session)) void this.#rooms.left(session, reason);
  }
}

/**
 * Puts the session in; one of the same peer that does not answer any more makes room for it. Returns
 * what is in its way.
 */
async function findRoom(session: Session, rooms: Rooms): Promise<string | undefined> {
  const { sessions, probeMs, claim } = rooms;
  const full = `${sessions.max} peers are here, and no more may come (MAX_PEERS)`;
  if (!sessions.add(session)) {
    const former = sessions.find(session.peerId);
    if (!former) return full;
    if (await isAlive(former, probeMs)) return "another stream of this peer is open, and answers";
    endReplaced(former, "This peer has connected anew");
    if (!sessions.add(session)) return full;
  }
  if (await claim(session)) return undefined;
  sessions.remove(session);
  return "this peer is connected to another edge, and answers there";
}

/** Ends the stream of a peer that speaks by another one now. */
export function endReplaced({ stream }: Session, reason: string): void {
  endWith(stream, REPLACED_STATUS, reason);
}

/** Ends a stream with a status. That is what "error" means to the server side of the library. */
export function endWith(stream: EdgeStream, code: number, details: string): void {
  stream.emit("error", Object.assign(new Error(details), { code, details }));
}
