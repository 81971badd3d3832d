/**
 * Two ends that know the same PIN find a key that nobody else can: CPace (the balanced PAKE that
 * the IRTF's crypto forum chose) over ristretto255. Whoever stands between them, or pretends to be
 * one of them, may try one PIN a run, and learns nothing to try others with at home; a plain MAC
 * with a PIN of six digits as its key would fall to a million tries in a second.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { InvalidError } from "../../base/errors.ts";
import { type Introduced, joined, type Purpose, transcript } from "./transcript.ts";

export interface Pairing {
  /** This end's half, for the other end; base64url. */
  share: string;
  /**
   * What both ends have in common, if they know the same PIN.
   *
   * @throws {InvalidError} `share` is none
   */
  agree(share: string, isEdge: boolean): Agreement;
}

export interface Agreement {
  /** The proof that `who` knows the PIN and has seen these two keys; base64url. */
  mac(who: "edge pairs" | "peer pairs"): string;
  /** In constant time. */
  isMac(who: "edge pairs" | "peer pairs", mac: string): boolean;
}

/** One end's run; `secret` is what `secretOf` makes of the PIN. */
export async function startPairing(secret: Uint8Array, said: Introduced): Promise<Pairing> {
  const { ristretto255, ristretto255_hasher } = await import("@noble/curves/ed25519");
  const { Point } = ristretto255;
  // Both keys are in the generator: with another key in between, nothing fits.
  const generator = ristretto255_hasher.hashToCurve(
    joined(secret, transcript("pairing", said)),
    { DST: "giggityflix-CPace-ristretto255" },
  ) as InstanceType<typeof Point>;
  const scalar = Point.Fn.fromBytes(wide(Point.Fn.ORDER));
  const share = generator.multiply(scalar).toBytes();
  return {
    share: Buffer.from(share).toString("base64url"),
    agree(theirs, isEdge) {
      const other = Buffer.from(theirs, "base64url");
      let common;
      try {
        common = Point.fromBytes(other).multiply(scalar);
        if (common.is0()) throw new RangeError("zero");
      } catch (cause) {
        throw new InvalidError("Cannot pair: the other end's half is no point", {}, { cause });
      }
      const shares = isEdge ? [share, other] : [other, share];
      const key = createHash("sha512").update(joined(common.toBytes(), ...shares)).digest();
      const mac = (who: Purpose) =>
        createHmac("sha256", key).update(transcript(who, said)).digest();
      return {
        mac: (who) => mac(who).toString("base64url"),
        isMac(who, text) {
          const given = Buffer.from(text, "base64url");
          const right = mac(who);
          return given.length === right.length && timingSafeEqual(given, right);
        },
      };
    },
  };
}

/** A number from 1 to below `order`, every one as likely: 48 bytes make the bias negligible. */
function wide(order: bigint): Uint8Array {
  const bytes = crypto.getRandomValues(new Uint8Array(48));
  const number = BigInt(`0x${Buffer.from(bytes).toString("hex")}`) % (order - 1n) + 1n;
  return Buffer.from(number.toString(16).padStart(64, "0"), "hex").reverse();
}
