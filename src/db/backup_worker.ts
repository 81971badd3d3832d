/**
 * Copies a database while others write to it, in a thread of its own: node:sqlite's backup() holds up
 * the thread that it is called in. A read transaction around it makes it a copy of one moment; writers
 * go on into the journal (WAL) meanwhile.
 *
 * @module
 */
import { backup, DatabaseSync } from "node:sqlite";

export interface BackupRequest {
  source: string;
  target: string;
}

export type BackupAnswer =
  | { kind: "progress"; done: number; total: number }
  | { kind: "done" }
  | { kind: "failed"; message: string; code?: unknown; errcode?: number };

/** Pages between two progress messages: 4 MiB. */
const PAGES_AT_ONCE = 1024;

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<BackupRequest>) => void) | null;
  postMessage(answer: BackupAnswer): void;
};

scope.onmessage = async ({ data: { source, target } }) => {
  try {
    await copy(source, target);
    scope.postMessage({ kind: "done" });
  } catch (error) {
    const { message, code, errcode } = error as Error & { code?: unknown; errcode?: number };
    scope.postMessage({
      kind: "failed",
      message: String(message),
      code,
      ...errcode !== undefined && { errcode },
    });
  }
};

async function copy(source: string, target: string): Promise<void> {
  const from = new DatabaseSync(source, { readOnly: true });
  try {
    from.exec("BEGIN");
    from.prepare("SELECT count(*) FROM sqlite_schema").get(); // from here on it stands still
    await backup(from, target, {
      rate: PAGES_AT_ONCE,
      progress: ({ totalPages, remainingPages }) =>
        scope.postMessage({
          kind: "progress",
          done: totalPages - remainingPages,
          total: totalPages,
        }),
    });
  } finally {
    from.close();
  }
  const copied = new DatabaseSync(target);
  try {
    // One file, that needs none beside it.
    copied.exec("PRAGMA journal_mode = DELETE");
    const said = copied.prepare("PRAGMA quick_check(1)").get()?.quick_check;
    if (said !== "ok") throw new Error(`The copy is damaged: ${said}`);
  } finally {
    copied.close();
  }
}
