/**
 * One walk, done in steps: each goes on until there is enough to tell, or others have their turn.
 * Between two steps nothing is held but the names in the folders that are open.
 *
 * @module
 */
import { join, relative, sep } from "node:path";
import { extensionOf } from "../../media.ts";
import { diff, type Difference, type FilePlace, type FoundFile, PAUSE } from "../diff.ts";
import { keepsInodes } from "./inodes.ts";
import { type List, openList } from "./look/listing.ts";
import { type LookAt, openLook } from "./look/statx.ts";
import type { Shown, WalkReader } from "./store.ts";
import { type Stand, tree, type TreeOptions, type WalkIssue } from "./tree.ts";

/** Where a folder lies, as the main thread says it. */
export interface FolderPlace {
  driveIds: string[];
  volumeId: string | null;
  /** "" for the volume's root; null where nobody can tell. */
  folderInVolume: string | null;
}

export interface WalkSpec {
  root: string;
  folder: string;
  after: string;
  /** What comes after here is looked at by somebody else; without it, nothing is. */
  upTo?: string | undefined;
  extensions: readonly string[];
  excludeDirs: readonly string[];
  /** Absolute paths of files that are still being written. */
  unsettled?: readonly string[] | undefined;
  /** Where file systems begin, absolute; without it, perhaps at any folder. */
  mountPoints?: readonly string[] | undefined;
  /** It is known that nothing is there: all that is stored below `folder` is gone. */
  isEmpty?: boolean;
}

export interface StepSpec {
  /** What the folder lies on that the last step asked about; without it, nobody may look there. */
  place?: FolderPlace | undefined;
  /** Looks at files and folders, and milliseconds, after which it stands still. */
  looks: number;
  ms: number;
}

export interface Stepped {
  /** Files come by, and their bytes. */
  files: number;
  bytes: number;
  differences: Traced[];
  issues: WalkIssue[];
  /** Where it goes on. */
  folder: string;
  wantsPlace: boolean;
  isOver: boolean;
}

/** "moved": the file that is stored in the row `from` has this path now, and that one no more. */
export type Traced = Difference | { kind: "moved"; from: number; file: FoundFile };

/** So much is told at once. */
const MOST_DIFFERENCES = 256;

/** One for all walks of this thread, from its first walk on. */
let eyes: { look: LookAt; list: List } | undefined;

export class Walk {
  readonly #spec: WalkSpec;
  readonly #reader: WalkReader;
  readonly #entries: Iterator<Difference | typeof PAUSE, void>;
  readonly #stand: Stand;
  /** The grounds that the open folders stand on, the outermost first. */
  #grounds: Shown[] = [];
  readonly #extensions: ReadonlySet<string>;
  readonly #places = new Map<string, FilePlace>();
  readonly #withInodes = new Map<string | null, boolean>();
  #looks = 0;
  #mostLooks = 0;
  #until = 0;
  #files = 0;
  #bytes = 0;
  #isAskedAside: () => boolean = () => false;

  constructor(spec: WalkSpec, reader: WalkReader) {
    this.#spec = spec;
    this.#reader = reader;
    this.#extensions = new Set(spec.extensions);
    this.#stand = {
      folder: spec.folder,
      wantsGround: false,
      ground: undefined,
      mustPause: () => this.#mustPause(),
      issues: [],
    };
    const known = reader.known(spec, () => this.#shown());
    const found = spec.isEmpty ? [] : this.#counted(tree(optionsOf(spec), this.#stand));
    this.#entries = diff(found, known);
  }

