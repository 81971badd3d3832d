/**
 * A stream to an edge that says at the door whatever a test makes it say.
 *
 * @module
 */
import { openClient } from "../../../src/edge/link/client.ts";
import type { EdgeMessage, PeerMessage } from "../../../src/edge/messages.ts";
import { type Grpc, openGrpc, type StatusObject } from "../../../src/edge/proto.ts";
import type { Challenge } from "../../../src/edge/messages.ts";
import { type IdentityKey } from "../../../src/edge/identity/mod.ts";
import { makeNonce, transcript } from "../../../src/edge/identity/transcript.ts";

/** An address of this machine that is not loopback's, if it has one. */
export const elsewhere: string | undefined = Deno.networkInterfaces()
  .find(({ family, address }) => family === "IPv4" && !address.startsWith("127."))?.address;

export interface Opened extends Disposable {
  /** The peer's nonce, as it was sent. */
  nonce: string;
  send(message: PeerMessage): void;
  /** Whether what was sent has left; a test that floods does not ask. */
  hasRoom(): Promise<void>;
  /** The message with this request id and without a payload. */
  receipt(requestId: string): Promise<EdgeMessage>;
  /** The first message of this kind, now or later; rejects when the stream ends first. */
  receive(kind: string): Promise<EdgeMessage>;
  ended: Promise<{ code: number; details: string }>;
}

/** Read once: a tenth of a second. */
let loaded: Promise<Grpc> | undefined;

/** Opens a stream with these metadata, and nothing of ours in between. */
export async function open(address: string, metadata: Record<string, string>): Promise<Opened> {
  const grpc = await (loaded ??= openGrpc());
  const client = await openClient(grpc, { address, useTls: false });
  const { path, requestSerialize, responseDeserialize } = grpc.service.asyncOperations!;
  const headers = new grpc.lib.Metadata();
  for (const [key, value] of Object.entries(metadata)) headers.set(key, value);
  const stream = client.makeBidiStreamRequest<PeerMessage, EdgeMessage>(
    path,
    requestSerialize,
    responseDeserialize,
    headers,
  );
  const received: EdgeMessage[] = [];
  let wake = () => {};
  const ended = Promise.withResolvers<{ code: number; details: string }>();
  stream.on("error", () => {});
  stream.on("data", (message: EdgeMessage) => {
    received.push(message);
    wake();
  });
  stream.once("status", ({ code, details }: StatusObject) => ended.resolve({ code, details }));
  const take = async (isIt: (message: EdgeMessage) => boolean, what: string) => {
    for (;;) {
      const at = received.findIndex(isIt);
      if (at >= 0) return received.splice(at, 1)[0]!;
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      const end = await Promise.race([promise, ended.promise]);
      if (end) throw new Error(`ended before ${what}: ${end.code} ${end.details}`);
    }
  };
  return {
    nonce: metadata.peer_nonce ?? "",
    send: (message) => void stream.write(message),
    hasRoom: () =>
      stream.writableNeedDrain
        ? new Promise((resolve) => void stream.once("drain", () => resolve()))
        : Promise.resolve(),
    receive: (kind) => take((it) => it.payload?.case === kind, kind),
    receipt: (id) => take((it) => it.requestId === id && !it.payload, id),
    ended: ended.promise,
    [Symbol.dispose]() {
      stream.cancel();
      client.close();
    },
  };
}

/** Opens a stream as the owner of `key`, as far as the challenge. */
export function openSigned(
  address: string,
  peerId: string,
  key: IdentityKey,
  more: Record<string, string> = {},
): Promise<Opened> {
  return open(address, {
    "peer_id": peerId,
    "peer_key": key.publicKey,
    "peer_nonce": makeNonce(),
    ...more,
  });
}

/** The right answer to a challenge. */
export function proofOf(
  { requestId, edgeId, payload }: EdgeMessage,
  { peerId, key, nonce }: { peerId: string; key: IdentityKey; nonce: string },
): PeerMessage {
  const challenge = payload!.value as Challenge;
  const signature = key.sign(transcript("peer enters", {
    edgeId,
    edgeKey: challenge.publicKey,
    edgeNonce: challenge.nonce,
    peerId,
    peerKey: key.publicKey,
    peerNonce: nonce,
  }));
  return { requestId, payload: { case: "proof", value: { signature, share: "", mac: "" } } };
}
