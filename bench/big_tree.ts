/**
 * A tree of very many files, and a library that knows them all: what a rescan meets every day.
 *
 * Only the first scan would have looked into each file, which takes its time; so the library is
 * filled as such a scan leaves it, from the files' own names, sizes, times and numbers.
 *
 * @module
 */
import { migrations, openDatabase } from "../src/db/mod.ts";
import { createScanStore } from "../src/media/scan/store.ts";

export interface BigTree {
  folder: string;
  files: number;
}

const FILES_PER_FOLDER = 100;
const FOLDERS_PER_SHELF = 100;

/** Names are as long as those of films are, and as in a library no two films have the same. */
export async function makeBigTree(folder: string, files: number): Promise<BigTree> {
  await Deno.mkdir(folder, { recursive: true });
  let last = "";
  for (const path of pathsOf(files)) {
    const full = `${folder}/${path}`;
    const parent = full.slice(0, full.lastIndexOf("/"));
    if (parent !== last) await Deno.mkdir(parent, { recursive: true });
    last = parent;
    await Deno.writeTextFile(full, "x");
  }
  return { folder: await Deno.realPath(folder), files };
}

function* pathsOf(files: number): Generator<string> {
  for (let file = 0; file < files; file++) {
    const folder = Math.floor(file / FILES_PER_FOLDER);
    const shelf = Math.floor(folder / FOLDERS_PER_SHELF);
    yield `Shelf ${shelf}/Series ${folder}/Some Film of Some Name ${file}.mkv`;
  }
}

/** A data folder whose library has every file of the tree, looked into and hashed. */
export async function fillLibrary(dataDir: string, { folder, files }: BigTree): Promise<void> {
  await Deno.mkdir(dataDir, { recursive: true });
  using db = openDatabase(`${dataDir}/library.db`, migrations.library);
  const store = createScanStore(db);
  const paths = [...pathsOf(files)].sort();
  for (let at = 0; at < paths.length; at += 2000) {
    store.transaction(() => {
      for (const relativePath of paths.slice(at, at + 2000)) {
        const { size, mtime, ino } = Deno.lstatSync(`${folder}/${relativePath}`);
        const rowid = store.insert({
          root: folder,
          relativePath,
          driveIds: [],
          sizeBytes: size,
          modifiedMs: Math.floor(mtime!.getTime()),
          inode: String(ino),
        });
        db.run(
          `UPDATE media SET status = 'ready', container = 'matroska', duration_ms = 1000,
             identity = printf('%032x', rowid) WHERE rowid = ?`,
          rowid,
        );
        db.run(
          "INSERT INTO hashes SELECT id, 'md5', printf('%032x', rowid) FROM media WHERE rowid = ?",
          rowid,
        );
      }
    });
  }
  store.setDone("hashed", JSON.stringify(["md5"]));
}
