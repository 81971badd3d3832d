/**
 * `diskutil appleRAID list -plist`: sets of disks or partitions joined by macOS itself.
 *
 * @module
 */
import type { Finding } from "../../../graph/block.ts";
import { type Reader, unreadable } from "../../reader.ts";
import { nameOf, partition } from "../devices.ts";
import { hasKey, treesIn } from "../tree.ts";
import { integer, records, type Values, word } from "../../values.ts";

const TOOL = "diskutil appleRAID list -plist";

export const appleRaid: Reader = {
  name: TOOL,
  platform: "darwin",
  recognise: (text) => hasKey(text, "AppleRAIDSets"),
  read(text) {
    const lists = treesIn(TOOL, text).filter((tree) => "AppleRAIDSets" in tree);
    if (lists.length === 0) throw unreadable(TOOL, text, "it has no list of sets");
    return { devices: lists.flatMap((tree) => records(tree.AppleRAIDSets)).flatMap(set) };
  },
};

/** A level in md's words. */
const types: Record<string, string> = {
  mirror: "raid1",
  stripe: "raid0",
  concat: "linear",
  span: "linear",
};

export function raidType(level: string | undefined): string {
  return types[level?.toLowerCase() ?? ""] ?? "raid";
}

function set(tree: Values): Finding[] {
  const uuid = word(tree.AppleRAIDSetUUID);
  // A set that is a member of another set, or is offline, has no disk of its own.
  const name = nameOf(tree["BSD Name"]) ?? uuid;
  if (!name) return [];
  const members = records(tree.Members).flatMap((one) => memberOf(one) ?? []);
  const spares = records(tree.Spares).flatMap((one) => memberOf(one) ?? []);
  const all = [...members, ...spares];
  return [
    ...all.flatMap(({ name, aliases }) => partition(name, { aliases })),
    {
      name,
      type: raidType(word(tree.Level)),
      aliases: uuid && uuid !== name ? [uuid] : [],
      parents: all.map((one) => one.name),
      roles: Object.fromEntries(spares.map((one) => [one.name, "spare"])),
      sizeBytes: integer(tree.Size),
    },
  ];
}

/** A member that failed has an id only: nothing tells which disk it was. */
function memberOf(tree: Values): { name: string; aliases: string[] } | undefined {
  const name = nameOf(tree["BSD Name"]);
  const uuid = word(tree.AppleRAIDMemberUUID);
  return name ? { name, aliases: uuid ? [uuid] : [] } : undefined;
}
