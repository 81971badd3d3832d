/**
 * One stream on its way in: what it says before it is admitted, and who it is then.
 *
 * @module
 */
import { Failure, reasonOf, UnavailableError } from "../../base/errors.ts";
import { orAborted } from "../../base/service.ts";
import type { GrantKey, PeerMessage, Proof } from "../messages.ts";
import type { EdgeStream, Grpc, UnaryCall } from "../proto.ts";
import type { Door, Visitor } from "./door.ts";

/** Said in the response headers to a peer that is asked for a proof. */
export const CHALLENGED = "peer_challenge";
/** How long the proof is waited for. */
const PROOF_MS = 10_000;
/** Messages that are passed over before the proof: of a peer that does not wait for the edge. */
const MAX_EARLY = 100;

export interface Admitted {
  /** Base64url; "" for an unsigned peer. */
  key: string;
  /** The edge's signature under its keys of grants, for a peer that has proved its own. */
  vouch?(keys: readonly GrantKey[]): string;
  /** It came to join, and to nothing else. */
  hasJoined: boolean;
  /** What it said while it was on its way in. */
  hello?: PeerMessage;
  /** Tells it that it is in: response headers, or the answer to its proof. */
  welcome(): void;
}

/** What a peer says of itself when it opens a stream. */
export function visitorOf(stream: EdgeStream | UnaryCall): Visitor {
  const text = (key: string) => stream.metadata.get(key)[0]?.toString() ?? "";
  return {
    peerId: text("peer_id"),
    peerKey: text("peer_key"),
    peerNonce: text("peer_nonce"),
    selector: text("peer_join"),
    address: stream.getPeer(),
  };
}

/**
 * The first messages of a stream: `hear` takes each of them and says whether it was for the door;
 * `pass` resolves when the peer may come in.
 */
export class Entrance {
  readonly #visitor: Visitor;
  readonly #proof = Promise.withResolvers<{ requestId: string; proof: Proof }>();
  #isOpen: boolean;
  #isAsked = false;
  #hello: PeerMessage | undefined;
  #early = 0;

  constructor(visitor: Visitor) {
    this.#visitor = visitor;
    this.#isOpen = visitor.peerKey === "";
    this.#proof.promise.catch(() => {}); // the stream may end first
  }

  /** Whether a challenge was made for it. */
  get isAsked(): boolean {
    return this.#isAsked;
  }

  /** Nothing of a signed peer is heard before its proof, except its hello. */
  hear(message: PeerMessage): boolean {
    if (this.#isOpen) return false;
    const { requestId, payload } = message;
    if (payload?.case === "proof") {
      this.#isOpen = true;
      this.#proof.resolve({ requestId, proof: payload.value });
    } else if (payload?.case === "hello") {
      this.#hello = message;
    } else if (++this.#early > MAX_EARLY) {
      this.#proof.reject(new UnavailableError(`${MAX_EARLY} messages came before the proof`));
    }
    return true;
  }

  /**
   * @throws {DeniedError} it may not come in
   * @throws {UnavailableError} it said nothing in time; or the stream has ended
   */
  async pass(
    { lib }: Grpc,
    door: Door,
    { stream, edgeId, signal }: { stream: EdgeStream; edgeId: string; signal: AbortSignal },
  ): Promise<Admitted> {
    const visitor = this.#visitor;
    const { peerKey: key, selector } = visitor;
    if (!key) {
      await door.admitUnsigned(visitor);
      // The original sends no headers until the end; so its peers cannot see that they are connected.
      return { key, hasJoined: false, welcome: () => stream.sendMetadata(new lib.Metadata()) };
    }
    const { challenge, check, vouch } = await door.ask(visitor);
    this.#isAsked = true;
    signal.throwIfAborted();
    const headers = new lib.Metadata();
    headers.set(CHALLENGED, "1");
    stream.sendMetadata(headers);
    stream.write({
      requestId: crypto.randomUUID(),
      edgeId,
      payload: { case: "challenge", value: challenge },
    });
    const timer = setTimeout(
      () => this.#proof.reject(new UnavailableError(`No proof came in ${PROOF_MS / 1000} s`)),
      PROOF_MS,
    );
    const answer = await orAborted(this.#proof.promise, signal).finally(() => clearTimeout(timer));
    if (!answer) throw new UnavailableError("The stream has ended");
    const mac = await check(answer.proof);
    signal.throwIfAborted();
    const { requestId } = answer;
    return {
      key,
      vouch,
      hasJoined: selector !== "",
      ...this.#hello && { hello: this.#hello },
      welcome() {
        stream.write({ requestId, edgeId, payload: { case: "admitted", value: { mac } } });
      },
    };
  }
}

/** The status that a peer is sent away with. */
export function refusalOf({ lib: { status } }: Grpc, error: unknown) {
  const details = reasonOf(error);
  if (!(error instanceof Failure)) {
    return { code: status.UNAVAILABLE, details: "The edge cannot look this peer up now", error };
  }
  const code = error instanceof UnavailableError ? status.UNAVAILABLE : status.PERMISSION_DENIED;
  return { code, details };
}
