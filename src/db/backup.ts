/**
 * A whole database in one file, while it is written to; and back again, while nobody uses it.
 *
 * @module
 */
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ConflictError, InvalidError, reasonOf, UnavailableError } from "../base/errors.ts";
import { exists, holdName, syncFolder } from "../base/files.ts";
import type { BackupAnswer, BackupRequest } from "./backup_worker.ts";
import { explainFailure } from "./database.ts";

export interface BackupOptions {
  signal?: AbortSignal | undefined;
  /** Pages of 4 KiB, mostly. */
  onProgress?: (done: number, total: number) => void;
}

/** Beside this file; the executable holds both as scripts. */
const workerUrl = new URL(
  import.meta.url.endsWith(".ts") ? "./backup_worker.ts" : "./backup_worker.js",
  import.meta.url,
);

/**
 * Copies the database at `source` into the file `target`, as it is at one moment. The file appears
 * when it is whole and checked; one of that name is replaced.
 *
 * @returns bytes
 * @throws {ConflictError} another one is being made there
 * @throws {UnavailableError} the disk is full or fails; nothing is left of the copy
 */
export async function backupDatabase(
  source: string,
  target: string,
  { signal, onProgress = () => {} }: BackupOptions = {},
): Promise<number> {
  signal?.throwIfAborted();
  const part = `${target}.part`;
  await using held = await holdName(`${part}-lock`).catch((error) => {
    throw failed(target, error);
  });
  if (!held) {
    throw new ConflictError(
      `Cannot write the backup "${target}": another one is being made there. Wait until it is ` +
        "done, or give another name",
      { path: target },
    );
  }
  await removeParts(part); // of one that was killed
  try {
    await copyInWorker({ source, target: part }, signal, onProgress);
    await syncFile(part);
    const { size } = await Deno.stat(part);
    await Deno.rename(part, target);
    await syncNames(dirname(target));
    return size;
  } catch (error) {
    await removeParts(part);
    signal?.throwIfAborted();
    throw failed(target, error);
  }
}

function failed(target: string, error: unknown): unknown {
  const explained = explainFailure(target, error as Error);
  if (explained !== error) return explained;
  if (!(error instanceof Error) || error instanceof TypeError) return error;
  const message = `Cannot write the backup "${target}": ${reasonOf(error)}`;
  return new UnavailableError(message, { path: target }, { cause: error });
}

/** What a file says of itself. */
export interface BackupInfo {
  version: number;
}

/**
 * Whether `path` is a whole database that this program can open.
 *
 * @param table one that must be in it: other databases are sound, too
 * @param name what a person calls it, where it is a copy
 * @throws {InvalidError} it is not, and the message says why
 */
export function checkBackup(
  path: string,
  steps: readonly string[],
  table: string,
  name = path,
): BackupInfo {
  const refuse = (why: string, cause?: unknown): never => {
    throw new InvalidError(`Cannot restore "${name}": ${why}`, { path: name }, { cause });
  };
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { readOnly: true });
    const said = db.prepare("PRAGMA quick_check(1)").get()?.quick_check;
    if (said !== "ok") refuse(`it is damaged: ${said}`);
    const version = Number(db.prepare("PRAGMA user_version").get()?.user_version ?? 0);
    if (version > steps.length) {
      refuse(`its version is ${version}, this program knows ${steps.length}. Use the newer one`);
    }
    const has = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?").get(table);
    if (!has) refuse("it is no library");
    return { version };
  } catch (error) {
    if (error instanceof InvalidError) throw error;
    return refuse(`it is no database that can be read (${reasonOf(error)})`, error);
  } finally {
    db?.close();
  }
}

/** What a program would go on with by itself, and must not where that is of another time. */
export interface Halt {
  /** One without it has nothing to halt. */
  table: string;
  sql: string;
  /** How many rows that were. */
  onHalted?(rows: number): void;
}

