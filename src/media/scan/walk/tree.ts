/**
 * Comes by the media files of a folder and all that is below it, in the order of the bytes of their
 * paths, with one look at each. It runs in a worker, and synchronously: that costs a third of what
 * asking for each file in turn would.
 *
 * @module
 */
import { join } from "node:path";
import { IgnoreRules } from "../../ignore/rules.ts";
import { extensionOf, mediaTypes } from "../../media.ts";
import { picturesOfFilms } from "../../sidecars/pictures.ts";
import { type FilePlace, type Found, PAUSE } from "../diff.ts";
import { compareBytes, sortByBytes } from "./byte_order.ts";
import { addRules, isRuleFile, rulesAbove } from "./ignored.ts";
import { linkProblem } from "./links.ts";
import type { List } from "./look/listing.ts";
import type { LookAt } from "./look/statx.ts";
import { explain } from "./touch.ts";

/** Something in a folder that cannot be used, and why; the walk goes on. */
export interface WalkIssue {
  path: string;
  problem: string;
}

export interface TreeOptions {
  /** Absolute, links resolved. */
  root: string;
  /** From where on, below the root: "" or "series/one". */
  folder: string;
  /** What comes up to here, and below it where it ends with "/", has been walked already. */
  after: string;
  /** What comes after here is left to others. */
  upTo?: string | undefined;
  /** Lower case, with the dot. */
  extensions: ReadonlySet<string>;
  /** Folder names, or absolute paths, that are passed over. */
  excludeDirs: ReadonlySet<string>;
  /** Relative paths of files that are still being written: nobody knows yet what they will be. */
  unsettled: ReadonlySet<string>;
  /** Whether another file system may begin at this folder. */
  isBoundary(folder: string): boolean;
  look: LookAt;
  list: List;
}

/** A folder and what it lies on, with the part of its path that is the same for all in it. */
export interface Ground {
  place: FilePlace;
  /** The folder in its volume, "" for the volume's root; null where nobody can tell. */
  folderInVolume: string | null;
}

/** How a tree and whoever walks it speak with each other, between two entries. */
export interface Stand {
  /** The folder that is looked into, or is to be. */
  folder: string;
  /** Set by the tree: it goes on once `ground` is set; undefined then means that nobody may look. */
  wantsGround: boolean;
  ground: Ground | undefined;
  /** After each look: whether it is time to stand still. */
  mustPause(): boolean;
  issues: WalkIssue[];
}

interface Level {
  /** With "/" at its end; "" for the root. */
  prefix: string;
  /** Absolute, with "/" at its end. */
  path: string;
  /** Files, and folders with "/" at their ends. */
  names: string[];
  links: string[];
  at: number;
  ground: Ground;
  device: number;
  rules: IgnoreRules;
  /** Pictures of the films here: they are no items. */
  art: ReadonlySet<string>;
}

/** Yields files and marks. Links are not followed. */
export function* tree(options: TreeOptions, stand: Stand): Generator<Found, void> {
  const { root, extensions, excludeDirs } = options;
  const base = root.endsWith("/") ? root : `${root}/`;
  const levels: Level[] = [];
  const enter = (folder: string, device: number, ground: Ground, rules: IgnoreRules) => {
    const level = open(folder, { device, ground, rules }, base, options, stand);
    if (typeof level !== "string") levels.push(level);
    return typeof level === "string" ? level : undefined;
  };

  let ground = yield* groundOf(options.folder, stand);
  const start = options.folder && `${options.folder}/`;
  const above = ground && rulesAbove(base, options.folder, excludeDirs);
  const closed = !ground || !above
    ? "unknown"
    : above === "passed"
    ? "passed"
    : enter(options.folder, deviceOf(base + options.folder), ground, above);
  if (closed) yield { kind: closed, path: start };
  for (let level = levels.at(-1); level; level = levels.at(-1)) {
    stand.folder = level.prefix.slice(0, -1);
    const link = level.links.pop();
    if (link !== undefined) {
      const problem = linkProblem(base + link, extensions);
      if (problem) stand.issues.push({ path: base + link, problem });
      if (stand.mustPause()) yield { ...PAUSE, path: link };
      continue;
    }
    const name = level.names[level.at++];
    if (name === undefined) {
      levels.pop();
      const outer = levels.at(-1);
      if (outer && outer.ground.place !== level.ground.place) {
        stand.folder = outer.prefix.slice(0, -1);
        yield { ...PAUSE, path: stand.folder }; // other drives from here on
      }
      continue;
    }
    const path = level.prefix + name;
    if (!name.endsWith("/")) {
      if (options.unsettled.size > 0 && options.unsettled.has(path)) {
        yield { kind: "unknown", path };
        continue;
      }
      if (level.art.has(name) || level.rules.ignores(path, false)) {
        yield { kind: "passed", path };
        continue;
      }
      const file = look({ path, name }, level, options.look, stand);
      if (file) yield file;
      if (stand.mustPause()) yield { ...PAUSE, path };
      continue;
    }
    const folder = path.slice(0, -1);
    if (
      excludeDirs.has(name.slice(0, -1)) || excludeDirs.has(join(root, folder)) ||
      level.rules.ignores(folder, true)
    ) {
      yield { kind: "passed", path };
      continue;
    }
    // To ask for the device of a folder where another begins might hang: that is asked in its turn.
    const isBoundary = options.isBoundary(folder);
    const device = isBoundary ? NaN : deviceOf(base + folder);
    ground = isBoundary || device !== level.device
      ? yield* groundOf(folder, stand)
      : below(level.ground, name);
    const its = isBoundary && ground ? deviceOf(base + folder) : device;
    const closed = ground ? enter(folder, its, ground, level.rules) : "unknown";
    if (closed) yield { kind: closed, path };
    if (stand.mustPause()) yield { ...PAUSE, path };
  }
}

