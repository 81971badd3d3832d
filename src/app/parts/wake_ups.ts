/**
 * Folders that a scan has left asleep, and the scan that follows when their drives are awake.
 *
 * @module
 */
import type { SleepGate } from "../../pool/mod.ts";

export interface WakeUpsOptions {
  gate: Pick<SleepGate, "pass">;
  locate(path: string): Promise<{ driveIds: string[] }>;
  /** A folder's drives are awake, or may be woken: there may be something new on them. */
  onAwake(): void;
  /** Ends all waiting. */
  signal: AbortSignal;
}

/** Returns the function that is told which folders sleep; each is waited for once at a time. */
export function createWakeUps({ gate, locate, onAwake, signal }: WakeUpsOptions) {
  const waiting = new Set<string>();
  return (roots: readonly string[]): void => {
    for (const root of roots) {
      if (waiting.has(root)) continue;
      waiting.add(root);
      void (async () => {
        try {
          const { driveIds } = await locate(root);
          await gate.pass(driveIds, "scan", signal);
          waiting.delete(root);
          onAwake();
        } catch {
          waiting.delete(root); // stopped, or its mount does not answer: the next scan sees
        }
      })();
    }
  };
}
