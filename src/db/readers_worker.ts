/**
 * The Web Worker behind src/db/readers.ts: a read-only connection, and one question at a time.
 *
 * @module
 */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { dropOldest } from "../base/bounded/oldest.ts";
import type { ReaderValue } from "./readers.ts";

export interface Question {
  path: string;
  sql: string;
  values: readonly ReaderValue[];
  limitMs: number;
  /** [0] is 1 once nobody waits for the answer any more. */
  cells: Int32Array<SharedArrayBuffer>;
}

export type Answer =
  | { isReady: true } // once, when the worker has begun
  | { rows: unknown[] }
  | { message: string; code?: unknown; errcode?: unknown };

const MAX_STATEMENTS = 100;

const scope = self as unknown as Worker;
const statements = new Map<string, StatementSync>();
let db: DatabaseSync | undefined;
let deadline = 0;
let cells: Int32Array | undefined;

scope.onmessage = ({ data }: MessageEvent<Question>) => scope.postMessage(answer(data));

function answer(question: Question): Answer {
  try {
    db ??= open(question.path);
    cells = question.cells;
    deadline = performance.now() + question.limitMs;
    return { rows: prepare(db, question.sql).all(...question.values) };
  } catch (error) {
    const { message, code, errcode } = error as Error & { code?: unknown; errcode?: unknown };
    if (outOfTime() && cells) Atomics.store(cells, 0, 1);
    return { message, code, errcode };
  }
}

function open(path: string): DatabaseSync {
  const opened = new DatabaseSync(path, { readOnly: true });
  opened.exec(
    // The file is not mapped: its pages would count as memory of the program, for a tenth less work.
    "PRAGMA query_only = ON; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -32000;" +
      "PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;",
  );
  // What a function throws, Deno 2.9 never hands on; the absolute value of this one is an error.
  opened.function("in_time", () => outOfTime() ? -9223372036854775808n : 1);
  return opened;
}

function outOfTime(): boolean {
  return performance.now() > deadline || (cells !== undefined && Atomics.load(cells, 0) === 1);
}

function prepare(opened: DatabaseSync, sql: string): StatementSync {
  const known = statements.get(sql);
  if (known) return known;
  const made = opened.prepare(sql);
  statements.set(sql, made);
  dropOldest(statements, MAX_STATEMENTS);
  return made;
}

scope.postMessage({ isReady: true } satisfies Answer);
