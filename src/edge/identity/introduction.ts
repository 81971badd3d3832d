/**
 * The peer's side of the door, between the gRPC library and the link: it shows the key, checks what
 * the edge says of itself, proves the key, and lets nothing through to an edge that is another than
 * the one that was joined. The link above knows nothing of it.
 *
 * @module
 */
import { reasonOf } from "../../base/errors.ts";
import type { Challenge, EdgeMessage, PeerMessage } from "../messages.ts";
import type { Grpc, Interceptor, Metadata, StatusObject } from "../proto.ts";
import { CHALLENGED } from "./entrance.ts";
import {
  fingerprintOf,
  type IdentityKey,
  isPublicKey,
  isSignedBy,
  showFingerprint,
} from "./keys.ts";
import { type Introduced, isNonce, makeNonce, transcript } from "./transcript.ts";

export interface IntroductionOptions {
  key: IdentityKey;
  peerId: string;
  /** Fingerprint of the edge that was joined; nothing is said to another. */
  pin?: string | undefined;
  /** For a peer that joins: the open part of the PIN, and what to make of the challenge. */
  pairing?: {
    selector: string;
    answer(challenge: Challenge, said: Introduced): Promise<{ share: string; mac: string }>;
    /** @returns why the edge's own proof does not count, if it does not */
    check(mac: string): string | undefined;
  };
  /** How long the edge's word is waited for where it must come. */
  timeoutMs: number;
  /** Is told what was said at the door once the edge has let this peer in. */
  introduced?: ((said: Introduced) => void) | undefined;
}

/** Rewrites what a status says, where people should read something else. */
export type Explain = (status: StatusObject) => StatusObject;

type Call = ReturnType<Parameters<Interceptor>[1]>;

/** An interceptor of every call of one client; without `options` nobody is introduced. */
export function introduction(
  { lib }: Grpc,
  options: IntroductionOptions | undefined,
  explain: Explain,
): Interceptor {
  return (callOptions, nextCall) => {
    const call = nextCall(callOptions);
    if (!options || !callOptions.method_definition.requestStream) {
      return new lib.InterceptingCall(call, {
        start: (metadata, _listener, next) =>
          next(metadata, { onReceiveStatus: (status, pass) => pass(explain(status)) }),
      });
    }
    const refuse = (reason: string) => call.cancelWithStatus(lib.status.PERMISSION_DENIED, reason);
    const talk = new Introduction(call, options, refuse);
    return new lib.InterceptingCall(call, {
      start(metadata, listener, next) {
        talk.begin(metadata, () => listener);
        // With one parameter each, they stand in the way of what comes and order it themselves.
        next(metadata, {
          onReceiveMetadata: (headers: Metadata) => talk.headers(headers),
          onReceiveMessage: (message: EdgeMessage) => talk.receive(message),
          onReceiveStatus: (status: StatusObject) =>
            listener.onReceiveStatus(talk.end(explain(status))),
        });
      },
      sendMessage: (message, next) => talk.send(() => next(message)),
    });
  };
}

interface Above {
  onReceiveMetadata(headers: Metadata): void;
  onReceiveMessage(message: EdgeMessage): void;
}

/** One stream's introduction. */
class Introduction {
  readonly #call: Call;
  readonly #options: IntroductionOptions;
  readonly #refuse: (reason: string) => void;
  readonly #nonce = makeNonce();
  /** "in" when the edge has let this peer in, or is one that asks for nothing. */
  #state: "waiting" | "asked" | "proved" | "in" = "waiting";
  #above: () => Above = () => ({ onReceiveMetadata() {}, onReceiveMessage() {} });
  #headers: Metadata | undefined;
  #unsent: (() => void)[] = [];
  #challenge: Challenge | undefined;
  #said: Introduced | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failure: string | undefined;

  constructor(call: Call, options: IntroductionOptions, refuse: (reason: string) => void) {
    this.#call = call;
    this.#options = options;
    this.#refuse = refuse;
  }

