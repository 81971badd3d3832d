/**
 * What is looked at in an SDP before somebody is asked for anything with it.
 *
 * @module
 */
import { InvalidError } from "../errors.ts";

/** @throws {InvalidError} it is no SDP; `what` cannot be done: "answer the offer" */
export function assertSdp(text: string, what: string): void {
  if (/^v=0\r?\n/.test(text) && /^m=/m.test(text)) return;
  throw new InvalidError(`Cannot ${what}: expected SDP, from v=0 on`);
}

/** Whether it speaks of what films come over. */
export function hasData(sdp: string): boolean {
  return /^m=application .*\bwebrtc-datachannel\b/m.test(sdp);
}

/** @throws {InvalidError} it is no SDP, or none of a data channel */
export function assertData(sdp: string, what: string): void {
  assertSdp(sdp, what);
  if (!hasData(sdp)) throw new InvalidError(`Cannot ${what}: it asks for no data channel`);
}
