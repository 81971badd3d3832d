/**
 * The drives of this peer: detected at start and whenever something changes, kept, each with its
 * lane, and each mounted file system watched for whether it answers.
 *
 * @module
 */
import { run } from "../../../base/command.ts";
import type { Publish } from "../../../base/events.ts";
import { type Log, silent } from "../../../base/log.ts";
import { currentPlatform } from "../../../base/platform.ts";
import { orAborted, type Service, untilAborted } from "../../../base/service.ts";
import type { Configuration } from "../../../config/mod.ts";
import type { Database } from "../../../db/mod.ts";
import {
  detectDrives,
  openDriveStore,
  openLocator,
  openMounts,
  openMountTable,
  publishChanges,
  strategies,
  watchDrives,
} from "../../../drives/mod.ts";
import { Lanes, parseIoLimits } from "../../../pool/mod.ts";
import { openDriveHealth } from "../drive_health.ts";

export interface PeerDrivesOptions {
  db: Database;
  config: Configuration;
  publish: Publish;
  log: Log;
  /** Something was mounted or unmounted, or answers again or no more. */
  onPlaces?: () => void;
}

/** A slow machine takes this long to tell its drives for the first time. */
const FIRST_MS = 15_000;

export function openPeerDrives({ db, config, publish, log, onPlaces }: PeerDrivesOptions) {
  const platform = currentPlatform();
  const store = openDriveStore(db);
  const first = Promise.withResolvers<void>();
  const health = openDriveHealth({ db, store, config, publish, log, watched: first.promise });
  const kindOf = (id: string) => {
    const drive = store.findDrive(id);
    return drive?.present ? drive.kind : undefined;
  };
  const lanes = new Lanes(kindOf, {
    limits: () => parseIoLimits(config.value.ioLimits),
    gate: health.gate,
  });
  const report = () => store.report();
  const table = openMountTable();
  const mounts = openMounts({
    table,
    report,
    run,
    platform,
    onChange({ mountPoint, answering, since, reason }, volume) {
      const state = { mountPoint, answering, since, reason };
      if (answering) log.info("A file system answers again", state);
      else log.warn("A file system does not answer: it is left alone until it does", state);
      publish("volume.changed", { volumeId: volume?.id ?? null, ...state });
      onPlaces?.();
    },
  });
  const locator = openLocator({ report, table, mounts, platform });
  let strategy: string | undefined;

  /** Detects the drives anew and keeps what was found. */
  const refresh = async (signal: AbortSignal) => {
    const found = await detectDrives({
      strategies: strategies[platform],
      run,
      // Why a strategy fails is told once, not every minute.
      log: strategy === undefined ? log : silent,
      signal,
    });
    const before = report();
    const isFirst = before.drives.length === 0;
    strategy = found.strategy;
    const added = store.save(found);
    lanes.refresh();
    publish("drives.detected", { strategy, ...added });
    if (!isFirst) publishChanges(before, report(), publish);
    onPlaces?.();
    return { ...added, strategy };
  };

  const watch: Service = watchDrives({
    table,
    mounts,
    log,
    detect: async (signal) => {
      await refresh(signal).finally(() => first.resolve());
    },
  });

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
    ...locator,
    /** Waits a while for the first detection where nothing is known of this machine yet. */
    async locate(path: string) {
      if (report().drives.length === 0) {
        await orAborted(first.promise, AbortSignal.timeout(FIRST_MS));
      }
      return await locator.locate(path);
    },
    mountState: mounts.state,
    touch: mounts.touch,
    silence: mounts.silence,
    [Symbol.dispose]: () => mounts[Symbol.dispose](),
  };
}