  begin(metadata: Metadata, above: () => Above): void {
    const { key, pairing, timeoutMs } = this.#options;
    this.#above = above;
    metadata.set("peer_key", key.publicKey);
    metadata.set("peer_nonce", this.#nonce);
    if (pairing) metadata.set("peer_join", pairing.selector);
    if (!this.#mustProve) return;
    this.#timer = setTimeout(
      () => this.#giveUp(`The edge has not proved who it is in ${timeoutMs / 1000} s`),
      timeoutMs,
    );
  }

  headers(headers: Metadata): void {
    if (this.#state === "waiting" && headers.get(CHALLENGED).length > 0) this.#state = "asked";
    if (this.#isHolding) this.#headers = headers;
    else this.#above().onReceiveMetadata(headers);
  }

  receive(message: EdgeMessage): void {
    const { payload } = message;
    if (payload?.case === "challenge" && this.#state !== "in" && !this.#challenge) {
      this.#state = "asked";
      this.#challenge = payload.value;
      this.#prove(message, payload.value).catch((error) => this.#giveUp(reasonOf(error)));
      return this.#call.startRead();
    }
    if (payload?.case === "admitted" && this.#state === "proved") {
      const wrong = this.#options.pairing?.check(payload.value.mac);
      if (wrong) return this.#giveUp(wrong);
      if (this.#said) this.#options.introduced?.(this.#said);
      this.#enter();
      return this.#call.startRead();
    }
    if (!this.#isHolding) return this.#above().onReceiveMessage(message);
    this.#giveUp("The edge has not proved who it is: it spoke of other things first");
  }

  /** To an edge that may be any, the first words go at once: an original never speaks first. */
  send(pass: () => void): void {
    if (this.#isHolding) this.#unsent.push(pass);
    else pass();
  }

  end(status: StatusObject): StatusObject {
    clearTimeout(this.#timer);
    return this.#failure === undefined ? status : { ...status, details: this.#failure };
  }

  get #mustProve(): boolean {
    return this.#options.pin !== undefined || this.#options.pairing !== undefined;
  }

  get #isHolding(): boolean {
    if (this.#state === "in") return false;
    return this.#mustProve || this.#state !== "waiting";
  }

  async #prove(message: EdgeMessage, challenge: Challenge): Promise<void> {
    const { key, peerId, pin, pairing } = this.#options;
    const said: Introduced = this.#said = {
      edgeId: message.edgeId,
      edgeKey: challenge.publicKey,
      edgeNonce: challenge.nonce,
      peerId,
      peerKey: key.publicKey,
      peerNonce: this.#nonce,
    };
    const wrong = whatIsWrong(challenge, said, pin);
    if (wrong) return this.#giveUp(wrong);
    const paired = await pairing?.answer(challenge, said) ?? { share: "", mac: "" };
    const value = { signature: key.sign(transcript("peer enters", said)), ...paired };
    this.#state = "proved";
    const { requestId } = message;
    const proof: PeerMessage = { requestId, payload: { case: "proof", value } };
    this.#call.sendMessageWithContext({}, proof);
  }

  #enter(): void {
    this.#state = "in";
    clearTimeout(this.#timer);
    if (this.#headers) this.#above().onReceiveMetadata(this.#headers);
    for (const send of this.#unsent.splice(0)) send();
  }

  #giveUp(reason: string): void {
    this.#failure ??= reason;
    clearTimeout(this.#timer);
    this.#refuse(reason);
  }
}

/** Why the edge is not the one that it should be. */
function whatIsWrong(
  { publicKey, nonce, signature }: Challenge,
  said: Introduced,
  pin: string | undefined,
): string | undefined {
  if (!isPublicKey(publicKey) || !isNonce(nonce)) return "The edge's challenge is none";
  if (pin !== undefined && fingerprintOf(publicKey) !== pin) {
    return `The edge is not the one that was joined: its key is ` +
      `${showFingerprint(fingerprintOf(publicKey))}, expected ${showFingerprint(pin)}. ` +
      `If its key was made anew, join it again`;
  }
  if (isSignedBy(publicKey, transcript("edge admits", said), signature)) return undefined;
  return "The edge's signature is wrong";
}
