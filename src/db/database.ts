/**
 * Opens a SQLite file: pragmas, migrations, transactions, and what its failures mean.
 *
 * @module
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { chmodSync, renameSync } from "node:fs";
import { FatalError, UnavailableError } from "../base/errors.ts";
import { Checkpoints } from "./beside/checkpoints.ts";
import { migrate } from "./migrate.ts";

export type Row = Record<string, SQLInputValue>;

/** The file is not a database, or is damaged: it can be set aside and built anew. */
export class CorruptError extends FatalError {}

export interface Database extends Disposable {
  readonly path: string;
  all<T = Row>(sql: string, ...values: SQLInputValue[]): T[];
  get<T = Row>(sql: string, ...values: SQLInputValue[]): T | undefined;
  /** Runs one statement and returns how many rows it changed. */
  run(sql: string, ...values: SQLInputValue[]): number;
  /** All or nothing; a transaction inside another joins it. */
  transaction<T>(work: () => T): T;
  /**
   * A transaction that is on the disk when this returns, through a power cut too: for what must be
   * known of something that follows and cannot be taken back. Others are kept through a killed
   * process.
   */
  durably<T>(work: () => T): T;
}

/**
 * Opens `path` (or ":memory:") and brings it to the newest version.
 *
 * @throws {CorruptError} the file is damaged or not a database
 * @throws {UnavailableError} the disk is full, read-only or failing
 */
