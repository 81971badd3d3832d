/**
 * The drives of this peer: detected at start and now and then, kept, and each with its lane.
 *
 * @module
 */
import { run } from "../../base/command.ts";
import { UnavailableError } from "../../base/errors.ts";
import type { Publish } from "../../base/events.ts";
import { type Log, silent } from "../../base/log.ts";
import { currentPlatform } from "../../base/platform.ts";
import { pause, type Service, untilAborted } from "../../base/service.ts";
import type { Configuration } from "../../config/mod.ts";
import type { Database } from "../../db/mod.ts";
import { detectDrives, openDriveStore, openLocator, strategies } from "../../drives/mod.ts";
import { Lanes, parseIoLimits } from "../../pool/mod.ts";
import { openDriveHealth } from "./drive_health.ts";

export interface PeerDrivesOptions {
  db: Database;
  config: Configuration;
  publish: Publish;
  log: Log;
}

/** A drive plugged in later has its own lane after this long. */
const EVERY_MS = 60_000;

export function openPeerDrives({ db, config, publish, log }: PeerDrivesOptions) {
  const store = openDriveStore(db);
  const lanes = new Lanes((id) => store.findDrive(id)?.kind, {
    limits: () => parseIoLimits(config.value.ioLimits),
  });
  const first = Promise.withResolvers<void>();
  const health = openDriveHealth({ db, store, config, publish, log, watched: first.promise });
  const locator = openLocator({ report: () => store.report() });
  let strategy: string | undefined;

  /** Detects the drives anew and keeps what was found. */
  const refresh = async (signal: AbortSignal) => {
    const found = await detectDrives({
      strategies: strategies[currentPlatform()],
      run,
      // Why a strategy fails is told once, not every minute.
      log: strategy === undefined ? log : silent,
      signal,
    });
    strategy = found.strategy;
    const added = store.save(found);
    lanes.refresh();
    publish("drives.detected", { strategy, ...added });
    return { ...added, strategy };
  };

  const watch: Service = async (signal) => {
    while (!signal.aborted) {
      try {
        await refresh(signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof UnavailableError)) throw error;
        log.warn("Drives were not detected: what was known of them stays", { error });
      } finally {
        first.resolve();
      }
      await pause(EVERY_MS, signal);
    }
  };

  /** New limits hold at once; whoever reads, reads on. */
  const limits = config.live.service(({ ioLimits }) => ioLimits, async (_, signal) => {
    lanes.refresh();
    await untilAborted(signal);
  });

  return {
    ...store,
    ...health,
    refresh,
    watch,
    limits,
    /** Resolves when the first detection by `watch` is over, whatever came of it. */
    watched: first.promise,
    lanes,
    locate: locator.locate,
  };
}
