/**
 * How many readers each kind of drive is given: by its kind to begin with, by measurement where
 * more readers may help, and by setting where somebody knows better.
 *
 * @module
 */
import type { DriveKind } from "../../drives/mod.ts";

export interface KindLimit {
  /** Readers at first. */
  readers: number;
  /** Readers at most, by measurement; the same number means that nothing is measured. */
  most: number;
}

/**
 * Rotating disks serve one reader: two are slower than one after the other. USB and SD drives are
 * often rotating, or no quicker than that, behind a bus that does one thing at a time.
 */
const kinds: Record<DriveKind, KindLimit> = {
  hdd: { readers: 1, most: 1 },
  optical: { readers: 1, most: 1 },
  usb: { readers: 1, most: 1 },
  sd: { readers: 1, most: 1 },
  ssd: { readers: 2, most: 8 },
  nvme: { readers: 2, most: 16 },
  virtual: { readers: 2, most: 8 },
  network: { readers: 2, most: 8 },
  unknown: { readers: 1, most: 1 },
};

/** The lane of memory, and of network mounts: places that are no drives. */
export function kindOfPlace(driveId: string): DriveKind {
  if (driveId === "mem") return "virtual";
  return driveId.startsWith("net:") ? "network" : "unknown";
}

export function limitOfKind(kind: DriveKind): KindLimit {
  return kinds[kind];
}

/** Limits by setting: drive id or kind → readers. */
export type IoLimits = ReadonlyMap<string, number>;

/** The most readers that a setting may ask for. */
const MOST = 64;

/** Reads `hdd=1`, `<drive id>=2`; the last of several for the same drive counts. */
export function parseIoLimits(items: readonly string[]): IoLimits {
  return new Map(items.map((item) => {
    const at = item.lastIndexOf("=");
    return [item.slice(0, at).trim(), Math.min(MOST, Number(item.slice(at + 1)))] as const;
  }));
}

/** What a setting says of a drive: its id goes before its kind. */
export function limitBySetting(
  limits: IoLimits,
  driveId: string,
  kind: DriveKind,
): number | undefined {
  return limits.get(driveId) ?? limits.get(kind);
}

/**
 * Readers that a server needs to be kept busy: while one waits for an answer, the others' bytes
 * come in. Where large reads take less than a way there and back, somebody reads ahead already.
 *
 * @param rttMs The time of the quickest small read: there, back, and no bytes to speak of
 * @param readMs The time of a large read, the way there and back included
 */
export function limitByRoundTrip(rttMs: number, readMs: number, most: number): number {
  const bytesMs = readMs - rttMs;
  if (bytesMs <= 0) return Math.min(2, most);
  return Math.max(1, Math.min(most, Math.ceil(readMs / bytesMs)));
}
