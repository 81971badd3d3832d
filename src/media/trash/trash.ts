/**
 * Throws files away so that they can be had back: each is renamed into the trash of its volume. What
 * is done is written down before and after, so a crash in between loses nothing.
 *
 * @module
 */
import { dirname, join, relative, sep } from "node:path";
import { ConflictError, DeniedError, NotFoundError, UnavailableError } from "../../base/errors.ts";
import type { Publish } from "../../base/events.ts";
import { exists, isWithin } from "../../base/files.ts";
import type { Database } from "../../db/mod.ts";
import { type FileState, sameState, stateOf } from "../file_state.ts";
import type { Touch } from "../scan/walk/touch.ts";
import { findTrashPath, numbered, TRASH_FOLDER } from "./folder.ts";
import { createHalfShared } from "./half_shared.ts";
import { inWords, moveBack, removeEmptyFolders, renameInto } from "./rename.ts";
import { createTrashStore, type TrashEntry } from "./store.ts";

export interface TrashDeps {
  db: Database;
  /** The media folders, absolute, links resolved. */
  roots: () => readonly string[];
  touch: Touch;
  publish: Publish;
  /** Files have gone or come back. */
  onChanged(): void;
}

/** A file of the library, as it was looked at last. */
export interface ToTrash extends FileState {
  id: string;
  root: string;
  relativePath: string;
}

export interface PutOptions {
  /** In words, for those who look into the trash. */
  why: string;
  /** Looked at once the file has been moved: what it throws brings the file back. */
  check?: () => Promise<void>;
  /**
   * What is to be said of it elsewhere once it is there, as JSON has it: kept with the entry until
   * said() is called, in the transaction that says it. Without that the next start sees it in owing().
   */
  owes?: unknown;
}

export type Trash = ReturnType<typeof openTrash>;