interface RestoreOptions {
  steps: readonly string[];
  /** As checkBackup() has it. */
  table: string;
  halts?: readonly Halt[];
  now?: Date;
}

/**
 * Puts a copy of `from` in the place of the database `target`, which nobody may have open. What was
 * there is kept aside. At each moment a whole database stands at `target`.
 *
 * @returns where the former one is, undefined where there was none
 * @throws {InvalidError} `from` is no database of this program
 */
export async function restoreDatabase(
  from: string,
  target: string,
  { steps, table, halts = [], now = new Date() }: RestoreOptions,
): Promise<string | undefined> {
  if (await exists(`${from}-wal`)) {
    throw new InvalidError(
      `Cannot restore "${from}": a program has it open, or was killed. Make a backup of it first`,
      { path: from },
    );
  }
  if (await Deno.stat(from).then(({ isFile }) => !isFile, () => false)) {
    throw new InvalidError(`Cannot restore "${from}": it is no file`, { path: from });
  }
  const part = `${target}.restoring`;
  await removeParts(part);
  try {
    await Deno.copyFile(from, part);
    checkBackup(part, steps, table, from); // the copy: nobody changes it between the look and its use
    for (const it of halts) halt(part, it);
    await syncFile(part);
    const aside = `${target}.before-restore-${now.toISOString().replaceAll(/[:.]/g, "-")}`;
    const kept = await exists(target) ? await keepAside(target, aside) : undefined;
    await Deno.rename(part, target);
    await syncNames(dirname(target));
    return kept;
  } catch (error) {
    await removeParts(part);
    if (error instanceof Deno.errors.NotFound) {
      throw new InvalidError(`Cannot restore "${from}": there is no such file`, { path: from });
    }
    throw error;
  }
}

function halt(path: string, { table, sql, onHalted }: Halt): void {
  const db = new DatabaseSync(path);
  try {
    if (!db.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?").get(table)) return;
    onHalted?.(Number(db.prepare(sql).run().changes));
  } finally {
    db.close();
  }
}

/** Leaves the database where it is, with all of its journal in it, and gives it another name too. */
async function keepAside(target: string, aside: string): Promise<string> {
  try {
    // Its journal would be taken for that of the restored one.
    const db = new DatabaseSync(target);
    try {
      db.exec("PRAGMA journal_mode = DELETE");
    } finally {
      db.close();
    }
  } catch {
    // It is damaged, and that may be why another is restored: all its files are kept as they are.
  }
  for (const suffix of ["-wal", "-shm"]) {
    if (await exists(target + suffix)) await Deno.rename(target + suffix, aside + suffix);
  }
  await Deno.link(target, aside).catch(() => Deno.copyFile(target, aside));
  return aside;
}

function copyInWorker(
  request: BackupRequest,
  signal: AbortSignal | undefined,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const worker = new Worker(workerUrl, { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = () => reject(signal!.reason);
  signal?.addEventListener("abort", abort, { once: true });
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(event.message));
  };
  worker.onmessage = ({ data }: MessageEvent<BackupAnswer>) => {
    if (data.kind === "progress") return onProgress(data.done, data.total);
    if (data.kind === "done") return resolve();
    const { message, code, errcode } = data;
    reject(Object.assign(new Error(message), { code, errcode }));
  };
  worker.postMessage(request);
  return promise.finally(() => {
    signal?.removeEventListener("abort", abort);
    worker.terminate();
  });
}

async function removeParts(part: string): Promise<void> {
  for (const suffix of ["", "-journal", "-wal", "-shm"]) {
    await Deno.remove(part + suffix).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}

async function syncFile(path: string): Promise<void> {
  using file = await Deno.open(path, { read: true, write: true });
  await file.sync();
}

/** A folder cannot be synced everywhere: its file system sees to it then. */
const syncNames = (folder: string): Promise<void> => syncFolder(folder).catch(() => {});
