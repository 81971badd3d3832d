/**
 * Hexmedia's buckets: a film goes to the folder "00" to "99" that has the fewest, the first of
 * equals.
 *
 * @module
 */

const BUCKETS = Array.from({ length: 100 }, (_, index) => String(index).padStart(2, "0"));

/** @param counts How many there are in each bucket; it counts on. */
export function createBuckets(counts: ReadonlyMap<string, number>): () => string {
  const now = new Map(BUCKETS.map((name) => [name, counts.get(name) ?? 0]));
  return () => {
    const [least] = [...now].reduce((one, other) => other[1] < one[1] ? other : one);
    now.set(least, now.get(least)! + 1);
    return least;
  };
}

/** How many folders are in each bucket of the target. */
export async function countBuckets(
  list: (folder: string) => Promise<{ name: string; isDirectory: boolean }[]>,
  target: string,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const folders = await list(target);
  for (const { name, isDirectory } of folders) {
    if (!isDirectory || !BUCKETS.includes(name)) continue;
    counts.set(name, (await list(`${target}/${name}`)).length);
  }
  return counts;
}
