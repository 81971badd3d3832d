/**
 * Disks that have taken requests and answer none, by what the kernel counts: no disk is touched, so
 * none is woken, and nothing can hang here.
 *
 * @module
 */

/** Why nothing comes from a device, and since when (milliseconds of performance.now()). */
export interface Stuck {
  sinceMs: number;
  reason: string;
  /** By its administrator, as for a snapshot. */
  suspended: boolean;
}

export type ReadAttribute = (device: string, attribute: string) => Promise<string | undefined>;

interface Sample {
  completed: number;
  /** Since when requests have been waiting without one that was answered. */
  waitingSince: number | undefined;
  suspendedSince: number | undefined;
}

/** Looks at devices again and again; each look compares with the one before. */
export function openStuckWatch(readAttribute: ReadAttribute = readSys) {
  let samples = new Map<string, Sample>();

  return {
    /** Which of these devices ("sda", "dm-0") answer nothing at the moment. */
    async look(devices: Iterable<string>, now = performance.now()): Promise<Map<string, Stuck>> {
      const next = new Map<string, Sample>();
      const stuck = new Map<string, Stuck>();
      for (const device of new Set(devices)) {
        const stat = await readAttribute(device, "stat");
        if (stat === undefined) continue;
        const suspended = (await readAttribute(device, "dm/suspended"))?.trim() === "1";
        const { completed, inFlight } = parseStat(stat);
        const before = samples.get(device);
        const moved = before?.completed !== completed;
        const waits = inFlight > 0 && !moved;
        next.set(device, {
          completed,
          waitingSince: waits ? before?.waitingSince ?? now : undefined,
          suspendedSince: suspended ? before?.suspendedSince ?? now : undefined,
        });
        const { waitingSince, suspendedSince } = next.get(device)!;
        if (suspendedSince !== undefined) {
          const reason = `${device} is suspended`;
          stuck.set(device, { sinceMs: suspendedSince, reason, suspended: true });
        } else if (waitingSince !== undefined) {
          const reason = `${device} has ${inFlight} requests and answers none`;
          stuck.set(device, { sinceMs: waitingSince, reason, suspended: false });
        }
      }
      samples = next;
      return stuck;
    },
  };
}

/**
 * /sys/block/DISK/stat, a line of numbers (Documentation/block/stat.rst): reads, writes, discards
 * and flushes completed are its columns 1, 5, 12 and 16; column 9 is what is under way.
 */
function parseStat(text: string): { completed: number; inFlight: number } {
  const columns = text.trim().split(/\s+/).map(Number);
  const completed = [0, 4, 11, 15].reduce((sum, at) => sum + (columns[at] ?? 0), 0);
  return { completed, inFlight: columns[8] ?? 0 };
}

async function readSys(device: string, attribute: string): Promise<string | undefined> {
  // cciss and others write "!" for the "/" in their names.
  const name = device.replaceAll("/", "!");
  return await Deno.readTextFile(`/sys/class/block/${name}/${attribute}`).catch(() => undefined);
}
