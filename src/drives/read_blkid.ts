/**
 * Asks what is on a device that was mounted where there is no udev, as in a container: without the
 * UUID nobody knows a file system again. Each mount is asked once, for then its disk is awake.
 *
 * @module
 */
import type { Run } from "../base/command.ts";
import { type Mount, parseMountInfo } from "./graph/mount_info.ts";
import { isForMachines } from "./mounts/file_systems.ts";
import type { Recording } from "./readers/reader.ts";

/** What was answered for each mount, by who was asked; "" where nobody may ask. */
const memory = new WeakMap<Run, Map<string, string>>();

/** A disk that hangs holds up nobody for longer. */
const LIMIT_MS = 2000;
const MAX_QUESTIONS = 16;

/** What `blkid` says of what `mountInfo` shows; nothing where udev has looked, or nobody may. */
export async function collectSignatures(
  mountInfo: string,
  { run, signal, root = "" }: { run: Run; signal: AbortSignal; root?: string },
): Promise<Recording[]> {
  if (await hasUdev(root)) return [];
  const answers = memory.get(run) ?? new Map<string, string>();
  memory.set(run, answers);
  const mounts = new Map(
    parseMountInfo(mountInfo).filter(isOnDevice).map((mount) => [keyOf(mount), mount.source]),
  );
  for (const key of answers.keys()) if (!mounts.has(key)) answers.delete(key);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
  const fresh = [...mounts].filter(([key]) => !answers.has(key)).slice(0, MAX_QUESTIONS);
  await Promise.all(fresh.map(async ([key, device]) => {
    const args = ["-p", "-o", "export", "--", device];
    try {
      answers.set(key, await run("blkid", args, { signal: limit }));
    } catch {
      if (!limit.aborted) answers.set(key, ""); // else it is asked again
    }
  }));
  signal.throwIfAborted();
  const texts = [...new Set(answers.values())].filter((text) => text.startsWith("DEVNAME="));
  return texts.length > 0 ? [{ tool: "blkid", text: texts.join("\n") }] : [];
}

async function hasUdev(root: string): Promise<boolean> {
  return await Deno.stat(`${root}/run/udev/data`).then(() => true, () => false);
}

function isOnDevice({ source, fileSystem }: Mount): boolean {
  return /^\/dev\/./.test(source) && !isForMachines(fileSystem);
}

/** Mounted anew, it may be another. */
function keyOf({ id, deviceNumber, source }: Mount): string {
  return `${id} ${deviceNumber} ${source}`;
}
