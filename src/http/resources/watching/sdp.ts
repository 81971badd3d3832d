/**
 * The lines of SDP that WHEP looks at: fragments of addresses (RFC 8840), and whose they are.
 *
 * @module
 */
import { InvalidError } from "../../../base/errors.ts";

export interface Fragment {
  /** The sender's ICE name; another one than before would be a restart. */
  ufrag: string | undefined;
  candidates: { candidate: string; sdpMid: string; sdpMLineIndex: number }[];
}

const MAX_CANDIDATES = 32;
const MAX_LINE = 1000;

/** @throws {InvalidError} it is no fragment, or far too long */
export function readFragment(text: string): Fragment {
  const lines = text.split(/\r?\n/).filter((line) => line !== "");
  const candidates: Fragment["candidates"] = [];
  let [mid, index] = ["0", -1];
  for (const line of lines) {
    if (!/^[a-z]=/.test(line) || line.length > MAX_LINE) {
      throw new InvalidError("Cannot read the fragment: expected lines of SDP (RFC 8840)");
    }
    if (line.startsWith("m=")) mid = String(++index);
    if (line.startsWith("a=mid:")) mid = line.slice("a=mid:".length);
    if (!line.startsWith("a=candidate:")) continue;
    candidates.push({ candidate: line.slice(2), sdpMid: mid, sdpMLineIndex: Math.max(index, 0) });
  }
  if (candidates.length > MAX_CANDIDATES) {
    throw new InvalidError(`Cannot take more than ${MAX_CANDIDATES} candidates at once`);
  }
  return { ufrag: ufragOf(text), candidates };
}

/** The first ICE name in an SDP. */
export function ufragOf(sdp: string): string | undefined {
  return /^a=ice-ufrag:(\S+)\s*$/m.exec(sdp)?.[1];
}
