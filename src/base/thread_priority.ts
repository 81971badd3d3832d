/**
 * The place of a thread in the queue for a processor: what nobody waits for makes room for what
 * somebody does, however few processors there are.
 *
 * @module
 */
import { currentPlatform, type Platform } from "./platform.ts";

const symbols = {
  setpriority: { parameters: ["i32", "u32", "i32"], result: "i32" },
} as const;

/** From sys/resource.h. */
const PRIO_PROCESS = 0;
const THIS_THREAD = 0;

/** Beside a thread as every other (0) it has a tenth of a processor; alone it has all of it. */
const BACKGROUND_NICE = 10;

/**
 * Puts the thread that calls this, a worker's, behind all others. A nice value is a thread's own on
 * Linux only (man 2 setpriority): macOS would lower the whole program, and Windows knows no such
 * number. There it stays as it is.
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
    const failed = c.symbols.setpriority(PRIO_PROCESS, THIS_THREAD, BACKGROUND_NICE);
    c.close();
    return failed === 0;
  } catch {
    return false; // another C library has another name
  }
}
