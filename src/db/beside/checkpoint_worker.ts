/**
 * The Web Worker that writes a journal back. PASSIVE: neither readers nor the writer wait for it; what
 * is written meanwhile is left in the journal. TRUNCATE: the writer waits, and nothing is left; nor is
 * the journal's file, which takes the disk as long as many commits.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { reasonOf } from "../../base/errors.ts";
import type { Checkpoint, Checkpointed } from "./checkpoints.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<Checkpoint>) => void) | null;
  postMessage(answer: Checkpointed): void;
};
let db: DatabaseSync | undefined;

scope.onmessage = ({ data: { path, how } }) => {
  try {
    db ??= new DatabaseSync(path);
    const { busy } = db.prepare(`PRAGMA wal_checkpoint(${how})`).get()!;
    scope.postMessage({ isDone: busy === 0 });
  } catch (error) {
    scope.postMessage({ error: reasonOf(error) });
  }
};
