/**
 * Joining an edge with a PIN: both ends prove that they know it, and from then on each knows the
 * other's key. Whoever is between them without the PIN is refused by both.
 *
 * @module
 */
import { DeniedError, UnavailableError } from "../../../base/errors.ts";
import { untilAborted } from "../../../base/service.ts";
import { openClient, type Way } from "../../link/client.ts";
import { openGrpc, type StatusObject } from "../../proto.ts";
import { fingerprintOf, type IdentityKey } from "../keys.ts";
import { type Agreement, startPairing } from "../pairing.ts";
import { parsePin, secretOf } from "./pins.ts";

export interface JoinOptions {
  /** Where the edge is, and how it is reached. */
  way: Omit<Way, "identity">;
  peerId: string;
  key: IdentityKey;
  pin: string;
  /** 30,000 unless said. */
  timeoutMs?: number;
}

/**
 * The fingerprint of the edge that was joined.
 *
 * @throws {InvalidError} the PIN is none
 * @throws {DeniedError} the edge does not take it, or is not the one that gave it
 * @throws {UnavailableError} the edge cannot be reached
 */
export async function joinEdge(options: JoinOptions, signal: AbortSignal): Promise<string> {
  const { way, peerId, key, timeoutMs = 30_000 } = options;
  const pin = parsePin(options.pin);
  let agreement: Agreement | undefined;
  let fingerprint = "";
  let joined = false;
  const identity = {
    key,
    timeoutMs,
    pairing: {
      selector: pin.selector,
      async answer(challenge: { publicKey: string; share: string }, said: Said) {
        if (!challenge.share) throw new DeniedError("Cannot join: this edge takes no PINs");
        fingerprint = fingerprintOf(challenge.publicKey);
        const pairing = await startPairing(await secretOf(pin, challenge.publicKey), said);
        agreement = pairing.agree(challenge.share, false);
        return { share: pairing.share, mac: agreement.mac("peer pairs") };
      },
      check(mac: string) {
        joined = agreement?.isMac("edge pairs", mac) ?? false;
        return joined ? undefined : "Cannot join: what answers does not know the PIN. " +
          "Somebody may be between this peer and the edge";
      },
    },
  };
  const grpc = await openGrpc();
  const client = await openClient(grpc, { ...way, peerId, identity });
  try {
    const stream = grpc.call(client, peerId);
    const ended = Promise.withResolvers<StatusObject>();
    stream.on("error", () => {}); // told by "status" as well
    stream.on("data", () => {});
    stream.once("status", (status: StatusObject) => ended.resolve(status));
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    void untilAborted(limit).then(() => stream.cancel());
    const { code, details } = await ended.promise;
    if (joined) return fingerprint;
    signal.throwIfAborted();
    const { PERMISSION_DENIED, CANCELLED } = grpc.lib.status;
    if (code === PERMISSION_DENIED) throw new DeniedError(details);
    const state = code === CANCELLED ? `no answer in ${timeoutMs / 1000} s` : details;
    throw new UnavailableError(`Cannot join the edge at ${way.address}: ${state}`);
  } finally {
    client.close();
  }
}

type Said = Parameters<typeof startPairing>[1];