/** Asks what a folder lies on, and whether it may be looked into. */
function* groundOf(folder: string, stand: Stand): Generator<Found, Ground | undefined> {
  stand.folder = folder;
  stand.wantsGround = true;
  yield { ...PAUSE, path: folder };
  stand.wantsGround = false;
  return stand.ground;
}

function below({ place, folderInVolume }: Ground, name: string): Ground {
  const inVolume = folderInVolume === null ? null : `${folderInVolume}/${name.slice(0, -1)}`;
  return { place, folderInVolume: inVolume };
}

function deviceOf(path: string): number {
  try {
    return Deno.lstatSync(path).dev;
  } catch {
    return NaN; // opening it says why
  }
}

/** Lists a folder, sorted; or says why its files are passed over, or not known. */
function open(
  folder: string,
  { rules, ...its }: Pick<Level, "device" | "ground" | "rules">,
  base: string,
  { extensions, after, upTo, list }: TreeOptions,
  { issues }: Stand,
): Level | "unknown" | "passed" {
  const prefix = folder && `${folder}/`;
  const [names, links, ruling]: [string[], string[], string[]] = [[], [], []];
  let art: ReadonlySet<string> = NO_ART;
  try {
    const listing = list(base + folder);
    for (const name of listing.folders) names.push(`${name}/`);
    for (const name of listing.links) links.push(prefix + name);
    for (const name of listing.files) {
      if (extensions.has(extensionOf(name))) names.push(name);
      else if (isRuleFile(name)) ruling.push(name);
    }
    if (wantsPictures(extensions)) art = artAmong(listing.files, extensions);
  } catch (error) {
    const path = (base + folder).replace(/(?<=.)\/$/, "");
    issues.push({ path, problem: explain(error, "folder") });
    return "unknown";
  }
  const own = ruling.length === 0 ? rules : addRules(rules, base, folder, ruling, issues);
  if (own === "passed") return own;
  const here = { prefix, path: base + prefix, rules: own, art, ...its };
  const level = { ...here, names: sortByBytes(names), links, at: 0 };
  if (after === "" && upTo === undefined) return level;
  const isOurs = (path: string) =>
    isLeft(path, after) && (upTo === undefined || compareBytes(path, upTo) <= 0);
  return {
    ...level,
    names: names.filter((it) => isOurs(prefix + it)),
    links: links.filter((it) => isOurs(it)),
  };
}

const NO_ART: ReadonlySet<string> = new Set();

/** Whether a picture would be an item. */
function wantsPictures(extensions: ReadonlySet<string>): boolean {
  return pictureExtensions.some((it) => extensions.has(it));
}

/** Of films that are looked for. */
function artAmong(files: readonly string[], extensions: ReadonlySet<string>): Set<string> {
  return picturesOfFilms(files.filter((name) => {
    const extension = extensionOf(name);
    return !(extension in mediaTypes) || extensions.has(extension);
  }));
}

const pictureExtensions = Object.keys(mediaTypes).filter((it) => mediaTypes[it]!.kind === "image");

/** Whether a walk that goes on after `after` still has to come by here. */
function isLeft(path: string, after: string): boolean {
  if (after.endsWith("/") && path.startsWith(after)) return false;
  return compareBytes(path, after) > 0 || path.endsWith("/") && after.startsWith(path);
}

function look(
  { path, name }: { path: string; name: string },
  { ground, path: folder }: Level,
  lookAt: LookAt,
  stand: Stand,
): Found | undefined {
  const { place, folderInVolume } = ground;
  try {
    const { sizeBytes, modifiedMs, inode } = lookAt(folder, name);
    return {
      kind: "file",
      path,
      sizeBytes,
      modifiedMs,
      inode: place.hasInodes ? inode : null,
      place,
      volumePath: folderInVolume === null ? null : `${folderInVolume}/${name}`,
    };
  } catch (error) {
    stand.issues.push({ path: folder + name, problem: explain(error, "file") });
    // It has been deleted meanwhile; whatever else is wrong, nobody knows that it is gone.
    return error instanceof Deno.errors.NotFound ? undefined : { kind: "unknown", path };
  }
}
