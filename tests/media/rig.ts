/** A library over a folder of its own, with real workers and a database in memory. @module */
import { basename, join } from "node:path";
import { CommandError, type Run } from "../../src/base/command.ts";
import { type Database, migrations, openDatabase } from "../../src/db/mod.ts";
import { type LibraryDeps, type LibrarySettings, openLibrary } from "../../src/media/mod.ts";
import type { DriveKind } from "../../src/drives/mod.ts";
import type { MediaFile } from "../../src/media/mod.ts";
import { Lanes, openJobs } from "../../src/pool/mod.ts";
import { tempDir } from "../helpers/temp.ts";

export interface RigOptions {
  run?: Run;
  db?: Database;
  locate?: (path: string) => string[];
  /** What all drives are; "ssd" unless said. */
  kind?: DriveKind;
  onPublish?: (type: string, data: Record<string, unknown>) => unknown;
  gate?: LibraryDeps["gate"];
  /** Other parts of the library's world, given its media folder. */
  deps?: (root: string) => Partial<LibraryDeps>;
}

/** The machine without ffprobe. */
export const noFfprobe: Run = (program) =>
  Promise.reject(new CommandError(`Cannot run "${program}": not installed`, { missing: true }));

export async function openRig(options: RigOptions = {}) {
  const { locate = () => ["disk"], onPublish = () => {} } = options;
  await using held = new AsyncDisposableStack();
  const dir = held.use(await tempDir());
  const root = join(dir.path, "films");
  await Deno.mkdir(root);
  const db = options.db ?? held.use(openDatabase(join(dir.path, "library.db"), migrations.library));
  const settings: { -readonly [Name in keyof LibrarySettings]: LibrarySettings[Name] } = {
    roots: [root],
    extensions: [".wav", ".mp4", ".mkv", ".webm", ".avi"],
    excludeDirs: [],
    algorithms: ["md5"],
  };
  const tools = { run: options.run ?? noFfprobe };
  const lanes = new Lanes(() => options.kind ?? "ssd");
  const jobs = held.use(openJobs({ db, publish: onPublish }));
  const library = held.use(openLibrary({
    db,
    lanes,
    jobs,
    ...options.gate && { gate: options.gate },
    workers: 2,
    settings: () => settings,
    locate: (path) => Promise.resolve({ driveIds: locate(path) }),
    run: (...args) => tools.run(...args),
    publish: onPublish,
    onFound: () => {},
    ...options.deps?.(root),
  }));
  const files = () => library.list({ after: "", limit: 10_000 });
  const stack = held.move();
  return {
    dir,
    root,
    db,
    lanes,
    jobs,
    settings,
    tools,
    library,
    files,
    /** Writes a file into the root. */
    file: (name: string, content: Uint8Array | string) => dir.file(`films/${name}`, content),
    scan(signal = new AbortController().signal) {
      const scanning = library.scan({ signal });
      scanning.catch(() => {}); // of a test that has failed, and waits for it no more
      return scanning;
    },
    /** The one file of this name. */
    find(name: string): MediaFile {
      const file = files().find(({ relativePath }) => basename(relativePath) === name);
      if (!file) throw new Error(`There is no "${name}" in the library`);
      return file;
    },
    /** Relative path → status. */
    statuses: () =>
      Object.fromEntries(
        files().map(({ relativePath, status }) => [relativePath, status] as const)
          .sort(([one], [other]) => one < other ? -1 : 1),
      ),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
