/**
 * Why a folder cannot be watched, and what to do: mostly Linux has no watches left.
 *
 * @module
 */

export interface WatchProblem {
  reason: string;
  /** It should be watched; not so where nothing is, as of a volume that is away. */
  hasFailed?: boolean;
  /** One line to type, where there is one. */
  fix?: string;
}

/** Each folder below a media folder takes one watch: this many are enough for most. */
const WATCHES = 524_288;
const INSTANCES = 1024;

/**
 * @param message what Deno.watchFs says: "OS file watch limit reached. about [...]" (the words of
 *   the package notify), or the operating system's own "Too many open files"
 * @param limit the present fs.inotify.max_user_watches, where it can be read
 */
export function watchProblem(message: string, limit?: number): WatchProblem {
  if (/file watch limit|os error 28\b/i.test(message)) {
    const now = limit === undefined ? "" : ` (fs.inotify.max_user_watches is ${limit})`;
    const wanted = Math.max(WATCHES, 2 * (limit ?? 0));
    return {
      reason: `Linux has no file watches left${now}`,
      hasFailed: true,
      fix: `sudo sysctl -w fs.inotify.max_user_watches=${wanted}`,
    };
  }
  if (/too many open files|os error 24\b/i.test(message)) {
    return {
      reason: "Linux has no inotify instances left",
      hasFailed: true,
      fix: `sudo sysctl -w fs.inotify.max_user_instances=${INSTANCES}`,
    };
  }
  if (/permission denied|os error 13\b/i.test(message)) {
    return { reason: "It may not be read: give this user the right to read it", hasFailed: true };
  }
  if (/no path was found|os error 2\b/i.test(message)) return { reason: "It is not there" };
  return { reason: message, hasFailed: true };
}

/** The present limit; undefined where there is none to read. */
export async function watchLimit(): Promise<number | undefined> {
  try {
    const text = await Deno.readTextFile("/proc/sys/fs/inotify/max_user_watches");
    return Number(text) || undefined;
  } catch {
    return undefined; // no Linux
  }
}
