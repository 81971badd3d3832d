/**
 * When scans happen: at start, at intervals, after a change of the media folders, and when asked.
 *
 * @module
 */
import { ConflictError, Failure } from "../../base/errors.ts";
import type { Log } from "../../base/log.ts";
import { orAborted, pause, type Service, untilAborted } from "../../base/service.ts";
import type { Configuration } from "../../config/mod.ts";
import type { ScanReport } from "../../media/mod.ts";
import { CancelledError } from "../../pool/mod.ts";
import { addFolders } from "./library/add_folders.ts";
import type { Peer } from "./peer.ts";
import { createWakeUps } from "./wake_ups.ts";

export interface ScannerOptions {
  peer: Peer;
  config: Configuration;
  log: Log;
  /** Ends every scan. */
  signal: AbortSignal;
}

/** A scan that failed, of a full disk for example, is tried again after this long. */
const RETRY_MS = 60_000;
const BUSY_MS = 500;

export function createScanner({ peer, config, log, signal }: ScannerOptions) {
  let nudged = new AbortController();

  const waitForDrives = createWakeUps({
    gate: peer.drives.gate,
    locate: peer.drives.locate,
    onAwake: () => nudged.abort(),
    signal,
  });

  const scanAll = async (
    signal: AbortSignal,
    { folders, leaveAsleep = false }: { folders?: string[] | undefined; leaveAsleep?: boolean } =
      {},
  ): Promise<ScanReport> => {
    // Before the drives are known every file would go through the lane of the unknown.
    await orAborted(peer.drives.watched, signal);
    signal.throwIfAborted();
    await peer.refreshFolders();
    const report = await peer.library.scan({ signal, leaveAsleep, ...folders && { folders } });
    waitForDrives(report.asleep ?? []);
    return report;
  };

  const keepScanning = async (intervalMinutes: number, signal: AbortSignal) => {
    while (!signal.aborted) {
      nudged = new AbortController();
      const either = AbortSignal.any([signal, nudged.signal]);
      const waitMs = await scanAll(signal, { leaveAsleep: true }).then(
        () => intervalMinutes * 60_000,
        (error) => {
          if (signal.aborted) return 0;
          if (error instanceof CancelledError) return intervalMinutes * 60_000;
          // Somebody else asked for a scan: this one has its turn after that.
          if (error instanceof ConflictError) return BUSY_MS;
          if (!(error instanceof Failure)) throw error;
          log.error("Scan gave up", { error });
          return RETRY_MS;
        },
      );
      if (waitMs > 0) await pause(waitMs, either);
      else await untilAborted(either);
    }
  };

  const service: Service = config.live.service(
    ({ mediaDirs, includeExtensions, excludeDirs, hashAlgorithms, scanIntervalMinutes }) => ({
      mediaDirs,
      includeExtensions,
      excludeDirs,
      hashAlgorithms,
      scanIntervalMinutes,
    }),
    ({ scanIntervalMinutes }, signal) => keepScanning(scanIntervalMinutes, signal),
  );

  return {
    service,
    /** Scans once more, now or after the scan under way: there may be something left to do. */
    nudge: (): void => nudged.abort(),
    /** The scans that REST asks for. They outlive the request. */
    port: {
      scan: async (folders: string[] | undefined): Promise<ScanReport> => {
        refusePaused();
        const only = folders && await addFolders(folders, { config, peer, log });
        return await whenFree(() => scanAll(signal, { folders: only }));
      },
      beginScan: async (folders: string[] | undefined): Promise<void> => {
        refusePaused();
        const only = folders && await addFolders(folders, { config, peer, log });
        if (peer.library.scanState().running) {
          if (only) return; // new folders begin a scan by themselves
          throw new ConflictError("Cannot scan: a scan is under way");
        }
        scanAll(signal, { folders: only }).catch((error) => {
          if (!signal.aborted) log.error("Scan gave up", { error });
        });
      },
    },
  };

  function refusePaused(): void {
    if (peer.jobs.find("scan")?.state !== "paused") return;
    throw new ConflictError('Cannot scan: the scan is paused. Resume the job "scan"');
  }

  /** New folders begin a scan of their own: whoever added them waits for that one first. */
  async function whenFree(scan: () => Promise<ScanReport>): Promise<ScanReport> {
    for (let attempt = 0;; attempt++) {
      try {
        return await scan();
      } catch (error) {
        const isBusy = error instanceof ConflictError && !(error instanceof CancelledError);
        if (!isBusy || attempt >= MAX_WAITS) throw error;
        await pause(WAIT_MS, signal);
        signal.throwIfAborted();
      }
    }
  }
}

const WAIT_MS = 100;
/** One minute: who waits longer is told that a scan is under way. */
const MAX_WAITS = 600;
