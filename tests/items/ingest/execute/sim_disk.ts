/**
 * A disk in memory that can crash between any two calls, and in the middle of a copy. What was not
 * synced may be lost then, as by a power cut.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { dirname } from "node:path/posix";
import type { Disk, Seen } from "../../../../src/items/ingest/execute/disk.ts";

/** The program is gone. */
export class Crash extends Error {}

/** Counts what is done, and ends the world at one of these points. */
export class World {
  count = 0;
  isOver = false;

  /** @param crashAt The point at which it ends; it has `count` of them. */
  constructor(readonly crashAt = Infinity) {}

  point(): void {
    if (this.isOver) throw new Crash("The program is gone");
    if (this.count++ < this.crashAt) return;
    this.isOver = true;
    throw new Crash(`Crash at point ${this.crashAt}`);
  }
}

interface Inode {
  content: string;
  modifiedMs: number;
  isSynced: boolean;
}

interface SimOptions {
  /** The first folder of a path is a volume. Those without hard links. */
  linkless?: readonly string[];
  /** Calls that fail: with this code, as often as it says. */
  failing?: (call: string, path: string) => string | undefined;
}

export class SimDisk implements Disk {
  world = new World();
  readonly names = new Map<string, number>();
  readonly folders = new Set<string>(["/", "/a", "/b"]);
  /** What a power cut leaves of each folder's names. */
  readonly #durable = new Map<string, Map<string, number>>();
  readonly #inodes = new Map<number, Inode>();
  readonly #away = new Set<string>();
  #next = 100;

  constructor(readonly options: SimOptions = {}) {}

  /** A file that is there, and durably so. */
  put(path: string, content: string, modifiedMs = 1000): void {
    this.makeAll(dirname(path));
    this.#inodes.set(this.#next, { content, modifiedMs, isSynced: true });
    this.names.set(path, this.#next++);
    this.#keep(dirname(path));
  }

  makeAll(folder: string): void {
    if (this.folders.has(folder)) return;
    this.makeAll(dirname(folder));
    this.folders.add(folder);
  }

  read(path: string): string | undefined {
    return this.#inodes.get(this.names.get(path) ?? -1)?.content;
  }

  /** Path → content, of all files. */
  all(): Record<string, string> {
    return Object.fromEntries([...this.names.keys()].sort().map((it) => [it, this.read(it)!]));
  }

  inodeOf(path: string): number | undefined {
    return this.names.get(path);
  }

  /** What a power cut leaves: only what was synced. */
  cutPower(): void {
    for (const inode of this.#inodes.values()) {
      if (!inode.isSynced) inode.content = inode.content.slice(0, inode.content.length / 2);
    }
    for (const folder of this.folders) {
      for (const path of [...this.names.keys()]) {
        if (dirname(path) === folder) this.names.delete(path);
      }
      for (const [path, inode] of this.#durable.get(folder) ?? []) this.names.set(path, inode);
    }
  }

  /** The volume goes, and its mount point is an empty folder of another one. */
  unmount(volume: string): void {
    const isIn = (path: string) => path.startsWith(`${volume}/`);
    for (const path of [...this.names.keys()].filter(isIn)) this.names.delete(path);
    for (const path of [...this.folders].filter(isIn)) this.folders.delete(path);
    this.#away.add(volume);
  }

  digest(path: string, expected: { sizeBytes: number }): Promise<string | undefined> {
    return this.#call("digest", path, () => {
      const { content } = this.#inode(path);
      if (content.length !== expected.sizeBytes) return undefined;
      return createHash("sha256").update(content).digest("hex");
    });
  }

