/**
 * By which sign-in or token each play was begun: with that it ends, though its viewer may still play.
 * A play of which that is not known, for this edge was started anew since, ends with any of theirs.
 *
 * @module
 */
import { dropOldest } from "../../../base/bounded/oldest.ts";
import { DeniedError } from "../../../base/errors.ts";
import type { Log } from "../../../base/log.ts";
import type { EdgePort } from "../../../http/mod.ts";

type Plays = Pick<EdgePort, "openStream" | "streams" | "revokeGrants">;

/** As many as an edge has open; and proofs that were over lately, for a play may be opening by one. */
const MAX_KNOWN = 10_000;
const MAX_OVER = 1000;

const REASON = "signed out";

/** What ends by itself is forgotten. */
const ENDINGS = ["grant.ended", "grant.expired", "grant.revoked", "grant.refused"];

/** `plays` of which each ends with what it was begun by; `onEvent` hears all that happens here. */
export function endingWithProof(
  plays: Plays,
  isOn: (proof: string) => Promise<boolean>,
  log: Log,
) {
  const proofs = new Map<string, string>();
  const over = new Set<string>();

  const revoke = (sessionId: string) => plays.revokeGrants({ sessionId }, REASON);
  const begunWith = (proof: string) =>
    [...proofs].filter(([, by]) => by === proof).map(([sessionId]) => sessionId);
  const endAll = async (proof: string, userId: string) => {
    const unknown = plays.streams(userId).map(({ sessionId }) => sessionId)
      .filter((sessionId) => !proofs.has(sessionId));
    for (const sessionId of [...begunWith(proof), ...unknown]) await revoke(sessionId);
  };

  /** What ended while this edge could not hear the others, it was not told. */
  const endMissed = async () => {
    for (const proof of new Set(proofs.values())) {
      if (await isOn(proof)) continue;
      for (const sessionId of begunWith(proof)) await revoke(sessionId);
    }
  };
  const told = (ending: Promise<void>) => {
    ending.catch((error) =>
      log.error("Cannot end what plays by a sign-in that is over", { error })
    );
  };

  return {
    openStream: (async (request, signal) => {
      const stream = await plays.openStream(request, signal);
      const { begunBy } = request;
      if (begunBy === undefined) return stream;
      proofs.set(stream.sessionId, begunBy);
      dropOldest(proofs, MAX_KNOWN);
      if (!over.has(begunBy)) return stream;
      await revoke(stream.sessionId);
      throw new DeniedError("Cannot play: you were signed out meanwhile. Sign in again");
    }) satisfies Plays["openStream"],

    onEvent(type: string, data: Record<string, unknown>): void {
      if (type === "edge.rejoined") told(endMissed());
      if (ENDINGS.includes(type) && data.end === "edge") proofs.delete(String(data.session_id));
      const proof = type === "session.ended"
        ? data.sessionId
        : type === "token.deleted"
        ? data.tokenId
        : undefined;
      if (typeof proof !== "string") return;
      over.add(proof);
      dropOldest(over, MAX_OVER);
      told(endAll(proof, String(data.userId)));
    },
  };
}
