/**
 * Asks ZFS what its pools are made of: nothing else on Linux knows which of a pool's devices are
 * logs, caches and spares.
 *
 * @module
 */
import type { Run } from "../base/command.ts";
import type { Recording } from "./readers/reader.ts";

/** A pool that has lost its disks may never answer. */
const LIMIT_MS = 3000;

/**
 * What `zpool status` says, with real paths; nothing where `told` speaks of no ZFS, or ZFS does not
 * answer: then the signatures on the disks must do.
 */
export async function collectPools(
  told: readonly string[],
  { run, signal }: { run: Run; signal: AbortSignal },
): Promise<Recording[]> {
  if (!told.some((text) => /"zfs_member"|=zfs_member| - zfs /.test(text))) return [];
  try {
    const text = await run("zpool", ["status", "-LP"], { signal, timeoutMs: LIMIT_MS });
    return /^\s*pool: /m.test(text) ? [{ tool: "zpool status", text }] : [];
  } catch {
    signal.throwIfAborted();
    return [];
  }
}
