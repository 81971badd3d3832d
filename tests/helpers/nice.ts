/** How Linux ranks the thread that asks. @module */

/** Its nice value: the nineteenth field of /proc/[tid]/stat (man 5 proc), whose second is in brackets. */
export function niceOfThisThread(): number {
  const stat = Deno.readTextFileSync("/proc/thread-self/stat");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]);
}