export function openTrash({ db, roots, touch, publish, onChanged }: TrashDeps) {
  const store = createTrashStore(db);
  /** Ids of what this program deletes now. */
  const deleting = new Set<string>();
  const halfShared = createHalfShared(store.halfShared, touch);

  const changed = (what: "put" | "restored" | "emptied", entries: readonly TrashEntry[]) => {
    if (entries.length === 0) return;
    const [{ id, relativePath }] = entries as [TrashEntry];
    publish("trash.changed", { what, files: entries.length, id, relativePath });
    onChanged();
  };

  /** @throws {NotFoundError} there is no such entry */
  const find = (id: string): TrashEntry => {
    const entry = store.find(id);
    if (!entry) throw new NotFoundError(`Cannot find "${id}" in the trash`, { id });
    return entry;
  };

  return {
    find,
    list: store.list,
    counts: store.counts,
    sawShared: store.sawShared,
    owing: store.owing,
    /** What is still to be said of files that share their bytes now; then halfShared.ended(). */
    owingShared: store.halfShared.owing,
    said: store.said,

    /**
     * Says that an entry is to be deleted for good, in a transaction of the caller's: from then on a
     * killed program goes on with it. Followed by empty().
     */
    willDelete: (id: string): void => void store.setDeleting(id, true),

    halfShared: halfShared.told,

    /** @throws {DeniedError} the path leads out of the media folders */
    checkInside: (path: string): Promise<void> => checkInside(path, roots(), touch),

    /**
     * Moves a file into the trash of its volume.
     *
     * @throws {ConflictError} it is not as it was looked at, or cannot be moved: it stays
     * @throws {DeniedError} the path leads out of the media folders, or may not be changed
     */
    async put(file: ToTrash, { why, check, owes }: PutOptions): Promise<TrashEntry> {
      const path = join(file.root, file.relativePath);
      await checkInside(path, roots(), touch);
      const target = await touch(
        path,
        () => inWords(path, () => findTrashPath(path, file.root, new Date())),
      );
      const id = crypto.randomUUID();
      const trashPath = relative(file.root, target).replaceAll(sep, "/");
      store.insert({ ...file, id, mediaId: file.id, trashPath, why, owes });
      try {
        await touch(path, () => renameInto(path, target));
      } catch (error) {
        // A file system that answers no more may still do it: the next start looks where it is.
        if (!(error instanceof UnavailableError)) store.remove(id);
        throw error;
      }
      try {
        const found = await touch(target, () => Deno.lstat(target));
        if (!found.isFile || !sameState(stateOf(found), file)) {
          throw new ConflictError(`Cannot throw away "${path}": it has changed meanwhile`);
        }
        await check?.();
      } catch (error) {
        await touch(path, () => moveBack(target, path));
        store.remove(id);
        throw error;
      }
      store.keep(id);
      const entry = find(id);
      changed("put", [entry]);
      return entry;
    },

    /**
     * Moves a file back to where it was.
     *
     * @param rename Where another file has its name now, it comes back as "name (2)"
     * @returns where it is now
     * @throws {ConflictError} another file has its name now
     */
    async restore(id: string, { rename = false }: { rename?: boolean } = {}): Promise<string> {
      const entry = find(id);
      const original = join(entry.root, entry.relativePath);
      const from = join(entry.root, entry.trashPath);
      await checkInside(from, roots(), touch);
      store.setState(id, "coming back");
      try {
        let target = original;
        for (let count = 2; await touch(target, () => exists(target)); count++) {
          if (!rename) {
            const advice = "Restore it under another name, or move that file away";
            throw new ConflictError(`Cannot restore "${original}": there is a file. ${advice}`);
          }
          target = numbered(original, count);
        }
        await touch(target, () => moveBack(from, target));
        store.comeBack(id, { sameName: target === original });
        await touch(from, () => removeEmptyFolders(dirname(from)));
        changed("restored", [entry]);
        return target;
      } catch (error) {
        if (!(error instanceof UnavailableError)) store.setState(id, "kept");
        throw error;
      }
    },

    /**
     * Deletes what is in the trash, for good: `ids`, or all that was put there before a time.
     * What cannot be deleted stays, and is told.
     */
    async empty(
      { ids, before = new Date().toISOString(), signal }: {
        ids?: readonly string[] | undefined;
        before?: string | undefined;
        signal: AbortSignal;
      },
    ): Promise<{ files: number; bytes: number; failed: { id: string; problem: string }[] }> {
      const done = { files: 0, bytes: 0, failed: [] as { id: string; problem: string }[] };
      for (const some of ids ? [ids.map(find)] : pages(before)) {
        for (const entry of some) {
          signal.throwIfAborted();
          deleting.add(entry.id);
          store.setDeleting(entry.id, true); // before it is: a file that is gone is told by nobody
          let wasThere: boolean;
          try {
            wasThere = await deleteFile(entry);
          } catch (error) {
            done.failed.push({ id: entry.id, problem: String((error as Error).message) });
            store.setDeleting(entry.id, false);
            continue;
          } finally {
            deleting.delete(entry.id);
          }
          store.remove(entry.id);
          if (!wasThere) continue; // somebody has taken it away already
          done.files++;
          done.bytes += entry.sizeBytes;
        }
        changed("emptied", some);
      }
      return done;
    },

    /** Brings to its end what a crash has cut off. */
    async settle(): Promise<void> {
      await halfShared.settle();
      await endDeletions();
      for (const entry of store.unfinished()) {
        const { id, root, relativePath, trashPath } = entry;
        const [there, kept] = [join(root, relativePath), join(root, trashPath)];
        const [isThere, isKept] = await Promise.all(
          [there, kept].map((path) => touch(path, () => exists(path)).catch(() => undefined)),
        );
        if (isThere === undefined || isKept === undefined) continue; // its drive is away
        if (!isThere && !isKept && !await isEmptied(entry).catch(() => false)) continue;
        // Both: it was coming back, or another has taken its name since. Neither is deleted.
        if (isKept) store.keep(id);
        else store.comeBack(id, { sameName: isThere });
      }
    },
  };

  /** What a killed program has begun to delete goes; where it cannot be seen it waits. */
  async function endDeletions(): Promise<void> {
    for (const id of store.halfDeleted().filter((it) => !deleting.has(it))) {
      const entry = find(id);
      try {
        await deleteFile(entry);
        store.remove(id);
        changed("emptied", [entry]);
      } catch {
        continue; // its drive is away, or it stays: it is tried again at the next start
      }
    }
  }

  /** Whether it was there: else somebody has taken it away. @throws it stays, or nobody can tell */
  async function deleteFile(entry: TrashEntry): Promise<boolean> {
    const path = join(entry.root, entry.trashPath);
    const isThere = await touch(path, () => exists(path));
    if (isThere || !await isEmptied(entry)) {
      await checkInside(path, roots(), touch);
      await touch(path, () => Deno.remove(path));
      await touch(path, () => removeEmptyFolders(dirname(path)));
    }
    return isThere;
  }

  /** Whether the trash itself is there: a drive that is away leaves an empty folder behind. */
  function isEmptied({ root, trashPath }: TrashEntry): Promise<boolean> {
    const end = trashPath.indexOf(TRASH_FOLDER) + TRASH_FOLDER.length;
    const folder = join(root, trashPath.slice(0, end));
    return touch(folder, () => exists(folder));
  }

  function* pages(before: string): Generator<TrashEntry[]> {
    let last = { trashedAt: "", id: "" };
    for (;;) {
      const some = store.list(last, 100).filter(({ trashedAt }) => trashedAt < before);
      if (some.length === 0) return;
      last = some.at(-1)!;
      yield some;
    }
  }
}

/** A folder above the file may have become a link that leads elsewhere. */
async function checkInside(path: string, roots: readonly string[], touch: Touch): Promise<void> {
  const folder = await touch(path, () => Deno.realPath(dirname(path))).catch((cause) => {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new ConflictError(`Cannot touch "${path}": its folder is gone`, { path }, { cause });
  });
  if (!roots.some((root) => isWithin(folder, root))) {
    throw new DeniedError(`Cannot touch "${path}": it is in no media folder`, { path });
  }
}
