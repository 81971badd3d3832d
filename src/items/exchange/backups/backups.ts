/**
 * Backups of the library in a folder of the data folder: one file each, the oldest go.
 *
 * @module
 */
import { join } from "node:path";
import { ConflictError, NotFoundError, reasonOf } from "../../../base/errors.ts";
import type { Publish } from "../../../base/events.ts";
import { backupDatabase, type Database } from "../../../db/mod.ts";
import type { Jobs } from "../../../pool/mod.ts";

export interface BackupsDeps {
  db: Pick<Database, "path">;
  jobs: Pick<Jobs, "run">;
  publish: Publish;
  /** Where the backups lie; made when the first is. */
  backupFolder: string;
  /** How many are kept; 0 = all. */
  backupKeep(): number;
}

export interface Backup {
  /** Of the file. */
  name: string;
  sizeBytes: number;
  /** ISO 8601, UTC. */
  createdAt: string;
}

/** "library-2026-11-21T20-17-03-123Z.db" */
const FORM = /^library-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z\.db$/;

/** What a backup is called until it is whole, and SQLite's files beside that. */
const HALF = /\.part(-journal|-wal|-shm|-lock)?$/;

export type Backups = ReturnType<typeof openBackups>;

export function openBackups({ db, jobs, publish, backupFolder, backupKeep }: BackupsDeps) {
  let underWay = false;

  /** The newest first. */
  async function list(): Promise<Backup[]> {
    const found: Backup[] = [];
    try {
      for await (const { name, isFile } of Deno.readDir(backupFolder)) {
        const createdAt = timeOf(name);
        if (!isFile || createdAt === undefined) continue;
        const { size } = await Deno.stat(join(backupFolder, name));
        found.push({ name, sizeBytes: size, createdAt });
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // there is none yet
    }
    return found.sort((one, other) => one.name < other.name ? 1 : -1);
  }

  async function rotate(): Promise<void> {
    const keep = backupKeep();
    if (keep === 0) return;
    for (const { name } of (await list()).slice(keep)) await Deno.remove(join(backupFolder, name));
  }

  /** Halves that a program has left which was killed: they never become whole. */
  async function tidy(): Promise<void> {
    for await (const { name } of Deno.readDir(backupFolder)) {
      if (timeOf(name.replace(HALF, "")) === undefined || !HALF.test(name)) continue;
      await Deno.remove(join(backupFolder, name));
    }
  }

  async function exclusive<T>(work: () => Promise<T>): Promise<T> {
    if (underWay) throw new ConflictError("Cannot make a backup: one is under way");
    underWay = true;
    try {
      return await work();
    } finally {
      underWay = false;
    }
  }

  async function copyTo(path: string, signal: AbortSignal): Promise<number> {
    try {
      const spec = { id: "backup", kind: "backup", title: "Back up the library", driveIds: [] };
      const bytes = await jobs.run(spec, (job) =>
        backupDatabase(db.path, path, {
          signal: AbortSignal.any([signal, job.signal]),
          onProgress: (done, total) =>
            job.measure({ done, total, bytesDone: done * PAGE, bytesTotal: total * PAGE }),
        }), { signal });
      publish("backup.finished", { path, sizeBytes: bytes });
      return bytes;
    } catch (error) {
      if (!signal.aborted) publish("backup.failed", { path, reason: reasonOf(error) });
      throw error;
    }
  }

  function pathOf(name: string): string {
    if (timeOf(name) === undefined) {
      throw new NotFoundError(`Cannot find the backup "${name}": take a name from the list`, {
        name,
      });
    }
    return join(backupFolder, name);
  }

  return {
    list,

    /** Into a file of the caller's choice. @returns bytes. @throws {ConflictError} one is under way */
    backupTo: (path: string, signal: AbortSignal): Promise<number> =>
      exclusive(() => copyTo(path, signal)),

    /** Makes one, then lets the oldest go. @throws {ConflictError} one is under way */
    create: (signal: AbortSignal, now = new Date()): Promise<Backup> =>
      exclusive(async () => {
        await Deno.mkdir(backupFolder, { recursive: true, mode: 0o700 });
        await tidy();
        const name = `library-${now.toISOString().replaceAll(/[:.]/g, "-")}.db`;
        const sizeBytes = await copyTo(join(backupFolder, name), signal);
        await rotate();
        return { name, sizeBytes, createdAt: now.toISOString() };
      }),

    /** The file of a backup, to be closed by whoever reads it. @throws {NotFoundError} */
    async open(name: string): Promise<{ file: Deno.FsFile; sizeBytes: number }> {
      const path = pathOf(name);
      try {
        const file = await Deno.open(path);
        return { file, sizeBytes: (await file.stat()).size };
      } catch (error) {
        throw notFound(error, name);
      }
    },

    async remove(name: string): Promise<void> {
      const path = pathOf(name);
      await Deno.remove(path).catch((error) => {
        throw notFound(error, name);
      });
    },
  };
}

/** SQLite's page, unless somebody has chosen another: for the progress only. */
const PAGE = 4096;

function notFound(error: unknown, name: string): unknown {
  if (!(error instanceof Deno.errors.NotFound)) return error;
  return new NotFoundError(`Cannot find the backup "${name}"`, { name });
}

function timeOf(name: string): string | undefined {
  const [, day, hours, minutes, seconds, ms] = FORM.exec(name) ?? [];
  return day && `${day}T${hours}:${minutes}:${seconds}.${ms}Z`;
}
