/**
 * Looking into folders is reading, too: each look takes the lanes of its drives.
 *
 * @module
 */
import type { Lanes } from "../../pool/mod.ts";
import type { Touch } from "./walk/touch.ts";

export interface InLaneDeps {
  lanes: Pick<Lanes, "acquire">;
  locate(path: string): Promise<{ driveIds: string[] }>;
  touch: Touch;
}

/** `touch`, in its turn: after films and people, and beside a film in its pauses. */
export function inLane({ lanes, locate, touch }: InLaneDeps, signal: AbortSignal): Touch {
  return async (path, work) => {
    const { driveIds } = await locate(path);
    // Whether the drive may be woken was decided for the whole folder.
    const options = { signal, priority: "scan", isShort: true, hasPassed: true } as const;
    using _lease = await lanes.acquire(driveIds, options);
    return await touch(path, work);
  };
}
