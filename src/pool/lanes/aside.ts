/**
 * Work that cannot be asked aside between two reads, another program's for example: it is ended
 * when somebody goes first, and begun anew when its turn comes again.
 *
 * @module
 */
import type { Lease } from "./hold.ts";

/** @param work Ends early when its signal aborts; what it throws then counts for nothing */
export async function aside<T>(
  lease: Lease,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  while (true) {
    const { asked } = lease;
    try {
      return await work(AbortSignal.any([signal, asked]));
    } catch (error) {
      if (signal.aborted || !asked.aborted) throw error;
    }
    await lease.yield();
  }
}
