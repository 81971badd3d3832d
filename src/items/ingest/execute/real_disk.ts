/**
 * The disks of this machine. Nobody waits for one that hangs: `touch` gives up.
 *
 * @module
 */
import { statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Run } from "../../../base/command.ts";
import { reasonOf, UnavailableError } from "../../../base/errors.ts";
import { syncFolder } from "../../../base/files.ts";
import { currentPlatform } from "../../../base/platform.ts";
import type { Touch } from "../deps.ts";
import { PART_PREFIX } from "../model.ts";
import { type Disk, factsOf, type Seen } from "./disk.ts";
import { CANNOT_CLONE, CANNOT_LINK, cannotLink, codeOf, isGone, ofClone } from "./reasons.ts";

/** What is copied between two turns. */
const PIECE_BYTES = 1024 * 1024;
/** Of a smaller file it is not worth a program's start to have it read from the disk again. */
const FORGET_BYTES = 1024 * 1024;

export interface RealDiskDeps {
  touch: Touch;
  run: Run;
}

export function openRealDisk({ touch, run }: RealDiskDeps): Disk {
  return {
    look: (path) => touch(path, () => look(path)),
    realPath: (path) => touch(path, () => Deno.realPath(path)),
    makeFolder: (path) => touch(path, () => makeFolder(path)),
    removeFolder: (path) => touch(path, () => Deno.remove(path)),
    link: (from, to) => touch(to, () => Deno.link(from, to)),
    reserve: (path) =>
      touch(path, async () => {
        using _file = await Deno.open(path, { write: true, createNew: true });
      }),
    rename: (from, to) => touch(to, () => Deno.rename(from, to)),
    remove: (path) => touch(path, () => Deno.remove(path)),

    copy: (from, to, { signal, turn, onBytes }) =>
      touch(to, async (alive) => {
        using source = await Deno.open(from);
        using target = await Deno.open(to, { write: true, create: true, truncate: true });
        const bytes = new Uint8Array(PIECE_BYTES);
        for (;;) {
          signal.throwIfAborted();
          await turn();
          alive();
          const read = await source.read(bytes);
          if (read === null) break;
          for (let at = 0; at < read;) at += await target.write(bytes.subarray(at, read));
          onBytes(read);
        }
        await keepFacts(await source.stat(), to, target);
        alive();
        await target.sync();
      }),

    clone: (from, to) =>
      touch(to, async () => {
        await clone(from, to, run);
        using target = await Deno.open(to, { write: true });
        await target.sync();
      }),

    freeBytes: async (folder) => {
      try {
        const { bavail, bsize } = await touch(folder, () => statfs(folder));
        return bavail * bsize;
      } catch {
        return undefined; // some servers do not tell: whoever writes finds out
      }
    },

    whyNotShared: (folder, how) => touch(folder, () => whyNotShared(folder, how, run)),

    /** GNU's dd can; elsewhere it is read from wherever it is. */
    forget: async (path) => {
      const seen = await touch(path, () => look(path));
      if (!seen || seen.sizeBytes < FORGET_BYTES || currentPlatform() !== "linux") return;
      await run("dd", [`if=${path}`, "iflag=nocache", "count=0", "status=none"]).catch(() => {});
    },

    syncFolder: (path) => touch(path, () => syncFolder(path)),
  };
}

const CLONE_MS = 60_000;

const cloneArgs: Partial<Record<ReturnType<typeof currentPlatform>, string[]>> = {
  linux: ["--reflink=always", "--preserve=mode,timestamps"],
  darwin: ["-c", "-p"],
};

async function clone(from: string, to: string, run: Run): Promise<void> {
  const args = cloneArgs[currentPlatform()];
  if (!args) throw new UnavailableError(CANNOT_CLONE);
  await run("cp", [...args, "--", from, to], { timeoutMs: CLONE_MS }).catch((cause) => {
    throw ofClone(cause);
  });
}

/** Only what the file system says for itself counts: a folder without rights may have them later. */
async function whyNotShared(
  folder: string,
  how: "hardlink" | "reflink",
  run: Run,
): Promise<string | undefined> {
  const first = join(folder, `${PART_PREFIX}try-${crypto.randomUUID()}.part`);
  const second = `${first}.part`;
  try {
    await Deno.writeFile(first, new Uint8Array(4096), { createNew: true });
  } catch {
    return undefined;
  }
  try {
    if (how === "hardlink") await Deno.link(first, second);
    else await clone(first, second, run);
    return undefined;
  } catch (error) {
    if (how === "hardlink") return cannotLink(error) ? CANNOT_LINK : undefined;
    return codeOf(error) === "" ? reasonOf(error) : undefined;
  } finally {
    for (const path of [first, second]) {
      await Deno.remove(path).catch((error) => {
        if (!isGone(error)) throw error;
      });
    }
  }
}

async function look(path: string): Promise<Seen | undefined> {
  try {
    const info = await Deno.lstat(path);
    return {
      kind: info.isSymlink ? "link" : info.isDirectory ? "folder" : info.isFile ? "file" : "other",
      ...factsOf(info),
    };
  } catch (error) {
    if (isGone(error) || (error as { code?: string }).code === "ENOTDIR") return undefined;
    throw error;
  }
}

/** Each new folder is on the disk before a file is put into it. */
async function makeFolder(path: string): Promise<string[]> {
  if ((await look(path))?.kind === "folder") return [];
  const parent = dirname(path);
  const made = parent === path ? [] : await makeFolder(parent);
  try {
    await Deno.mkdir(path);
    made.push(path);
  } catch (error) {
    if ((await look(path))?.kind !== "folder") throw error;
  }
  await syncFolder(parent);
  return made;
}

/** A file system without rights (FAT) has none to keep. */
async function keepFacts(info: Deno.FileInfo, to: string, target: Deno.FsFile): Promise<void> {
  if (info.mode !== null) await Deno.chmod(to, info.mode & 0o777).catch(() => {});
  if (info.mtime) await target.utime(info.atime ?? info.mtime, info.mtime);
}
