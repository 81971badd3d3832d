/**
 * `zpool status`: the pools of ZFS, and the devices that each is made of.
 *
 * @module
 */
import { type Finding, mentionOf } from "../../../graph/block.ts";
import { bareName } from "../../../graph/names.ts";
import type { Reader } from "../../reader.ts";

export const zpool: Reader = {
  name: "zpool status",
  platform: "linux",
  recognise: (text) => /^\s*pool: \S+/.test(text) && /^[ \t]*state: /m.test(text),
  read: (text) => ({ devices: poolsIn(text).flatMap(findingsOf) }),
};

interface Member {
  name: string;
  role: string | undefined;
}

interface Pool {
  name: string;
  members: Member[];
}

/** What the headings below the pool's own devices say that those are for. */
const sections: Record<string, string | undefined> = {
  logs: "log",
  cache: "cache",
  spares: "spare",
  special: "metadata",
  dedup: "metadata",
};

/** Groups of devices: mirror-0, raidz2-1, draid1:4d:8c:1s-0, replacing-3. */
const group = /^(mirror|raidz\d?|draid\S*|replacing|spare|indirect)(-\d+)?$/;

function poolsIn(text: string): Pool[] {
  const pools: Pool[] = [];
  let isTable = false;
  let role: string | undefined;
  for (const line of text.split("\n")) {
    const name = /^\s*pool: (.+)$/.exec(line)?.[1]?.trim();
    if (name) pools.push({ name, members: [] });
    const pool = pools.at(-1);
    if (name || /^\s*(errors|status|action|scan|see): /.test(line)) isTable = false;
    const [word = "", state = ""] = line.trim().split(/\s+/);
    if (word === "NAME" && state === "STATE") {
      isTable = true;
      role = undefined;
      continue;
    }
    if (!isTable || !pool || !word) continue;
    if (word in sections && (!state || state === "-")) role = sections[word];
    else if (word === pool.name && !group.test(word)) role = undefined;
    else if (!group.test(word) && !isAway(word, state, line)) {
      pool.members.push({ name: bareName(word), role: spareRole(state, role) });
    }
  }
  return pools;
}

/** A spare that has taken over is INUSE: it stands a second time where it serves. */
function spareRole(state: string, role: string | undefined): string | undefined {
  return role === "spare" && state === "INUSE" ? undefined : role;
}

/** A device that is gone is shown by its number in the pool. */
function isAway(word: string, state: string, line: string): boolean {
  return /^\d{8,}$/.test(word) || / was \//.test(line) || !/^[A-Z]+$/.test(state);
}

function findingsOf({ name, members }: Pool): Finding[] {
  const roles = members.flatMap(({ name, role }) => role ? [[name, role]] : []);
  const mentions = members.flatMap(({ name }) => mentionOfMember(name));
  return [{
    name: `zpool:${name}`,
    type: "zpool",
    fileSystem: "zfs",
    label: name,
    parents: members.map(({ name }) => name),
    roles: Object.fromEntries(roles),
  }, ...mentions];
}

/** Pools are built of names that stay: then the name is what is known of the drive. */
function mentionOfMember(name: string): Finding[] {
  const known = mentionOf(name);
  if (known.length > 0) return known;
  // An opened container is no disk, and its name does not tell whose it is.
  if (/^dm-\d|crypt|^luks/i.test(name)) return [{ name, type: "dm", mentioned: true }];
  const last = name.split("/").at(-1)!;
  const disk = last.replace(/(-part|:)\d+$/, "");
  const wwn = /^wwn-(0x[\da-f]+)$/i.exec(disk)?.[1];
  return [{ name: disk, type: "disk", aliases: [name], wwn, mentioned: true }];
}