export function openDatabase(path: string, steps: string[]): Database {
  return guard(path, () => {
    const db = new DatabaseSync(path);
    try {
      if (path !== ":memory:") keepPrivate(path);
      // WAL: readers never wait for the scan. NORMAL keeps every commit through a killed process,
      // and the file sound through a power cut.
      db.exec(
        // First of all to wait: who had it open before may be about to close it.
        "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;" +
          "PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 8388608;" +
          // The journal is written back by src/db/beside/checkpoints.ts; where that does not keep up,
          // at 128 MiB by whoever commits. 12 MB of the file in memory: there are two such files in
          // an agent that is its own edge, and the system keeps what it has memory for.
          "PRAGMA wal_autocheckpoint = 32768; PRAGMA cache_size = -12000;",
      );
      // As src/db/readers.ts has it: here nothing that is asked runs for long.
      db.function("in_time", () => 1);
      check(path, db);
      migrate(db, steps);
      // What a statement would need to be undone: written to a file, that costs as much as the rest.
      db.exec("PRAGMA temp_store = MEMORY");
      return new Sqlite(path, db);
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** What a person has is nobody else's business; its journals have the same rights as the file. */
function keepPrivate(path: string): void {
  try {
    chmodSync(path, 0o600);
  } catch {
    // A file system without rights, or somebody else's file.
  }
}

/** A larger file is looked at page by page as it is used: a whole look would take seconds. */
const CHECKED_BYTES = 64 * 1024 * 1024;

function check(path: string, db: DatabaseSync): void {
  const pages = Number(db.prepare("PRAGMA page_count").get()?.page_count);
  if (pages * Number(db.prepare("PRAGMA page_size").get()?.page_size) > CHECKED_BYTES) return;
  const said = db.prepare("PRAGMA quick_check(1)").get()?.quick_check;
  if (said !== "ok") throw new CorruptError(`Cannot open "${path}": ${said}`, { path });
}

/** Moves a damaged database and its journals out of the way; returns where to. */
export function setAsideCorrupt(path: string, now = new Date()): string {
  const aside = `${path}.corrupt-${now.toISOString().replaceAll(/[:.]/g, "-")}`;
  for (const suffix of ["", "-wal", "-shm"]) {
    try {
      renameSync(path + suffix, aside + suffix);
    } catch (error) {
      if ((error as { code?: string }).code !== "ENOENT") throw error;
    }
  }
  return aside;
}

class Sqlite implements Database {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #checkpoints: Checkpoints | undefined;
  #inTransaction = false;

  constructor(readonly path: string, db: DatabaseSync) {
    this.#db = db;
    if (path === ":memory:") return;
    this.#checkpoints = new Checkpoints(path, {
      finish: () => {
        if (db.isOpen) db.exec("PRAGMA wal_checkpoint(PASSIVE)");
      },
      onFailed: () => {
        if (db.isOpen) db.exec("PRAGMA wal_autocheckpoint = 4000");
      },
    });
  }

  all<T>(sql: string, ...values: SQLInputValue[]): T[] {
    return guard(this.path, () => this.#prepare(sql).all(...values) as T[]);
  }

  get<T>(sql: string, ...values: SQLInputValue[]): T | undefined {
    return guard(this.path, () => this.#prepare(sql).get(...values) as T | undefined);
  }

  run(sql: string, ...values: SQLInputValue[]): number {
    const changes = guard(this.path, () => Number(this.#prepare(sql).run(...values).changes));
    if (!this.#inTransaction) this.#checkpoints?.committed();
    return changes;
  }

  transaction<T>(work: () => T): T {
    if (this.#inTransaction) return work();
    guard(this.path, () => this.#db.exec("BEGIN IMMEDIATE"));
    this.#inTransaction = true;
    try {
      const result = work();
      guard(this.path, () => this.#db.exec("COMMIT"));
      this.#checkpoints?.committed();
      return result;
    } catch (error) {
      // A full disk may have rolled it back already.
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw error;
    } finally {
      this.#inTransaction = false;
    }
  }

  durably<T>(work: () => T): T {
    if (this.#inTransaction) return work(); // the outer one is on the disk, or is not
    this.run("PRAGMA synchronous = FULL");
    try {
      return this.transaction(work);
    } finally {
      this.run("PRAGMA synchronous = NORMAL");
    }
  }

  [Symbol.dispose](): void {
    this.#checkpoints?.[Symbol.dispose]();
    if (this.#db.isOpen) this.#db.close();
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, statement = this.#db.prepare(sql));
    return statement;
  }
}

interface Meaning {
  code: number;
  /** SQLite's own text: exec() and the constructor of node:sqlite give no code. */
  text: string;
  Type: typeof FatalError | typeof UnavailableError;
  say: string;
}

const rights = "the file cannot be opened: check the folder's rights";
const full = "the disk is full: free some space, then scan again";

/** SQLite's primary result codes that a person can act on (sqlite.org/rescode.html). */
const meanings: Meaning[] = [
  { code: 5, text: "database is locked", Type: UnavailableError, say: "another program holds it" },
  { code: 8, text: "attempt to write", Type: UnavailableError, say: "it is read-only" },
  {
    code: 10,
    text: "disk I/O error",
    Type: UnavailableError,
    say: "the disk is full, or failed: free some space, or check it",
  },
  { code: 11, text: "database disk image", Type: CorruptError, say: "the file is damaged" },
  { code: 13, text: "database or disk is full", Type: UnavailableError, say: full },
  { code: 14, text: "unable to open", Type: UnavailableError, say: rights },
  {
    code: 26,
    text: "file is not a database",
    Type: CorruptError,
    say: "the file is not a database",
  },
];

function guard<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explainFailure(path, error);
  }
}

/** What SQLite threw, in words that say what to do where that is known. */
export function explainFailure(path: string, error: unknown): unknown {
  const meaning = meaningOf(error as { code?: unknown; errcode?: number; message?: string });
  if (!meaning) return error;
  const message = `Cannot use the database "${path}": ${meaning.say}`;
  return new meaning.Type(message, { path, code: meaning.code }, { cause: error });
}

function meaningOf(
  { code, errcode, message = "" }: { code?: unknown; errcode?: number; message?: string },
): Meaning | undefined {
  if (code !== "ERR_SQLITE_ERROR") return undefined;
  if (errcode !== undefined) return meanings.find((it) => it.code === (errcode & 0xff));
  return meanings.find(({ text }) => message.startsWith(text));
}
