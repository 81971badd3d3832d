/**
 * The files of /sys in a capture of libstorage-ng: sizes, flags, and the members of bcache.
 *
 * @module
 */
import type { Finding } from "../../../graph/block.ts";
import { flag, integer, kernelName } from "../../values.ts";

const SECTOR_BYTES = 512;

type Files = ReadonlyMap<string, readonly string[]>;

/** A finding for each block device of which there is an attribute. */
export function blocksIn(files: Files): Finding[] {
  const attributes = new Map<string, Map<string, string>>();
  for (const [path, [line = ""]] of files) {
    const [, name, attribute] =
      /^\/sys\/devices\/(?:.+\/)?block\/(?:[^/]+\/)?([^/]+)\/(size|ro|removable|dev|queue\/rotational)$/
        .exec(path) ?? [];
    if (!name || !attribute || name === "queue") continue;
    const known = attributes.get(kernelName(name)!) ?? new Map();
    attributes.set(kernelName(name)!, known.set(attribute, line));
  }
  const found = [...attributes].map(([name, told]) => ({
    name,
    deviceNumber: told.get("dev"),
    sizeBytes: sizeOf(told.get("size")),
    rotational: flag(told.get("queue/rotational")),
    removable: flag(told.get("removable")),
    readOnly: flag(told.get("ro")),
  }));
  // The size of a disk only: of a partition udev speaks.
  return [...found.filter(({ name }) => !/^(dm-)/.test(name)), ...mapped(found), ...caches(files)];
}

/** A mapped device has its name from udev, and nothing else here. */
function mapped(found: Finding[]): Finding[] {
  return found.filter(({ name }) => /^dm-/.test(name)).map((one) => ({ ...one, type: undefined }));
}

function sizeOf(text: string | undefined): number | undefined {
  const sectors = integer(text);
  return sectors === undefined ? undefined : sectors * SECTOR_BYTES;
}

/**
 * `…/bcache0/bcache/../dev` is the backing device; a set's `cache0/../dev` serves its `bdev0`, and
 * holds its `volume0`.
 */
function caches(files: Files): Finding[] {
  const findings: Finding[] = [];
  const sets = new Map<string, { caches: string[]; served: string[]; own: string[] }>();
  for (const [path, [number]] of files) {
    const name = /\/block\/(bcache\d+)\/bcache\/\.\.\/dev$/.exec(path)?.[1];
    if (name && number) findings.push({ name, type: "bcache", parents: [number] });
    const [, set, kind] = /^\/sys\/fs\/bcache\/([^/]+)\/(cache|bdev|volume)\d+\/(?:\.\.|dev)\/dev$/
      .exec(path) ?? [];
    if (!set || !number) continue;
    const known = sets.get(set) ?? { caches: [], served: [], own: [] };
    const list = { cache: known.caches, bdev: known.served, volume: known.own }[kind!];
    list?.push(number);
    sets.set(set, known);
  }
  for (const { caches, served, own } of sets.values()) {
    const roles = Object.fromEntries(caches.map((number) => [number, "cache"]));
    // A volume on the cache alone has no other place.
    for (const name of own) findings.push({ name, parents: caches, mentioned: true });
    for (const name of served) findings.push({ name, parents: caches, roles, mentioned: true });
  }
  return findings;
}