  /** @param isAskedAside Whether somebody who goes first waits for the drive */
  step({ place, looks, ms }: StepSpec, isAskedAside: () => boolean = () => false): Stepped {
    const stand = this.#stand;
    if (stand.wantsGround) this.#enter(place);
    this.#looks = this.#files = this.#bytes = 0;
    this.#mostLooks = looks;
    this.#until = performance.now() + ms;
    this.#isAskedAside = isAskedAside;

    const differences: Traced[] = [];
    let isOver = false;
    while (differences.length < MOST_DIFFERENCES) {
      const next = this.#entries.next();
      isOver = next.done === true;
      if (!next.value || next.value.kind === "pause") break;
      differences.push(this.#trace(next.value));
    }
    const { folder, wantsGround: wantsPlace } = stand;
    const [files, bytes, issues] = [this.#files, this.#bytes, stand.issues.splice(0)];
    return { files, bytes, differences, issues, folder, wantsPlace, isOver };
  }

  #mustPause(): boolean {
    const looks = ++this.#looks;
    if (looks >= this.#mostLooks || this.#isAskedAside()) return true;
    // The clock costs more than the comparison; eight looks take no time, or the disk takes its own.
    return (looks & 7) === 0 && performance.now() >= this.#until;
  }

  *#counted(found: ReturnType<typeof tree>): ReturnType<typeof tree> {
    for (const entry of found) {
      if (entry.kind === "file") {
        this.#files++;
        this.#bytes += entry.sizeBytes;
      }
      yield entry;
    }
  }

  #enter(here: FolderPlace | undefined): void {
    const { folder } = this.#stand;
    this.#grounds = this.#grounds.filter((it) => isIn(folder, it.folder));
    this.#stand.ground = undefined;
    if (!here) return;
    const { folderInVolume, ...rest } = here;
    // One object for all of one place: that is how the diff knows them to be the same.
    const key = JSON.stringify(rest);
    const hasInodes = () => keepsInodes(join(this.#spec.root, folder));
    const place = this.#places.get(key) ?? { ...rest, hasInodes: hasInodes() };
    this.#places.set(key, place);
    this.#stand.ground = { place, folderInVolume };
    this.#grounds.push({ ...this.#stand.ground, folder });
  }

  #shown(): Shown | undefined {
    return this.#grounds.findLast(({ folder }) => isIn(this.#stand.folder, folder));
  }

  /** Where a file was before that nobody knows here, or that has taken another one's place. */
  #trace(difference: Difference): Traced {
    if (difference.kind === "gone") {
      // Its kind is not looked for any more: whether it is still there is nobody's question.
      const isWanted = this.#extensions.has(extensionOf(difference.path));
      return isWanted ? difference : { ...difference, kind: "unwanted" };
    }
    if (!("file" in difference)) return difference;
    if (difference.kind !== "new" && !difference.isOther) return difference;
    const { file } = difference;
    if (file.inode === null || !this.#knowsInodes(file.place.volumeId)) return difference;
    const { root } = this.#spec;
    const trace = this.#reader.traces(root, file).find((it) =>
      isGone(join(it.root, it.relativePath), join(root, file.path), file)
    );
    return trace ? { kind: "moved", from: trace.rowid, file } : difference;
  }

  /** In a first scan there is nothing to look for. */
  #knowsInodes(volumeId: string | null): boolean {
    const known = this.#withInodes.get(volumeId) ?? this.#reader.hasInodes(volumeId);
    this.#withInodes.set(volumeId, known);
    return known;
  }
}

/** Whether a file is not there any more: else the two paths are links to one file. */
function isGone(path: string, now: string, file: FoundFile): boolean {
  try {
    const { ino, nlink } = Deno.lstatSync(path);
    if (String(ino) !== file.inode) return true;
    // Where upper and lower case are the same, both names of a renamed file find it.
    return nlink === 1 && path.normalize().toLowerCase() === now.normalize().toLowerCase();
  } catch (error) {
    return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
  }
}

/** Whether a folder is another one, or below it; "" is the root. */
export function isIn(folder: string, outer: string): boolean {
  return outer === "" || folder === outer || folder.startsWith(`${outer}/`);
}

function optionsOf(spec: WalkSpec): TreeOptions {
  const { root, folder, after, upTo, mountPoints } = spec;
  const points = mountPoints && new Set(mountPoints);
  return {
    root,
    folder,
    after,
    upTo,
    extensions: new Set(spec.extensions),
    excludeDirs: new Set(spec.excludeDirs),
    unsettled: new Set((spec.unsettled ?? []).map((path) => inRoot(root, path))),
    isBoundary: (folder) => points?.has(join(root, folder)) ?? true,
    ...eyes ??= { look: openLook(), list: openList() },
  };
}

/** A path below a root, from there on and with "/". */
function inRoot(root: string, path: string): string {
  return relative(root, path).replaceAll(sep, "/");
}
