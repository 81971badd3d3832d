/**
 * The platforms this agent knows. Code takes a Platform; only src/app asks which it is.
 *
 * @module
 */
import { FatalError } from "./errors.ts";

export const platforms = ["linux", "darwin", "windows"] as const;

export type Platform = (typeof platforms)[number];

export function currentPlatform(): Platform {
  const found = platforms.find((name) => name === Deno.build.os);
  if (!found) throw new FatalError(`Cannot run on "${Deno.build.os}"`);
  return found;
}

/** Whether this program was made by `deno compile`. */
export function isCompiled(): boolean {
  return Deno.build.standalone;
}
