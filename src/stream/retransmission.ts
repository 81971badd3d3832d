/**
 * How long a lost packet of the data channel is waited for. The library never waits less than 1 s,
 * as RFC 4960 (section 6.3.1) would have it; browsers wait 0.4 s at least, and so do we: the first
 * chunk of a stream gets lost in about every other connection, and a viewer sees the difference.
 *
 * @module
 */

/** The association, as far as its waiting goes. Times in seconds. */
export interface Retransmitting {
  /** How long the next packet is waited for; doubled by nobody, set after each measurement. */
  rto: number;
  srtt?: number | undefined;
  rttvar?: number | undefined;
}

const LEAST_SECONDS = 0.4;
/** The library's own least: what it sets when the measured time is shorter. */
const LIBRARY_LEAST_SECONDS = 1;

/** Lets `association` wait as long as the measured round trips ask for, and 0.4 s at least. */
export function waitLess(association: Retransmitting): void {
  let seconds = association.rto;
  Object.defineProperty(association, "rto", {
    configurable: true,
    get: () => seconds,
    set: (asked: number) => {
      const { srtt = asked, rttvar = 0 } = association;
      seconds = asked > LIBRARY_LEAST_SECONDS ? asked : Math.max(LEAST_SECONDS, srtt + 4 * rttvar);
    },
  });
}
