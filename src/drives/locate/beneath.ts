/**
 * What lies beneath file systems that show the files of other folders: overlay, mergerfs, bindfs,
 * encrypted folders and the like. Each kind says it in its own place. Pure.
 *
 * @module
 */
import type { Mount } from "../graph/mount_info.ts";

/** The folders or images beneath a mount. */
export interface Beneath {
  paths: string[];
  /** Parts that nobody can find, and why. */
  lost?: string[];
  /** Where its source and options say nothing: its program's arguments, as `paths` reads them. */
  fromProgram?: (args: readonly string[]) => string[];
}

interface Stacked {
  fileSystem: RegExp;
  beneath(mount: Mount): Beneath;
}

/** The table: file system → what it shows. */
const stacked: Stacked[] = [
  { fileSystem: /^overlay$/, beneath: ({ options }) => overlay(options) },
  { fileSystem: /^aufs$/, beneath: ({ options }) => branchesOf(optionOf(options, "br") ?? "") },
  {
    fileSystem: /^fuse\.fuse-overlayfs$/,
    beneath: () => ({
      paths: [],
      fromProgram: (args) =>
        args.flatMap((arg, at) => {
          const options = arg === "-o"
            ? args[at + 1] ?? ""
            : arg.startsWith("-o")
            ? arg.slice(2)
            : "";
          return overlay(options).paths;
        }),
    }),
  },
  {
    // mergerfs shortens its branches in the source ("a:b"), so what is not absolute says nothing.
    fileSystem: /^fuse\.(mergerfs|mhddfs|unionfs(-fuse)?)$/,
    beneath: ({ source }) => {
      const paths = branchesIn(source);
      if (paths.length > 0) return { paths };
      return { paths: [], fromProgram: (args) => branchesOf(lastFolder(args) ?? "").paths };
    },
  },
  {
    fileSystem: /^(ecryptfs|fuse\.(gocryptfs|bindfs|squashfuse\w*|fuseiso|archivemount|securefs))$/,
    beneath: ({ source }) => oneFolder(source),
  },
  // bindfs before 1.15 and others give no name of their own.
  { fileSystem: /^fuse$/, beneath: ({ source }) => oneFolder(source) },
  {
    fileSystem: /^fuse\.cryfs$/,
    beneath: ({ source }) => oneFolder(source.replace(/^cryfs@/, "")),
  },
  { fileSystem: /^fuse\.encfs$/, beneath: () => oneFolder("") },
  {
    // A local remote; one of a cloud is a server, and what a crypt remote wraps only rclone knows.
    fileSystem: /^fuse\.rclone$/,
    beneath: ({ source }) => ({ paths: source.startsWith("/") ? [source] : [] }),
  },
];

/** What `mount` shows; undefined for a file system that stands on its own. */
export function beneath(mount: Mount): Beneath | undefined {
  const kind = stacked.find(({ fileSystem }) => fileSystem.test(mount.fileSystem));
  return kind?.beneath(mount);
}

/** The source where it is a folder, else the last argument before the mount point that is one. */
function oneFolder(source: string): Beneath {
  if (source.startsWith("/") && !source.startsWith("/dev/")) return { paths: [source] };
  if (source.startsWith("/dev/")) return { paths: [] };
  return {
    paths: [],
    fromProgram: (args) => {
      const folder = lastFolder(args);
      return folder?.startsWith("/") ? [folder] : [];
    },
  };
}

/** FUSE programs end in "… SOURCE MOUNTPOINT", with or without options after it. */
function lastFolder(args: readonly string[]): string | undefined {
  const plain = args.slice(1).filter((arg, at, all) =>
    !arg.startsWith("-") && !/^-[oO]$/.test(all[at - 1] ?? "")
  );
  return plain.at(-2);
}

/** The folders in a list of branches, if all are told in full. */
export function branchesIn(text = ""): string[] {
  const { paths } = branchesOf(text.trim());
  return paths.every((path) => path.startsWith("/")) ? paths : [];
}

/** "/a=RW:/b=NC,10G", "/a;/b", "/a,/b" → the folders. */
function branchesOf(text: string): Beneath {
  const separator = text.includes(":/") || !/[;,]\//.test(text) ? ":" : /[;,]/;
  const branches = text.split(separator).map((it) => it.replace(/=(rw|ro|nc|wh|rr)\b.*$/i, ""));
  return { paths: branches.filter(Boolean) };
}

/** "rw,lowerdir=/a:/b,upperdir=/c"; also "lowerdir+=/a" and the data-only "::/d" of newer kernels. */
function overlay(options: string): Beneath {
  const paths: string[] = [];
  const lost: string[] = [];
  for (const option of splitAt(options, ",")) {
    const [, key, value = ""] = /^(lowerdir|lowerdir\+|datadir\+|upperdir)=(.*)$/s.exec(option) ??
      [];
    if (!key) continue;
    const folders = key === "lowerdir" ? splitAt(value, ":") : [value];
    for (const folder of folders.map((it) => it.replaceAll(/\\(.)/gs, "$1")).filter(Boolean)) {
      if (folder.startsWith("/")) paths.push(folder);
      else lost.push(`"${folder}" is told without the folder it lies in`);
    }
  }
  if (paths.length === 0 && lost.length === 0) lost.push("its options name no folder");
  return { paths: [...new Set(paths)], lost };
}

/** Splits where the mark is not behind a backslash. */
function splitAt(text: string, mark: "," | ":"): string[] {
  return text.split(mark === "," ? /(?<!\\),/ : /(?<!\\):/);
}

function optionOf(options: string, name: string): string | undefined {
  const option = options.split(",").find((it) =>
    it.startsWith(`${name}=`) || it.startsWith(`${name}:`)
  );
  return option?.slice(name.length + 1);
}
