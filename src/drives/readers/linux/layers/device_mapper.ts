/**
 * `dmsetup table`: what each mapped device is made of, by the numbers of the devices beneath; and
 * `cryptsetup status` of one.
 *
 * @module
 */
import { type Finding, mentionOf } from "../../../graph/block.ts";
import type { Reader } from "../../reader.ts";
import { kernelName } from "../../values.ts";
import { mappedType } from "../udev/properties.ts";

const SECTOR_BYTES = 512;

export const dmsetupTable: Reader = {
  name: "dmsetup table",
  platform: "linux",
  // `dmsetup status` looks like this, and says nothing of the devices beneath.
  recognise: (text) =>
    line.test(text.trimStart().split("\n", 1)[0]!) && /: .* (\d+:\d+|\/dev\/\S+) \d+/.test(text),
  read: (text) => ({ devices: mapsIn(text) }),
};

/** `vg-lv: 0 2097152 linear 8:17 2048` */
const line = /^(\S.*?): (\d+) (\d+) ([a-z][\w-]*)(?: (.*))?$/;

/** lsblk's word for what a target makes. */
const typeOf: Record<string, string> = {
  crypt: "crypt",
  integrity: "integrity",
  multipath: "mpath",
  raid: "lvm",
  thin: "lvm",
  "thin-pool": "lvm",
  cache: "lvm",
  writecache: "lvm",
};

/** What the first devices of a target are for; the others are its content. */
const rolesOf: Record<string, string[]> = {
  "cache": ["cache", "cache"],
  "thin-pool": ["metadata"],
  multipath: Array(64).fill("path"),
};

function mapsIn(text: string): Finding[] {
  const maps = new Map<string, Finding & { parents: string[]; sizeBytes: number }>();
  for (const one of text.split("\n")) {
    const [, name, , sectors, target = "", rest = ""] = line.exec(one.trim()) ?? [];
    if (!name) continue;
    const known = maps.get(name) ??
      {
        name,
        mapperName: name,
        type: typeOf[target] ?? "dm",
        parents: [],
        roles: {},
        sizeBytes: 0,
      };
    const beneath = rest.split(" ").filter((part) => /^\d+:\d+$/.test(part));
    beneath.forEach((number, at) => {
      known.parents.push(number);
      const role = roleAt(target, at);
      if (role) known.roles![number] = role;
    });
    known.sizeBytes += Number(sectors) * SECTOR_BYTES;
    maps.set(name, known);
  }
  return [...maps.values()];
}

function roleAt(target: string, at: number): string | undefined {
  // Metadata and data by turns.
  if (target === "raid") return at % 2 === 0 ? "metadata" : undefined;
  if (target === "writecache") return at === 1 ? "cache" : undefined;
  return rolesOf[target]?.[at];
}

export const dmsetupInfo: Reader = {
  name: "dmsetup info",
  platform: "linux",
  recognise: (text) => {
    const first = text.trimStart().split("\n", 1)[0]!.trimEnd();
    return /^Name +Maj +Min +Stat\b/.test(first) || infoLines.some((one) => one.test(first));
  },
  read: (text) => ({
    devices: text.split("\n").flatMap((one) => {
      const found = infoLines.map((form) => form.exec(one.trim())).find(Boolean);
      const [, name, major, minor, uuid] = found ?? [];
      if (!name) return [];
      const type = uuid ? mappedType(uuid) : "dm";
      return [{ name, mapperName: name, type, deviceNumber: `${major}:${minor}` }];
    }),
  }),
};

const infoLines = [
  // `dmsetup --columns --separator / -o name,major,minor,segments,subsystem,uuid info`
  /^([^/\s]+)\/(\d+)\/(\d+)\/\d+\/[A-Z]*\/\S*$/,
  // `dmsetup info --columns`: "vg-root  253  0 L--w  1  1  0 LVM-gy9u…"
  /^(\S+) +(\d+) +(\d+) +[LI-][I-]?\S* +\d+ +\d+ +\d+ +(\S+)$/,
  // `dmsetup ls`: "vg-root	(253:0)", "vg-root	(253, 0)"
  /^(\S+)\t+\((\d+)(?::|, ?)(\d+)\)$/,
];

export const cryptsetup: Reader = {
  name: "cryptsetup status",
  platform: "linux",
  recognise: (text) => /^\s*\/dev\/mapper\/\S+ is (active|inactive)\b/.test(text),
  read: (text) => ({ devices: /is active/.test(text) ? [containerIn(text)].flat() : [] }),
};

function containerIn(text: string): Finding[] {
  const value = (key: string) => new RegExp(`^\\s*${key}:\\s*(.+?)\\s*$`, "m").exec(text)?.[1];
  const name = /\/dev\/mapper\/(\S+) is/.exec(text)![1]!;
  const device = kernelName(value("device"));
  const sectors = /^(\d+)(?: \[512-byte units\])? ?sectors|^(\d+) \[512/.exec(value("size") ?? "");
  const count = sectors?.[1] ?? sectors?.[2];
  return [
    {
      name,
      mapperName: name,
      type: "crypt",
      parents: device ? [device] : [],
      sizeBytes: count ? Number(count) * SECTOR_BYTES : undefined,
      readOnly: value("mode") === "readonly" || undefined,
    },
    ...device ? mentionOf(device) : [],
  ];
}