  look(path: string): Promise<Seen | undefined> {
    return this.#call("look", path, () => {
      const isAway = this.#away.has(path.slice(0, 2));
      const device = isAway ? 3 : path.startsWith("/a") ? 1 : 2;
      if (this.folders.has(path)) {
        return { kind: "folder", sizeBytes: 0, modifiedMs: 0, inode: path, device, links: 2 };
      }
      const number = this.names.get(path);
      if (number === undefined) return undefined;
      const { content, modifiedMs } = this.#inodes.get(number)!;
      const links = [...this.names.values()].filter((it) => it === number).length;
      const inode = String(number);
      return { kind: "file", sizeBytes: content.length, modifiedMs, inode, device, links };
    });
  }

  realPath(path: string): Promise<string> {
    return this.#call("realPath", path, () => path);
  }

  makeFolder(path: string): Promise<string[]> {
    return this.#call("makeFolder", path, () => {
      const before = new Set(this.folders);
      this.makeAll(path);
      return [...this.folders].filter((it) => !before.has(it));
    });
  }

  removeFolder(path: string): Promise<void> {
    return this.#call("removeFolder", path, () => {
      const isIn = (it: string) => it.startsWith(`${path}/`);
      if ([...this.names.keys(), ...this.folders].some(isIn)) throw failure("ENOTEMPTY");
      this.folders.delete(path);
    });
  }

  freeBytes(): Promise<number | undefined> {
    return Promise.resolve(undefined);
  }

  whyNotShared(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  link(from: string, to: string): Promise<void> {
    return this.#call("link", to, () => {
      if (this.names.has(to)) throw failure("EEXIST");
      if (from.slice(0, 2) !== to.slice(0, 2)) throw failure("EXDEV");
      if (this.options.linkless?.includes(to.slice(0, 2))) throw failure("EPERM");
      this.#inode(from);
      this.names.set(to, this.names.get(from)!);
    });
  }

  reserve(path: string): Promise<void> {
    return this.#call("reserve", path, () => {
      if (this.names.has(path)) throw failure("EEXIST");
      this.#inodes.set(this.#next, { content: "", modifiedMs: 5000, isSynced: true });
      this.names.set(path, this.#next++);
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.#call("rename", to, () => {
      this.#inode(from);
      this.names.set(to, this.names.get(from)!);
      this.names.delete(from);
    });
  }

  remove(path: string): Promise<void> {
    return this.#call("remove", path, () => {
      if (!this.names.delete(path)) throw failure("ENOENT");
    });
  }

  async copy(from: string, to: string): Promise<void> {
    const number = this.names.get(to) ?? this.#next++;
    const { content, modifiedMs } = this.#inode(from);
    for (const share of [0, 0.5, 1]) {
      await this.#call("copy", to, () => {
        const part = content.slice(0, content.length * share);
        this.names.set(to, number);
        this.#inodes.set(number, { content: part, modifiedMs, isSynced: false });
      });
    }
    await this.#call("sync", to, () => this.#inode(to).isSynced = true);
  }

  async clone(from: string, to: string): Promise<void> {
    if (from.slice(0, 2) !== to.slice(0, 2)) throw failure("EXDEV");
    await this.#call("clone", to, () => {
      const number = this.#next++;
      this.#inodes.set(number, { ...this.#inode(from), isSynced: true });
      this.names.set(to, number);
    });
  }

  forget(): Promise<void> {
    return Promise.resolve();
  }

  syncFolder(path: string): Promise<void> {
    return this.#call("syncFolder", path, () => this.#keep(path));
  }

  #keep(folder: string): void {
    this.#durable.set(
      folder,
      new Map([...this.names].filter(([path]) => dirname(path) === folder)),
    );
  }

  #inode(path: string): Inode {
    const inode = this.#inodes.get(this.names.get(path) ?? -1);
    if (!inode) throw failure("ENOENT");
    return inode;
  }

  /** Each call is a point at which the world may end, before it is done. */
  #call<T>(call: string, path: string, work: () => T): Promise<T> {
    return Promise.resolve().then(() => {
      this.world.point();
      const code = this.options.failing?.(call, path);
      if (code) throw failure(code);
      return work();
    });
  }
}

export function failure(code: string): Error {
  return Object.assign(new Error(`The disk says ${code}`), { code });
}
