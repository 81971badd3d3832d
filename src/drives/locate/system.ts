/**
 * What the locator asks Linux apart from the mounts: the file behind an image, and with which
 * arguments a FUSE program was started. All but a mergerfs's own word is from /sys and
 * /proc: no file system is touched.
 *
 * @module
 */
import { CommandError, run } from "../../base/command.ts";
import { dirname as nativeDirname } from "node:path";
import { basename, dirname, join } from "node:path/posix";

export interface LocatorSystem {
  readLink(path: string): Promise<string>;
  /** For Windows, whose links are not read name by name: the path of what exists of it. */
  nearestReal(path: string): Promise<string>;
  /** Whether there is a folder, or a file, at this path. */
  exists(path: string): Promise<boolean>;
  /** The files behind a loop device or what stands on some, by device number; else none. */
  imagesOf(deviceNumber: string): Promise<string[]>;
  /** The branches of a mergerfs as they are now: it may have got others since it was started. */
  branchesOf(mountPoint: string): Promise<string | undefined>;
  /** With which arguments `program` serves this mount point; undefined if nobody finds it. */
  argumentsFor(program: string, mountPoint: string): Promise<string[] | undefined>;
  /** The folders that a pattern such as "/mnt/disk*" means; of its last name only. */
  expand(pattern: string): Promise<string[]>;
}

export const linuxSystem: LocatorSystem = {
  readLink: (path) => Deno.readLink(path),
  nearestReal,
  exists: (path) => Deno.lstat(path).then(() => true, () => false),
  imagesOf: (deviceNumber) => imagesBelow(`/sys/dev/block/${deviceNumber}`, 0),
  branchesOf,
  argumentsFor,
  expand,
};

/** The path without links; of what does not exist yet, the folder that it will come into. */
async function nearestReal(path: string): Promise<string> {
  for (let place = path;; place = nativeDirname(place)) {
    try {
      return await Deno.realPath(place) + path.slice(place.length);
    } catch {
      // Not there, or not ours to see: its folder is on the same drive, or nothing tells.
      if (place === nativeDirname(place)) return path;
    }
  }
}

/** Layers of device mapper over a loop device that somebody may stack. */
const MAX_LAYERS = 8;

async function imagesBelow(device: string, depth: number): Promise<string[]> {
  if (depth > MAX_LAYERS) return [];
  // A partition of an image has its device above itself.
  for (const place of [device, `${device}/..`]) {
    const file = await text(`${place}/loop/backing_file`);
    if (file !== undefined) return [file.replace(/\n$/, "").replace(/ \(deleted\)$/, "")];
  }
  const images: string[] = [];
  try {
    for await (const { name } of Deno.readDir(`${device}/slaves`)) {
      const below = await imagesBelow(`/sys/class/block/${name}`, depth + 1);
      // Half of it on a real disk: the detection knows that, the images alone would mislead.
      if (below.length === 0) return [];
      images.push(...below);
    }
  } catch {
    return []; // it stands on nothing
  }
  return images;
}

/** By the attribute of its control file, where there is a tool that reads attributes. */
async function branchesOf(mountPoint: string): Promise<string | undefined> {
  const args = ["--only-values", "-n", "user.mergerfs.branches", `${mountPoint}/.mergerfs`];
  try {
    return await run("getfattr", ["--absolute-names", ...args], { timeoutMs: 3000 }) || undefined;
  } catch (error) {
    if (error instanceof CommandError) return undefined; // not installed, or not answered
    throw error;
  }
}

/** More processes than this are not looked through. */
const MAX_PROCESSES = 20_000;

async function argumentsFor(program: string, mountPoint: string): Promise<string[] | undefined> {
  let looked = 0;
  try {
    for await (const { name } of Deno.readDir("/proc")) {
      if (!/^\d+$/.test(name) || ++looked > MAX_PROCESSES) continue;
      const line = await text(`/proc/${name}/cmdline`);
      const args = line?.split("\0").slice(0, -1) ?? [];
      // By its name: an editor may have the same folder among its arguments.
      const isProgram = basename(args[0] ?? "").replace(/^mount\./, "").startsWith(program);
      if (isProgram && args.slice(2).some((arg) => sameFolder(arg, mountPoint))) return args;
    }
  } catch {
    return undefined; // no /proc, or not ours to see
  }
}

async function expand(pattern: string): Promise<string[]> {
  if (!/[*?[]/.test(pattern)) return [pattern];
  const [folder, name] = [dirname(pattern), basename(pattern)];
  const wanted = globToRegExp(name);
  const found: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (!entry.isFile && wanted.test(entry.name)) found.push(join(folder, entry.name));
    }
  } catch {
    return [pattern]; // it is told as it is, and found to be nowhere
  }
  return found.sort();
}

/** `*`, `?` and `[abc]` in one name. */
function globToRegExp(name: string): RegExp {
  const parts = name.split(/(\*|\?|\[[^\]]+\])/).map((part, at) => {
    if (at % 2 === 0) return part.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&");
    return part === "*" ? ".*" : part === "?" ? "." : part;
  });
  return new RegExp(`^${parts.join("")}$`);
}

function sameFolder(one: string, other: string): boolean {
  return one.replace(/\/+$/, "") === other;
}

async function text(path: string): Promise<string | undefined> {
  return await Deno.readTextFile(path).catch(() => undefined);
}
