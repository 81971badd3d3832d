/**
 * The Web Worker behind src/db/beside/writer.ts: a connection that writes, one statement at a time.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { reasonOf } from "../../base/errors.ts";
import type { Writing, Written } from "./writer.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<Writing>) => void) | null;
  postMessage(answer: Written): void;
};
let db: DatabaseSync | undefined;

scope.onmessage = ({ data }) => scope.postMessage(write(data));

function write({ path, sql, values }: Writing): Written {
  try {
    db ??= open(path);
    const changes = () => Number(db!.prepare("SELECT total_changes() n").get()!.n);
    const before = changes();
    db.prepare(sql).run(...values);
    return { changes: changes() - before };
  } catch (error) {
    return { error: reasonOf(error) };
  }
}

/** The main thread's own writes go first: this one waits for as long as a scan may keep it. */
function open(path: string): DatabaseSync {
  const opened = new DatabaseSync(path);
  opened.exec(
    "PRAGMA busy_timeout = 30000; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -8000;" +
      "PRAGMA temp_store = MEMORY;",
  );
  return opened;
}
