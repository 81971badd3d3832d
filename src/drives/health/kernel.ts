/**
 * What the kernel knows of a disk without asking it: whether it was put to sleep, and how much was
 * read and written.
 *
 * @module
 */

/** Whether the kernel's own power management has the disk asleep; opening it would wake it. */
export async function isSuspended(name: string, root = ""): Promise<boolean> {
  const path = `${root}/sys/block/${name}/device/power/runtime_status`;
  return (await text(path))?.trim() === "suspended";
}

/**
 * Reads and writes that the disk has completed since it came; undefined where nobody counts. What
 * smartctl sends is in neither.
 */
export async function diskActivity(name: string, root = ""): Promise<number | undefined> {
  // Documentation/block/stat.rst: reads, reads merged, sectors, ms, writes, …
  const fields = (await text(`${root}/sys/block/${name}/stat`))?.trim().split(/\s+/).map(Number);
  const [reads, writes] = [fields?.[0], fields?.[4]];
  const isCount = Number.isSafeInteger(reads) && Number.isSafeInteger(writes);
  return isCount ? reads! + writes! : undefined;
}

async function text(path: string): Promise<string | undefined> {
  return await Deno.readTextFile(path).catch(() => undefined);
}
