/**
 * How bright and colourful a picture may become, by what its container says of its colours.
 *
 * @module
 */
import type { HdrKind } from "../../media.ts";

export interface Colour {
  /** ITU-T H.273, table 3: 16 is PQ, 18 is HLG. */
  transfer?: number | undefined;
  hasDolbyVision?: boolean;
  /** Dynamic metadata of SMPTE ST 2094-40, where the container announces it. */
  hasHdr10Plus?: boolean;
}

const PQ = 16;
const HLG = 18;

/** Undefined of a picture of the ordinary kind. */
export function hdrOf({ transfer, hasDolbyVision, hasHdr10Plus }: Colour): HdrKind | undefined {
  if (hasDolbyVision) return "Dolby Vision";
  if (transfer === PQ) return hasHdr10Plus ? "HDR10+" : "HDR10";
  return transfer === HLG ? "HLG" : undefined;
}
