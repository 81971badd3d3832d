/**
 * How this peer's drives are, whether they sleep, and the gate that leaves them asleep.
 *
 * @module
 */
import { run } from "../../base/command.ts";
import type { Publish } from "../../base/events.ts";
import type { Log } from "../../base/log.ts";
import { currentPlatform } from "../../base/platform.ts";
import { orAborted, type Service } from "../../base/service.ts";
import { type Configuration, parseDailyWindow } from "../../config/mod.ts";
import type { Database } from "../../db/mod.ts";
import {
  diskActivity,
  type DriveStore,
  isSuspended,
  openHealth,
  openHealthStore,
} from "../../drives/mod.ts";
import { openSleepGate, openWakeStore } from "../../pool/mod.ts";

export interface DriveHealthOptions {
  db: Database;
  store: DriveStore;
  config: Configuration;
  publish: Publish;
  log: Log;
  /** Nobody is asked before the drives are known. */
  watched: Promise<void>;
}

/** More than smartctl is given. */
const POWER_LIMIT_MS = 60_000;

export function openDriveHealth({ db, store, config, publish, log, watched }: DriveHealthOptions) {
  const platform = currentPlatform();
  const isLinux = platform === "linux";
  const healthStore = openHealthStore(db);
  const wakes = openWakeStore(db);

  const health = openHealth({
    store: healthStore,
    drives: () => store.report().drives,
    run,
    platform,
    ...isLinux && { isSuspended: (name: string) => isSuspended(name) },
    isPrivileged: platform === "windows" || Deno.uid() === 0,
    publish,
    log,
  });

  const gate = openSleepGate({
    async powerStateOf(driveId) {
      const drive = store.findDrive(driveId);
      if (!drive?.present) return "unknown";
      return await health.power(drive, AbortSignal.timeout(POWER_LIMIT_MS));
    },
    window: () => parseDailyWindow(config.value.backgroundWindow),
    async diskActivity(driveId) {
      const drive = store.findDrive(driveId);
      return isLinux && drive ? await diskActivity(drive.name) : undefined;
    },
    onWake(driveId) {
      wakes.add(driveId);
      log.info("Background work wakes a drive, for its time has come", { drive: driveId });
    },
  });

  const watchHealth: Service = config.live.service(
    ({ healthIntervalMinutes }) => healthIntervalMinutes,
    async (minutes, signal) => {
      await orAborted(watched, signal);
      await health.watch(minutes, signal);
    },
  );

  return {
    gate,
    watchHealth,
    healthOf: health.known,
    healthHistory: health.history,
    checkHealth: health.check,
    wakesOf: wakes.count,
  };
}
