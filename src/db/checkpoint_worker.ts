/**
 * The Web Worker that writes a journal back. PASSIVE: neither readers nor the writer wait for it; what
 * is written meanwhile is left in the journal.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { reasonOf } from "../base/errors.ts";
import type { Checkpointed } from "./checkpoints.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<string>) => void) | null;
  postMessage(answer: Checkpointed): void;
};
let db: DatabaseSync | undefined;

scope.onmessage = ({ data: path }) => {
  try {
    db ??= new DatabaseSync(path);
    db.exec("PRAGMA wal_checkpoint(PASSIVE)");
    scope.postMessage({});
  } catch (error) {
    scope.postMessage({ error: reasonOf(error) });
  }
};
