/**
 * Detects the drives at start and now and then, so that one plugged in later has its own lane.
 *
 * @module
 */
import { UnavailableError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { pause, type Service } from "../base/service.ts";
import type { Peer } from "./peer.ts";

const EVERY_MS = 60_000;

export function detectNowAndThen(peer: Peer, log: Log): Service {
  return async (signal) => {
    while (!signal.aborted) {
      try {
        await peer.drives.refresh(signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof UnavailableError)) throw error;
        log.warn("Drives were not detected: what was known of them stays", { error });
      }
      await pause(EVERY_MS, signal);
    }
  };
}
