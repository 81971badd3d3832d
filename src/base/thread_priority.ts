/**
 * The place of a thread in the queue for a processor: what nobody waits for makes room for what
 * somebody does, however few processors there are.
 *
 * @module
 */
import { currentPlatform, type Platform } from "./platform.ts";

const symbols = { nice: { parameters: ["i32"], result: "i32" } } as const;

/** Beside a thread of the program's own priority it has a tenth of a processor; alone, all of it. */
const BEHIND = 10;

/**
 * Puts the thread that calls this, a worker's, behind those of the program that have not called it.
 * A nice value is a thread's own on Linux only (man 2 nice): macOS would lower the whole program, and
 * Windows knows no such number. There it stays as it is.
 *
 * @returns whether it is so now
 */
export function toBackground(
  platform: Platform = currentPlatform(),
  library = "libc.so.6",
): boolean {
  if (platform !== "linux") return false;
  try {
    const c = Deno.dlopen(library, symbols);
    const now = c.symbols.nice(BEHIND);
    c.close();
    return now !== -1;
  } catch {
    return false; // another C library has another name
  }
}
